"""One listing's change watched: what misuse its title shows, and what is commanded on it."""

from typing import NamedTuple, Protocol

from processors.findings.licences import may_be_licensed, seller_finding
from processors.findings.registry_match import nice_class_finding, registry_finding
from processors.findings.territories import meet
from processors.identifiers import hashed, trademark_key
from processors.matching.disguises import DISGUISES_VERSION
from processors.matching.folding import FOLDING_VERSION
from processors.matching.hits import Hit
from processors.matching.scoring import PARTS, Weights
from processors.matching.vocabulary import VOCABULARY_VERSION
from processors.registers.designations import where_in_force
from processors.rules.rule_set import RuleSet, Ruling
from processors.step import Origin
from processors.titles.misuse import (
    MarkTerritoryFinding,
    MisuseFindings,
    RelistingFinding,
    Subject,
    TitleFinding,
    judge_title,
)
from processors.titles.offences import (
    Offence,
    Resemblance,
    relisting_finding,
    resemblance,
    strikes,
    strikes_finding,
)
from processors.titles.removals import GRAVITY
from processors.validity import invalid_fields
from schemas.events.detections import DetectedMark, MisuseDetected
from schemas.events.listings import ListingChanged
from schemas.events.parties import PartyRecorded
from schemas.events.trademarks import TrademarkRecorded

MATCHING_VERSION = ";".join((FOLDING_VERSION, DISGUISES_VERSION, VOCABULARY_VERSION))
MAXIMUM_MARKS = 20
"""Marks told of one title; a title that names more is judged by these."""

MonitoringOutput = MisuseDetected


class MonitoringReference(Protocol):
    """The tables that monitoring looks things up in, as they stand for one batch."""

    def find(self, title: str) -> list[Hit]:
        """Return the terms found in a title."""

    def marks_of(self, term: str) -> tuple[TrademarkRecorded, ...]:
        """Return the newest records of the marks with a term, in order of their keys."""

    def holders_of(self, trademark_key: str) -> tuple[PartyRecorded, ...]:
        """Return the rights holders on record for a mark."""

    def party(self, party_id: str) -> PartyRecorded | None:
        """Return a party as now known."""

    def offences(self, seller_id: str) -> tuple[Offence, ...]:
        """Return the takedowns against a seller."""


class Watch(NamedTuple):
    """All inputs of a watched change but the listing: time, tables, rules and weights are given."""

    now_milliseconds: int
    origin: Origin
    reference: MonitoringReference
    rules: RuleSet
    weights: Weights
    software_version: str


class WatchResult(NamedTuple):
    """What a change led to: outputs, or why to none; a refusal is a dead letter's reason."""

    outputs: tuple[MonitoringOutput, ...] = ()
    no_action: str | None = None
    refusal: str | None = None


def watch_listing(listing: ListingChanged, watch: Watch) -> WatchResult:
    """Judge a listing's title. Hot: nearly all titles hold no mark that matters."""
    if listing.status != "active":
        return WatchResult(no_action="listing_not_active")
    invalid = invalid_fields(listing)
    if invalid:
        return WatchResult(refusal=invalid[0])
    reference = watch.reference
    found = judge_title(listing.title, reference.find(listing.title), watch.weights)
    if not found:
        return WatchResult(no_action="no_mark_found")
    offences = _offences(listing.seller_id, reference)
    near = resemblance(listing, offences, watch.now_milliseconds)
    count = strikes(offences, watch.now_milliseconds)
    marks = [
        mark
        for each in found[:MAXIMUM_MARKS]
        if (mark := _judge(each, listing, watch, count, near)) is not None
    ]
    telling = [mark for mark in marks if mark.outcome != "leave"]
    if not telling:
        return WatchResult(no_action="ordinary_use" if marks else "no_mark_found")
    detection_id = _detection_id(listing, offences)
    return WatchResult((_detected(detection_id, listing, watch, telling, count, near),))


def _detection_id(listing: ListingChanged, offences: tuple[Offence, ...]) -> str:
    """Return the id of what is found in a version of a listing.

    One that was found under an id without its marketplace keeps that id.
    """
    bare = hashed(listing.listing_id, str(listing.version))
    place = (listing.listing_id, listing.marketplace)
    if any(each.case_id == bare and each.is_for(*place) for each in offences):
        return bare
    return hashed(listing.marketplace, listing.listing_id, str(listing.version))


def _offences(seller_id: str, reference: MonitoringReference) -> tuple[Offence, ...]:
    seller = reference.party(seller_id)
    linked = () if seller is None else seller.linked_seller_ids
    return tuple(
        offence
        for each in dict.fromkeys((seller_id, *linked))
        for offence in reference.offences(each)
    )


def _judge(
    found: TitleFinding,
    listing: ListingChanged,
    watch: Watch,
    count: int,
    near: Resemblance | None,
) -> "DetectedMark | None":
    """Judge a title for the mark that weighs most of all with the same words."""
    gravest: tuple[int, TrademarkRecorded, MisuseFindings, Ruling] | None = None
    marks = [
        (trademark_key(mark.office, mark.application_number), mark)
        for recorded in watch.reference.marks_of(found.judged.hit.term)
        if registry_finding(recorded, watch.now_milliseconds) == "in_force"
        and (mark := where_in_force(recorded)) is not None
    ]
    keys = [key for key, _ in marks]
    relisting = relisting_finding(near, keys, found.ground)
    for key, mark in marks:
        findings = found.findings(_subject(mark, key, listing, watch, count, relisting))
        ruling = watch.rules.decide(findings)
        gravity = GRAVITY.index(ruling.outcome)
        if gravest is None or gravity > gravest[0]:
            gravest = gravity, mark, findings, ruling
    if gravest is None:
        return None
    _, mark, findings, ruling = gravest
    first = trademark_key(mark.office, mark.application_number)
    judged = found.judged
    return DetectedMark(
        term=judged.hit.term,
        trademark_keys=(first, *(key for key in keys if key != first)),
        text=judged.text,
        begin=judged.begin,
        end=judged.end,
        trick=judged.trick,
        similarity=judged.hit.similarity,
        score=round(judged.score(watch.weights), 6),
        parts={n: v for n, v in zip(PARTS, judged.parts, strict=True) if v},
        findings=findings._asdict(),
        outcome=ruling.outcome,
        rule_id=ruling.rule_id,
        territories=mark.territories,
    )


def _subject(
    mark: TrademarkRecorded,
    key: str,
    listing: ListingChanged,
    watch: Watch,
    count: int,
    relisting: RelistingFinding,
) -> Subject:
    holders = watch.reference.holders_of(key)
    licensed = any(
        holder.party_id == listing.seller_id
        or seller_finding(holder, listing.seller_id) == "authorised"
        or may_be_licensed(holder, listing, mark)
        for holder in holders
    )
    return Subject(
        nice_class=nice_class_finding(mark.nice_classes, listing.nice_classes),
        seller="authorised" if licensed else "not_authorised",
        territory=_territory(mark, listing),
        strikes=strikes_finding(count),
        relisting=relisting,
    )


def _territory(mark: TrademarkRecorded, listing: ListingChanged) -> MarkTerritoryFinding:
    if not listing.territories or meet(mark.territories, listing.territories):
        return "covered"
    return "not_covered"


def _detected(
    detection_id: str,
    listing: ListingChanged,
    watch: Watch,
    marks: list[DetectedMark],
    count: int,
    near: Resemblance | None,
) -> MisuseDetected:
    gravest = max(marks, key=lambda mark: GRAVITY.index(mark.outcome))
    by_rule = {rule.rule_id: rule.reason_codes for rule in watch.rules.rules}
    outcome = gravest.outcome
    reasons = by_rule.get(gravest.rule_id, ("rule_error",))
    return MisuseDetected(
        detection_id=detection_id,
        listing_id=listing.listing_id,
        marketplace=listing.marketplace,
        seller_id=listing.seller_id,
        listing_version=listing.version,
        url=listing.url,
        title=listing.title,
        outcome=outcome,
        reason_codes=reasons,
        marks=tuple(marks),
        strikes=count,
        resembles_listing_id=None if near is None else near.offence.listing_id,
        resemblance=None if near is None else near.likeness,
        rule_set_hash=watch.rules.hash,
        weights_version=watch.weights.version,
        matching_version=MATCHING_VERSION,
        input_partition=watch.origin.partition,
        input_offset=watch.origin.offset,
        software_version=watch.software_version,
        detected_at_milliseconds=watch.now_milliseconds,
        worker_decides=True,
        listing_territories=listing.territories,
    )
