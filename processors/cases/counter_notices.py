"""Sellers' objections to takedowns, by the procedure that the case keeps with its times.

Rounds: a seller has three of three business days each; silence forfeits. The complainant has as
long to answer: acceptance and silence put the listing back, an objection goes to reviewers
(Alibaba's published programme). Put-back: the seller may object at any time; unless the complainant
tells of an action, the listing is put back after so many days (17 U.S.C. 512(g)(2)(C); E-commerce
Law of China, Article 43). A measure for a time ends by itself unless a court orders more (India's
Copyright Rules 2013, Rule 75).
"""

from typing import NamedTuple

from processors.cases import statement_facts
from processors.cases.acting import refused_act
from processors.cases.case_calendar import calendar_of
from processors.cases.case_clock import (
    timers_with,
    timers_without,
    with_timer,
    without_timers,
)
from processors.cases.case_commands import Subject, review
from processors.cases.notifications import Said, notify, tell_owner
from processors.cases.procedure import COPYRIGHT, puts_back
from processors.findings.completeness import is_stated
from processors.policies.service_level import PURCHASES_DESCRIBED, ServiceLevel
from processors.step import Moment, NoAction, Output
from schemas.events.cases import Case, CounterNotice, CounterNoticePhase, TimerKind
from schemas.events.counter_notices import (
    CounterNoticeAnswer,
    CounterNoticeAnswered,
    CounterNoticeFiled,
)
from schemas.events.listings import ListingChanged
from schemas.events.parties import PartyRole
from schemas.fields import TIMED
from schemas.private_texts import characters_of

ACTIONS: dict[CounterNoticeAnswer, str] = {
    "court_action": "",
    "authority_complaint": "authority_complaints",
}
"""Answers that keep a listing down, each with the field of the times that allows it, if any."""
CONTESTED = ("counter_notice_contested", "seller_evidence_filed")
"""Why reviewers are asked; the latter where there are documents of the seller's to be read."""
OPEN_PHASES: frozenset[CounterNoticePhase] = frozenset(
    {"awaits_seller", "awaits_complainant", "awaits_review", "awaits_put_back"}
)
ANSWERED_PHASES: frozenset[CounterNoticePhase] = OPEN_PHASES - {"awaits_seller"}
"""Phases in which an objection is being answered."""
_PUT_BACK_REASONS: dict[CounterNoticePhase, str] = {
    "awaits_put_back": "counter_notice_uncontested",
    "awaits_seller": "measure_ended",
    "court_action": "court_action_expired",
}
"""Why a listing is put back when its time has come, by what was awaited."""
OBJECTION_TIMERS: frozenset[TimerKind] = frozenset({"counter_notice_due", "answer_due", "put_back"})


class Objection(NamedTuple):
    """What an objection, an answer or a timer leads to; `reinstate` gives the reason for it."""

    case: Case
    outputs: tuple[Output, ...] = ()
    no_action: NoAction | None = None
    reinstate: str | None = None


def settle_counter_notice(before: Case, case: Case, moment: Moment) -> Case:
    """Let the seller object to a new takedown; end that when there is none any more."""
    if case.order is not None:
        return case
    if case.taken_down and not before.taken_down:
        return _await_seller(case, 1, "", moment)
    standing = case.counter_notice
    if standing is not None and not case.taken_down and standing.phase in OPEN_PHASES:
        ended = standing._replace(phase="accepted", due_at_milliseconds=None)
        return without_timers(case, OBJECTION_TIMERS)._replace(counter_notice=ended)
    return case


def file(
    case: Case, filed: CounterNoticeFiled, listing: ListingChanged | None, moment: Moment
) -> Objection:
    """Take in a seller's objection; where nobody complained, reviewers answer it."""
    standing = case.counter_notice
    refusal = _refusal(case, filed, moment)
    if refusal is not None or standing is None:
        return Objection(case, no_action=refusal)
    if not _is_complete(case, filed, moment.levels.of_case(case)):
        told = notify(
            case,
            "seller",
            "clarification_asked",
            moment,
            standing.due_at_milliseconds,
            Said(filed.counter_notice_id),
        )
        return Objection(case, tuple(told))
    shown = moment.levels.of_case(case).steps_edition >= PURCHASES_DESCRIBED
    standing = standing._replace(
        counter_notice_id=filed.counter_notice_id,
        evidence_filed=shown and bool(filed.evidence),
    )
    if case.detection is not None:
        case = without_timers(case, OBJECTION_TIMERS)._replace(counter_notice=standing)
        return _ask_reviewers(case, standing, listing, moment)
    level = moment.levels.of_case(case)
    if puts_back(case, level):
        return _await_put_back(case._replace(counter_notice=standing), filed, level, moment)
    case = without_timers(case, OBJECTION_TIMERS)._replace(counter_notice=standing)
    until = _business_days(case, level.counter_notice_business_days, moment)
    case = with_timer(_in_phase(case, "awaits_complainant", until), "answer_due", until)
    told = notify(case, "complainant", "counter_notice_filed", moment, until, _said(filed))
    return Objection(case, tuple(told))


def answer(
    case: Case, answered: CounterNoticeAnswered, listing: ListingChanged | None, moment: Moment
) -> Objection:
    """Take in the complainant's answer."""
    standing, level = case.counter_notice, moment.levels.of_case(case)
    refused = refused_act(case, answered.complainant_id, moment)
    if refused is not None:
        return Objection(case, no_action=refused)
    if standing is None or not _is_answerable(standing, answered, level):
        return Objection(case, no_action="no_counter_notice_to_answer")
    if answered.answer == "accept":
        return Objection(case, reinstate="counter_notice_accepted")
    if answered.answer in ACTIONS:
        brought = _bring_action(case, answered, level, moment)
        return _told_owner(brought, answered, standing, moment)
    if puts_back(case, level) and level.objection:
        # Only notice of an action stops it: 17 U.S.C. 512(g)(2)(C).
        return Objection(case, _asked_for_action(case, standing, answered, moment))
    case = without_timers(case, OBJECTION_TIMERS | {"put_back_latest"})
    told = notify(
        case, "seller", "counter_notice_answered", moment, None, _answered(answered, standing)
    )
    asked = _ask_reviewers(case, standing, listing, moment)
    asked = asked._replace(outputs=(*asked.outputs, *told))
    return _told_owner(asked, answered, standing, moment)


def _told_owner(
    objection: Objection, answered: CounterNoticeAnswered, standing: CounterNotice, moment: Moment
) -> Objection:
    """Return an objection of which the owner is told how its agent answered."""
    if answered.complainant_id == objection.case.complaint.rights_holder_id:
        return objection
    case, said = objection.case, _answered(answered, standing)
    told = tell_owner(case, "counter_notice_answered", moment, said, answered.answer_id)
    return objection._replace(outputs=(*objection.outputs, *told))


def _ask_reviewers(
    case: Case, standing: CounterNotice, listing: ListingChanged | None, moment: Moment
) -> Objection:
    until = _business_days(case, moment.levels.of_case(case).counter_notice_business_days, moment)
    case = _in_phase(case, "awaits_review", until)
    subject = Subject(
        "counter_notice",
        standing.counter_notice_id,
        CONTESTED if standing.evidence_filed else CONTESTED[:1],
        until,
        case.reviewer_ids,
    )
    return Objection(case, (review(case, subject, listing, moment),))


def reject(case: Case, moment: Moment) -> Case:
    """Return a case whose objection reviewers rejected: the next round, if there is one."""
    standing = case.counter_notice
    if standing is None:
        return case
    if standing.round_number >= moment.levels.of_case(case).counter_notice_rounds:
        return _in_phase(case, "rejected", None)
    return _await_seller(case, standing.round_number + 1, standing.counter_notice_id, moment)


def fall_due(case: Case, kind: TimerKind) -> Objection:
    """Take in that nobody spoke up in time."""
    standing = case.counter_notice
    if standing is None:
        return Objection(case, no_action="unknown_case")
    if kind == "counter_notice_due" and standing.phase == "awaits_seller":
        return Objection(_in_phase(case, "forfeited", None), no_action="counter_notice_forfeited")
    if kind == "answer_due" and standing.phase == "awaits_complainant":
        return Objection(case, reinstate="counter_notice_unanswered")
    if kind == "put_back":
        reason = _PUT_BACK_REASONS.get(standing.phase)
        if reason is not None:
            return Objection(case, reinstate=reason)
    return Objection(case, no_action="case_already_decided")


def _refusal(case: Case, filed: CounterNoticeFiled, moment: Moment) -> NoAction | None:
    """Tell why an objection is not taken."""
    standing = case.counter_notice
    if standing is None or not case.taken_down:
        return "no_takedown_to_object_to"
    if filed.seller_id != case.seller_id:
        return "not_a_party" if case.seller_id or moment.edition < TIMED else "seller_unknown"
    if filed.counter_notice_id == standing.counter_notice_id:
        return "duplicate_counter_notice"
    if standing.phase != "awaits_seller" or _is_late(standing, moment):
        return "counter_notice_not_open"
    return None


def _await_seller(case: Case, round_number: int, last_id: str, moment: Moment) -> Case:
    level = moment.levels.of_case(case)
    until = None
    if not puts_back(case, level):
        until = _business_days(case, level.counter_notice_business_days, moment, "seller")
    standing = CounterNotice(last_id, round_number, "awaits_seller", until)
    timers = timers_without(case.timers, OBJECTION_TIMERS)
    if until is not None:
        timers = timers_with(timers, "counter_notice_due", until)
    elif level.measure_days:
        ends = calendar_of(case, moment).days_end(moment.now_milliseconds, level.measure_days)
        timers = timers_with(timers, "put_back", ends)
    return case._replace(counter_notice=standing, timers=timers)


def _said(filed: CounterNoticeFiled) -> Said:
    said = Said(filed.counter_notice_id, filed.seller_id, filed.statement)
    return said._replace(private_statement=filed.private_statement)


def _answered(answered: CounterNoticeAnswered, standing: CounterNotice) -> Said:
    said = Said(standing.counter_notice_id, answered.complainant_id, answered.explanation)
    return said._replace(private_statement=answered.private_explanation)


def _await_put_back(
    case: Case, filed: CounterNoticeFiled, level: ServiceLevel, moment: Moment
) -> Objection:
    ends = [each.due_at_milliseconds for each in case.timers if each.kind == "put_back"]
    case = without_timers(case, OBJECTION_TIMERS)
    if ends:
        # The measure ends by itself, and an objection does not make it longer.
        until = min(ends)
        case = with_timer(_in_phase(case, "awaits_put_back", until), "put_back", until)
    elif level.put_back_days:
        until = calendar_of(case, moment).days_end(moment.now_milliseconds, level.put_back_days)
        case = with_timer(_in_phase(case, "awaits_put_back", until), "put_back", until)
    else:
        # After the tenth business day at the earliest: the complainant has until its end.
        until = _business_days(case, level.put_back_business_days, moment)
        latest = _business_days(case, level.put_back_latest_business_days, moment)
        case = _in_phase(case, "awaits_put_back", until)
        case = with_timer(with_timer(case, "put_back", until), "put_back_latest", latest)
    told = (
        *notify(case, "complainant", "counter_notice_filed", moment, until, _said(filed)),
        *notify(case, "seller", "put_back_scheduled", moment, None, Said(filed.counter_notice_id)),
    )
    return Objection(case, told)


def _is_answerable(
    standing: CounterNotice, answered: CounterNoticeAnswered, level: ServiceLevel
) -> bool:
    """Tell whether the complainant may say so now; of an action, from the takedown on."""
    if standing.phase in ("awaits_complainant", "awaits_put_back"):
        return True
    if standing.phase == "court_action":
        return bool(level.objection)
    tells_of_action = level.objection == "put_back" and answered.answer in ACTIONS
    return tells_of_action and standing.phase == "awaits_seller"


def _bring_action(
    case: Case, answered: CounterNoticeAnswered, level: ServiceLevel, moment: Moment
) -> Objection:
    """Keep a listing down for an action that is told of, and shown."""
    standing = case.counter_notice
    allowed = ACTIONS[answered.answer]
    if standing is None or (allowed and not getattr(level, allowed)):
        return Objection(case, no_action="no_counter_notice_to_answer")
    if level.objection and not (answered.proceedings and answered.evidence):
        return Objection(case, _asked_for_action(case, standing, answered, moment))
    case = without_timers(case, OBJECTION_TIMERS | {"put_back_latest"})
    until = None
    if level.court_action_months:
        months = level.court_action_months
        until = calendar_of(case, moment).months_end(moment.now_milliseconds, months)
        case = with_timer(case, "put_back", until)
    case = _in_phase(case, "court_action", until)
    facts = statement_facts.of_action(case, moment)
    said = _answered(answered, standing)._replace(facts=facts)
    told = notify(case, "seller", "counter_notice_decided", moment, until, said, answered.answer_id)
    return Objection(case, tuple(told))


def _asked_for_action(
    case: Case, standing: CounterNotice, answered: CounterNoticeAnswered, moment: Moment
) -> tuple[Output, ...]:
    """Ask the complainant to name the action: court, number, day, and a document."""
    until, answer_id = standing.due_at_milliseconds, answered.answer_id
    said = Said(standing.counter_notice_id)
    return tuple(notify(case, "complainant", "clarification_asked", moment, until, said, answer_id))


def _in_phase(case: Case, phase: CounterNoticePhase, until: int | None) -> Case:
    standing = case.counter_notice
    if standing is None:
        return case
    return case._replace(counter_notice=standing._replace(phase=phase, due_at_milliseconds=until))


def _business_days(case: Case, count: int, moment: Moment, role: PartyRole = "complainant") -> int:
    return calendar_of(case, moment, role).business_days_end(moment.now_milliseconds, count)


def _is_late(standing: CounterNotice, moment: Moment) -> bool:
    until = standing.due_at_milliseconds
    return until is not None and moment.now_milliseconds >= until


def _is_complete(case: Case, filed: CounterNoticeFiled, level: ServiceLevel) -> bool:
    signed = characters_of(filed.signature, filed.private_signature)
    if not (signed and is_stated(filed.statement, filed.private_statement)):
        return False
    declared = filed.perjury_declared and filed.jurisdiction_consented
    sworn = level.sworn_objections if level.objection else case.complaint.ground == COPYRIGHT
    return declared or not sworn
