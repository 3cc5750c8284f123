"""On what a decision rests, as its notices carry it; put in words where they are told."""

from processors.bitemporal import as_of
from processors.cases.judgement import Judgement
from processors.cases.notifications import CLOSING
from processors.cases.priority import trusted_flagger
from processors.cases.procedure import puts_back
from processors.identifiers import reference_of
from processors.policies.service_level import EFFECTS_WALKED, ServiceLevel
from processors.step import Moment
from schemas.events.cases import Case
from schemas.events.listings import ListingChanged
from schemas.events.notices import DecisionFacts
from schemas.events.reviews import ReviewDecided
from schemas.events.trademarks import TrademarkRecorded
from schemas.record import maker
from schemas.statements.told import told_findings

TOLD_OUTCOMES = CLOSING | {"ask_for_clarification"}
_decision_facts = maker(DecisionFacts)


def of_decision(
    case: Case, judgement: Judgement, listing: ListingChanged | None, moment: Moment
) -> DecisionFacts | None:
    """Return the facts of a decision that parties are told; None in cases from before there were
    statements."""
    if judgement.outcome not in TOLD_OUTCOMES or not moment.levels.of_case(case).statements:
        return None
    facts = _facts(case, judgement.trademark, listing, moment)
    return facts._replace(
        found=told_findings(judgement.findings),
        further_reason_codes=judgement.further_reason_codes,
        decided_by_person=bool(judgement.reviewer_ids),
        explanation=judgement.explanation,
    )


def of_review(
    case: Case, review: ReviewDecided, listing: ListingChanged | None, moment: Moment
) -> DecisionFacts | None:
    """Return the facts of what a person decided about an appeal or an objection."""
    if not moment.levels.of_case(case).statements:
        return None
    facts = _facts(case, None, listing, moment)
    return facts._replace(decided_by_person=True, explanation=review.explanation)


def of_action(case: Case, moment: Moment) -> DecisionFacts | None:
    """Return the facts of a listing that stays down for an action that was told of."""
    if not moment.levels.of_case(case).statements:
        return None
    return _facts(case, None, None, moment)._replace(objection="court_action")


def _facts(
    case: Case,
    trademark: TrademarkRecorded | None,
    listing: ListingChanged | None,
    moment: Moment,
) -> DecisionFacts:
    complaint, level = case.complaint, moment.levels.of_case(case)
    if trademark is None and case.trademark_key:
        history = moment.reference.trademark_history(reference_of(complaint))
        trademark = as_of(history, case.received_at_milliseconds, moment.now_milliseconds)
    found = case.detection
    return _decision_facts(
        language="",
        ground=complaint.ground,
        territory=complaint.territory,
        received_at_milliseconds=case.received_at_milliseconds,
        detected=found is not None,
        trusted_flagger=trusted_flagger(complaint, moment.reference),
        trademark_key=case.trademark_key,
        mark_text=_mark_text(case, trademark),
        holder_name="" if trademark is None or not trademark.owners else trademark.owners[0].name,
        found=(),
        further_reason_codes=(),
        territories=case.territories or (() if listing is None else listing.territories),
        ends_at_milliseconds=_end(case) if level.measure_days else None,
        objection=_objection(case, level),
        decided_by_person=False,
        explanation="",
        hidden_still=False if level.steps_edition >= EFFECTS_WALKED else None,
        ordered=case.order is not None,
    )


def _objection(case: Case, level: ServiceLevel) -> str:
    if case.order is not None:
        return ""
    return "put_back" if puts_back(case, level) else "rounds"


def _mark_text(case: Case, trademark: TrademarkRecorded | None) -> str | None:
    if trademark is not None:
        return trademark.mark_text
    return None if case.detection is None else case.detection.mark_text


def _end(case: Case) -> int | None:
    ends = [each.due_at_milliseconds for each in case.timers if each.kind == "put_back"]
    return min(ends, default=None)
