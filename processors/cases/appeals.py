"""Appeals of the parties against a decision (DSA Article 20): by people, and not the same ones."""

from processors.cases.acting import refused_act
from processors.cases.case_calendar import calendar_of
from processors.cases.case_commands import Subject, review
from processors.cases.notifications import Said, notify, tell_owner
from processors.policies.service_level import APPEALS_BY_PEOPLE
from processors.step import Moment, NoAction, Output
from schemas.events.appeals import AppealDecided, AppealFiled
from schemas.events.cases import Appeal, Case
from schemas.events.listings import ListingChanged
from schemas.events.notices import DecisionFacts, NotifyParty
from schemas.events.parties import PartyRole
from schemas.events.reviews import ReviewDecided
from schemas.fields import TIMED

MAXIMUM_APPEALS = 20
"""Appeals kept of one case; a party has one at a time, so that is a long dispute."""


def file(
    case: Case, filed: AppealFiled, listing: ListingChanged | None, moment: Moment
) -> tuple[Case, tuple[Output, ...], NoAction | None]:
    """Take in an appeal; reviewers are asked, or it is told why not."""
    role = _role(case, filed.party_id)
    refusal = _refusal(case, filed, role, moment)
    if refusal is None and role == "complainant":
        refusal = refused_act(case, filed.party_id, moment)
    if refusal is not None or role is None:
        return case, (), refusal
    appeal = Appeal(
        appeal_id=filed.appeal_id,
        party_id=filed.party_id,
        role=role,
        decision_number=case.decision_number,
        open=True,
        filed_at_milliseconds=moment.now_milliseconds,
    )
    case = case._replace(appeals=(*case.appeals, appeal))
    told: list[NotifyParty] = []
    if role == "complainant" and filed.party_id != case.complaint.rights_holder_id:
        told = tell_owner(case, "appeal_filed", moment, Said(appeal.appeal_id, filed.party_id))
    return case, (ask(case, appeal, listing, moment), *told), None


def ask(
    case: Case, appeal: Appeal, listing: ListingChanged | None, moment: Moment, attempt: str = ""
) -> Output:
    """Return the command that has an appeal decided by reviewers who had no part in the case."""
    until = calendar_of(case, moment).business_days_end(
        appeal.filed_at_milliseconds, moment.levels.of_case(case).appeal_review_business_days
    )
    reasons = (f"appeal_of_{appeal.role}",)
    subject = Subject("appeal", appeal.appeal_id, reasons, until, case.reviewer_ids, attempt)
    return review(case, subject, listing, moment)


def grants(appeal: Appeal, decided: ReviewDecided) -> bool:
    """Tell whether a review gives the appealing party its way."""
    return decided.outcome == ("reinstate" if appeal.role == "seller" else "take_down")


def reject(
    case: Case,
    appeal: Appeal,
    decided: ReviewDecided,
    facts: DecisionFacts | None,
    moment: Moment,
) -> tuple[Case, tuple[Output, ...]]:
    """Return a case whose appeal was rejected, and what is told of it: who, and why.

    Without facts, as in cases from before there were any, what was decided first is told.
    """
    told = _decided(case, appeal, False, decided.reason_codes, decided.reviewer_id, moment)
    told = told._replace(explanation=decided.explanation)
    reviewers = dict.fromkeys((*case.reviewer_ids, decided.reviewer_id))
    case = _closed(case, appeal)._replace(reviewer_ids=tuple(reviewers))
    said = Said(appeal.appeal_id)
    if facts is not None:
        said = said._replace(facts=facts, reason_codes=decided.reason_codes)
    messages = notify(_of(case, appeal), appeal.role, "appeal_decided", moment, None, said)
    return case, (told, *messages)


def settle(case: Case, facts: DecisionFacts | None, moment: Moment) -> tuple[Case, list[Output]]:
    """End the open appeals of parties that a decision gives their way.

    What a machine decided meanwhile ends none: a person still decides the appeal (DSA Article
    20(6)). What the other party gave up needs no decision.
    """
    outputs: list[Output] = []
    if not _is_ended_by_people(case, moment):
        return case, outputs
    for appeal in case.appeals:
        if appeal.open and _has_its_way(case, appeal.role):
            reviewer = case.reviewer_ids[-1] if case.decided_by_review else ""
            granted = appeal.role == "seller" or case.outcome != "retract"
            told = _decided(case, appeal, granted, case.reason_codes, reviewer, moment)
            outputs.append(told if facts is None else told._replace(explanation=facts.explanation))
            case = _closed(case, appeal)
            said = Said(appeal.appeal_id, facts=facts)
            told_case = _of(case, appeal)
            outputs += notify(told_case, appeal.role, "appeal_decided", moment, None, said)
    return case, outputs


def _is_ended_by_people(case: Case, moment: Moment) -> bool:
    if moment.levels.of_case(case).steps_edition < APPEALS_BY_PEOPLE:
        return True
    given_up = case.outcome == "retract" or "counter_notice_accepted" in case.reason_codes
    return case.decided_by_review or given_up


def _refusal(
    case: Case, filed: AppealFiled, role: PartyRole | None, moment: Moment
) -> NoAction | None:
    """Tell why an appeal is not taken, the first reason that holds."""
    if role is None:
        return "not_a_party" if case.seller_id or moment.edition < TIMED else "seller_unknown"
    closed_at = case.closed_at_milliseconds
    months = moment.levels.of_case(case).appeal_months
    reasons: tuple[tuple[bool, NoAction], ...] = (
        (case.order is not None, "order_in_force"),
        (any(each.appeal_id == filed.appeal_id for each in case.appeals), "duplicate_appeal"),
        (closed_at is None or _has_its_way(case, role), "no_decision_to_appeal"),
        (
            any(each.open and each.party_id == filed.party_id for each in case.appeals),
            "appeal_already_open",
        ),
        (
            closed_at is not None
            and moment.now_milliseconds
            >= calendar_of(case, moment, role).months_end(closed_at, months),
            "appeal_too_late",
        ),
        (len(case.appeals) >= MAXIMUM_APPEALS, "too_many_appeals"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _role(case: Case, party_id: str) -> PartyRole | None:
    complaint = case.complaint
    if party_id in (complaint.complainant_id, complaint.rights_holder_id):
        return "complainant"
    is_seller = party_id == case.seller_id or party_id in case.former_seller_ids
    return "seller" if party_id and is_seller else None


def _of(case: Case, appeal: Appeal) -> Case:
    """Return a case as the seller who appealed is told of it, who may be a former one."""
    return case._replace(seller_id=appeal.party_id) if appeal.role == "seller" else case


def _has_its_way(case: Case, role: PartyRole) -> bool:
    if case.outcome == "retract":
        return True
    return case.taken_down if role == "complainant" else not case.taken_down


def _closed(case: Case, appeal: Appeal) -> Case:
    appeals = tuple(
        each._replace(open=False) if each.appeal_id == appeal.appeal_id else each
        for each in case.appeals
    )
    return case._replace(appeals=appeals)


def _decided(
    case: Case,
    appeal: Appeal,
    granted: bool,
    reason_codes: tuple[str, ...],
    reviewer_id: str,
    moment: Moment,
) -> AppealDecided:
    return AppealDecided(
        appeal_id=appeal.appeal_id,
        case_id=case.complaint.complaint_id,
        decision_number=case.decision_number,
        listing_id=case.complaint.listing_id,
        marketplace=case.complaint.marketplace,
        party_id=appeal.party_id,
        role=appeal.role,
        granted=granted,
        reason_codes=reason_codes,
        reviewer_id=reviewer_id,
        filed_at_milliseconds=appeal.filed_at_milliseconds,
        decided_at_milliseconds=moment.now_milliseconds,
    )
