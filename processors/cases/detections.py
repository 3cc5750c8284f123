"""What monitors detect, as cases: listings blocked or delisted, and whoever sells them heard.

A block has the rights of a takedown: the seller is told why, may object and appeal, and what falls
is put back and leaves no strike. Nobody complained, so no complainant answers: people do.
"""

from processors.cases.case_decision import CaseResult, put_into_effect
from processors.cases.case_start import begun
from processors.cases.effects import with_one_effect
from processors.cases.enforcement import withdrawn
from processors.cases.judgement import RESTRAINT_RULE_ID, Judgement
from processors.cases.measure import limited_to
from processors.cases.order_bounds import under_orders
from processors.cases.room import with_room_for
from processors.cases.row import find_case
from processors.findings.territories import all_countries
from processors.restraint.restraint import AutomaticAction, reason_to_hold
from processors.step import Handlers, Moment, Step
from processors.titles.removals import GRAVITY, gravest_of, ground_of, removal_when_upheld
from processors.validity import invalid_fields
from schemas.events.cases import Case, Detection, ListingCases
from schemas.events.complaints import ComplaintFiled
from schemas.events.decisions import Outcome
from schemas.events.detections import DetectedMark, MisuseDetected
from schemas.events.notices import NotifyParty

TRIGGER = "MisuseDetected"
COUNTRIES_RULE_ID = "step:countries"


def on_misuse_detected(state: ListingCases, detected: MisuseDetected, moment: Moment) -> Step:
    """Open a case for what a monitor found, and block or delist, or have people look."""
    if find_case(state, detected.detection_id) is not None:
        return Step(state, no_action="duplicate_detection")
    invalid = invalid_fields(detected)
    if invalid or not detected.marks:
        return Step(state, refusal=invalid[0] if invalid else "detection_without_mark")
    outcomes = {detected.outcome, *(mark.outcome for mark in detected.marks)}
    if not outcomes <= set(GRAVITY):
        return Step(state, refusal="invalid_outcome")
    listing = state.listing
    past = listing is not None and listing.version > detected.listing_version
    if detected.worker_decides and past:
        # A later version is judged for itself.
        return Step(state, no_action="stale_listing_version")
    mark = gravest_of(detected)
    case = _open(detected, mark, moment)
    cases = with_room_for(state, case.complaint, moment)
    if cases is None:
        return Step(state, refusal="too_many_open_cases")
    judgement = _judge(detected, mark, case, moment)
    if detected.worker_decides:
        judgement = under_orders(state, judgement)
    decided = put_into_effect(case, judgement, listing, moment, TRIGGER)
    if not detected.worker_decides:
        # It was commanded when it was found, and nobody was told.
        told = tuple(each for each in decided.outputs if isinstance(each, NotifyParty))
        decided = CaseResult(withdrawn(decided.case), told)
    opened = ListingCases((*cases, decided.case), listing)
    return with_one_effect(state, opened, decided.outputs, shown_again=False)


def _judge(detected: MisuseDetected, mark: DetectedMark, case: Case, moment: Moment) -> Judgement:
    """Return what is done about a detection: what the monitor's rule says, unless it is held."""
    outcome: Outcome = "send_to_review" if detected.outcome == "send_to_review" else "take_down"
    reasons, version = detected.reason_codes, detected.rule_set_hash
    if outcome == "take_down" and detected.worker_decides:
        if detected.listing_territories == () and _by_country(case, moment):
            reasons = ("listing_countries_unknown",)
            return Judgement("send_to_review", reasons, COUNTRIES_RULE_ID, {}, None, None, "")
        key = mark.trademark_keys[0] if mark.trademark_keys else ""
        held = reason_to_hold(AutomaticAction(mark.rule_id, version, key), moment)
        if held is not None:
            return Judgement("send_to_review", (held,), RESTRAINT_RULE_ID, {}, None, None, "")
    return Judgement(outcome, reasons, mark.rule_id, {}, None, None, version)


HANDLERS: Handlers = {MisuseDetected: on_misuse_detected}


def _open(detected: MisuseDetected, mark: DetectedMark, moment: Moment) -> Case:
    case = begun(_own_initiative(detected, mark), moment)._replace(
        trademark_key=mark.trademark_keys[0] if mark.trademark_keys else None,
        listing_version=detected.listing_version,
        seller_id=detected.seller_id,
        detection=Detection(
            removal_when_upheld(detected),
            detected.listing_version,
            detected.url,
            detected.title,
            mark.term or None,
        ),
    )
    if detected.listing_territories is None or not _by_country(case, moment):
        return case
    countries = limited_to(all_countries(mark.territories), detected.listing_territories)
    found = case.detection
    return case if found is None else case._replace(detection=found._replace(territories=countries))


def _by_country(case: Case, moment: Moment) -> bool:
    return moment.levels.of_case(case).measure_scope == "country"


def _own_initiative(detected: MisuseDetected, mark: DetectedMark) -> ComplaintFiled:
    """Return what stands in a complaint's place: the detection's id, its mark and ground."""
    key = mark.trademark_keys[0] if mark.trademark_keys else ":"
    office, _, number = key.partition(":")
    return ComplaintFiled(
        complaint_id=detected.detection_id,
        listing_id=detected.listing_id,
        marketplace=detected.marketplace,
        complainant_id="",
        rights_holder_id="",
        trademark_office=office,
        trademark_number=number,
        trademark_number_kind="application",
        ground=ground_of(mark.findings.get("copying", "absent")),
        territory="",
        statement="",
        good_faith_declared=False,
        signature="",
        contact_email="",
        evidence=(),
        filed_at_milliseconds=detected.detected_at_milliseconds,
    )
