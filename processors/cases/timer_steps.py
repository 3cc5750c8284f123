"""What is done when a timer of a case falls due."""

from collections.abc import Callable
from typing import NamedTuple

from processors.cases import counter_notices, orders
from processors.cases.case_clock import CLOCK_TIMERS
from processors.cases.case_decision import put_into_effect
from processors.cases.complained_version import judge_as_complained_of
from processors.cases.dispute_steps import follow
from processors.cases.effects import held_down
from processors.cases.enforcement import overdue
from processors.cases.judgement import Judgement, judge
from processors.cases.order_bounds import under_orders
from processors.cases.retention import end_of_case, end_of_row
from processors.cases.row import find_case, stepped, updated
from processors.step import Moment, Step, TimerFired, TimerGivenUp
from schemas.events.cases import Case, ListingCases, TimerKind
from schemas.events.decisions import Outcome
from schemas.events.sla import SlaBreached, SlaWarningRaised

_ENDS: dict[str, tuple[Outcome, str]] = {
    "listing_wait": ("wait_for_listing", "listing_not_found"),
    "clarification_due": ("ask_for_clarification", "clarification_not_given"),
}
"""Timers that decline a case which still waits: for which outcome, and with which reason."""
WAITING_OUTCOMES = {outcome for outcome, _ in _ENDS.values()}


class Due(NamedTuple):
    """A timer that fell due, with its row, its case, and the case without it."""

    state: ListingCases
    case: Case
    waiting: Case
    timer: TimerFired


def on_timer_fired(state: ListingCases, timer: TimerFired, moment: Moment) -> Step:
    """Take the timer off its case, and do what it is for; without a case, it is the row's own."""
    if not timer.case_id:
        return end_of_row(state, timer)
    case = find_case(state, timer.case_id)
    pending = () if case is None else tuple(t for t in case.timers if t.kind == timer.kind)
    if case is None or not any(t.due_at_milliseconds == timer.due_at_milliseconds for t in pending):
        return Step(state, no_action="unknown_case")
    waiting = case._replace(timers=tuple(t for t in case.timers if t not in pending))
    if timer.kind in CLOCK_TIMERS and case.closed_at_milliseconds is not None:
        return updated(state, case, waiting, no_action="case_already_decided")
    return _HANDLERS[timer.kind](Due(state, case, waiting, timer), moment)


def on_timer_given_up(state: ListingCases, timer: TimerGivenUp, moment: Moment) -> Step:
    """Take a timer that failed off its case; a person decides what it was for, if one is asked."""
    if not timer.case_id:
        return Step(ListingCases((), state.listing), no_action="timer_given_up")
    case = find_case(state, timer.case_id)
    if case is None:
        return Step(state, no_action="unknown_case")
    kept = tuple([each for each in case.timers if each.kind != timer.kind])
    waiting = case._replace(timers=kept)
    if not timer.asks or case.outcome == "send_to_review":
        return updated(state, case, waiting, no_action="timer_given_up")
    judgement = Judgement(
        "send_to_review", ("timer_failed",), f"step:{timer.kind}", {}, None, None, ""
    )
    decided = put_into_effect(waiting, judgement, state.listing, moment, timer.kind)
    return stepped(state, case, decided)


def _tell(due: Due, moment: Moment) -> Step:
    """Tell that a case is still open, close to its deadline or at it."""
    complaint = due.case.complaint
    kind = SlaWarningRaised if due.timer.kind == "sla_warning" else SlaBreached
    told = kind(
        case_id=complaint.complaint_id,
        listing_id=complaint.listing_id,
        marketplace=complaint.marketplace,
        received_at_milliseconds=due.case.received_at_milliseconds,
        deadline_at_milliseconds=due.case.deadline_at_milliseconds,
        due_at_milliseconds=due.timer.due_at_milliseconds,
        outcome=due.case.outcome,
    )
    return updated(due.state, due.case, due.waiting, (told,))


def _end(due: Due, moment: Moment) -> Step:
    """Decline a case that waited in vain, unless by now it would be judged otherwise."""
    kind = due.timer.kind
    waits_for, reason = _ENDS[kind]
    if due.case.outcome != waits_for:
        return updated(due.state, due.case, due.waiting, no_action="case_already_decided")
    judgement = _judged_by_now(due, moment)
    if judgement is None and due.case.answered:
        # Who answered is heard, though not all that was asked for was said.
        reasons = ("clarification_incomplete", *due.case.reason_codes)
        rule_id = f"step:{kind}"
        judgement = Judgement("send_to_review", reasons, rule_id, {}, None, None, "")
    if judgement is None:
        judgement = Judgement("decline", (reason,), f"step:{kind}", {}, None, None, "")
    decided = put_into_effect(due.waiting, judgement, due.state.listing, moment, kind)
    return stepped(due.state, due.case, decided)


def _judged_by_now(due: Due, moment: Moment) -> Judgement | None:
    """Judge a case again, as what was asked for may be on record though nobody answered, such as a
    party or an authority; None where it waits still, or is from before that was done."""
    if not moment.levels.of_case(due.case).rights:
        return None
    held = held_down(due.state, due.case.complaint.complaint_id)
    listing = due.state.listing
    again = judge_as_complained_of(due.waiting, listing, moment, held)
    if again.outcome in WAITING_OUTCOMES:
        # What nobody proves is neutral for all where the listing is gone by itself.
        again = judge(due.waiting, listing, moment, held)
    return None if again.outcome in WAITING_OUTCOMES else under_orders(due.state, again)


def _on_silence(due: Due, moment: Moment) -> Step:
    """Go on where seller or complainant did not speak up in time."""
    objection = counter_notices.fall_due(due.waiting, due.timer.kind)
    return follow(due.state, due.case, objection, moment, due.timer.kind)


def _on_enforcement_due(due: Due, moment: Moment) -> Step:
    """Tell that a command is not confirmed."""
    new, told = overdue(due.waiting, due.timer.due_at_milliseconds, moment)
    return updated(due.state, due.case, new, tuple(told), "already_confirmed")


def _on_put_back_latest(due: Due, moment: Moment) -> Step:
    """See that a listing that was to be put back is back by the fourteenth business day."""
    given = due.case.enforcement
    if given is None or given.action != "reinstate":
        return updated(due.state, due.case, due.waiting, no_action="already_confirmed")
    return _on_enforcement_due(due, moment)


def _on_retention_end(due: Due, _moment: Moment) -> Step:
    return end_of_case(due.state, due.case, due.waiting)


def _on_order_end(due: Due, moment: Moment) -> Step:
    return orders.end(due.state, due.case, due.waiting, moment, due.timer.kind)


_HANDLERS: dict[TimerKind, Callable[[Due, Moment], Step]] = {
    "listing_wait": _end,
    "clarification_due": _end,
    "sla_warning": _tell,
    "sla_breach": _tell,
    "counter_notice_due": _on_silence,
    "answer_due": _on_silence,
    "put_back": _on_silence,
    "enforcement_due": _on_enforcement_due,
    "put_back_latest": _on_put_back_latest,
    "order_end": _on_order_end,
    "retention_ends": _on_retention_end,
}
