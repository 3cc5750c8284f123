"""The version of a listing that was complained of: it is judged, though the seller changes it.

A change is no confession: what was complained of is judged by rules, or by a person, as it was.
Where it is found to infringe and is gone by then, the complaint was right and nothing is left to be
taken down. No machine takes down what is left on the strength of what was there before.
"""

from typing import Final

from processors.cases.judgement import Judgement, judge, trademark_as_of
from processors.findings.listing_match import listing_match
from processors.findings.registry_match import territory_finding
from processors.identifiers import reference_of
from processors.step import Moment
from schemas.events.cases import Case, ListingCases, ListingVersion
from schemas.events.complaints import ComplaintFiled
from schemas.events.listings import ListingChanged
from schemas.events.trademarks import TrademarkRecorded
from schemas.rights import right_of

CHANGED_RULE_ID: Final = "step:complained_version"
EDITION: Final = 2
MAXIMUM_BYTES: Final = 100_000
"""What former versions take in a row at most; further cases are judged by the listing as it is."""
FIXED_BYTES: Final = 40
_GOODS_REMAIN: Final = frozenset({"counterfeit", "other"})
"""Grounds on which goods are complained of: other words for them don't make them others."""


def with_versions_noted(
    state: ListingCases, before: ListingChanged | None, moment: Moment
) -> ListingCases:
    """Return a row whose open cases keep the listing as it was before it was first changed."""
    if before is None or before.status == "removed":
        return state
    room = MAXIMUM_BYTES - sum(
        _bytes_of(case.complained_of) for case in state.cases if case.complained_of is not None
    )
    version = ListingVersion(
        before.version,
        before.title,
        before.brand,
        before.nice_classes,
        before.territories,
        before.changed_at_milliseconds,
    )
    size = _bytes_of(version)
    cases = []
    for case in state.cases:
        noted = room >= size and _is_to_note(case, moment)
        cases.append(case._replace(complained_of=version) if noted else case)
        room -= size if noted else 0
    return state._replace(cases=tuple(cases))


def judge_as_complained_of(
    case: Case, listing: ListingChanged | None, moment: Moment, held_down: bool = False
) -> Judgement:
    """Judge a case by the version complained of, where the listing was changed since.

    What is taken down is the listing as it is, so it is judged as well: the machine takes it down
    only where it infringes still, and a person decides where something else is left of it.
    """
    now = judge(case, listing, moment, held_down)
    version = case.complained_of
    if version is None or listing is None or now.outcome == "take_down":
        return now
    then = judge(case, _as_it_was(listing, version), moment, held_down)
    if then.outcome == "take_down":
        if _is_gone(case.complaint, then.trademark, listing):
            reasons = ("remedied_by_seller", *then.reason_codes)
            return then._replace(outcome="remedied_by_seller", reason_codes=reasons)
        return then._replace(
            outcome="send_to_review",
            reason_codes=("listing_changed_since",),
            rule_id=CHANGED_RULE_ID,
        )
    return now if then.outcome == "decline" else then


def is_remedied(case: Case, listing: ListingChanged | None, moment: Moment) -> bool:
    """Tell whether what was complained of was in the listing, and is gone."""
    version = case.complained_of
    if version is None or listing is None:
        return False
    trademark = _mark_of(case, moment)
    return not _is_gone(case.complaint, trademark, _as_it_was(listing, version)) and _is_gone(
        case.complaint, trademark, listing
    )


def is_back(case: Case, listing: ListingChanged, moment: Moment) -> bool:
    """Tell whether a listing that its seller had mended has again what was complained of."""
    if case.outcome != "remedied_by_seller":
        return False
    return not _is_gone(case.complaint, _mark_of(case, moment), listing)


def _is_to_note(case: Case, moment: Moment) -> bool:
    is_open = case.closed_at_milliseconds is None and not case.taken_down
    if not is_open or case.detection is not None or case.complained_of is not None:
        return False
    return moment.levels.of_case(case).steps_edition >= EDITION


def _is_gone(
    complaint: ComplaintFiled, trademark: TrademarkRecorded | None, listing: ListingChanged
) -> bool:
    """Tell whether nothing is left of what was complained of, as far as the listing itself tells.

    Pictures and goods are not seen by a machine, and a person decides what is left of them.
    """
    if listing.status == "removed":
        return True
    if trademark is None or right_of(complaint.ground).right != "trademark":
        return False
    offered = territory_finding(
        trademark.territories, complaint.territory, listing.territories, complaint.trademark_office
    )
    if offered == "not_offered":
        return True
    if complaint.ground in _GOODS_REMAIN:
        return False
    return listing_match(trademark.mark_text, listing.title, listing.brand).finding == "none"


def _mark_of(case: Case, moment: Moment) -> TrademarkRecorded | None:
    reference = reference_of(case.complaint)
    received_at, now = case.received_at_milliseconds, moment.now_milliseconds
    return trademark_as_of(moment.reference, reference, received_at, now)[0]


def _as_it_was(listing: ListingChanged, version: ListingVersion) -> ListingChanged:
    return listing._replace(
        status="active",
        version=version.version,
        title=version.title,
        brand=version.brand,
        nice_classes=version.nice_classes,
        territories=version.territories,
        changed_at_milliseconds=version.changed_at_milliseconds,
    )


def _bytes_of(version: ListingVersion) -> int:
    texts = (version.title, version.brand or "", *version.territories)
    return FIXED_BYTES + len(version.nice_classes) + sum(len(text.encode()) for text in texts)
