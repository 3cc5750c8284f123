"""The clock of a case: started, paused while the complainant is asked, resumed, and closed.

A pause moves the deadline by its own length. A warning or breach that was told stays told. Where
pauses have a limit they add up to it at most, however often a case is asked about or opened again;
then the clock goes on while the complainant is asked.
"""

from processors.cases.case_calendar import calendar_of
from processors.policies.service_level import (
    TOLD_ONCE,
    ServiceLevel,
    clock_timers,
    listing_wait_timer,
)
from processors.step import Moment, Output
from schemas.events.cases import Case, Timer, TimerKind
from schemas.events.sla import CaseClosed, SlaClockPaused, SlaClockResumed, SlaClockStarted
from schemas.record import maker

CLOCK_TIMERS: frozenset[TimerKind] = frozenset(
    {"listing_wait", "sla_warning", "sla_breach", "clarification_due"}
)
"""Timers of a case that is open; others go on when it is closed."""

_WAITING_TIMERS: frozenset[TimerKind] = frozenset({"listing_wait", "clarification_due"})
_clock_started = maker(SlaClockStarted)
_case_closed = maker(CaseClosed)


def clock_started(case: Case) -> SlaClockStarted:
    """Tell that the clock of a case was started."""
    return _clock_started(
        case.complaint.complaint_id,
        case.complaint.listing_id,
        case.complaint.marketplace,
        case.received_at_milliseconds,
        case.deadline_at_milliseconds,
    )


def settle_clock(before: Case, case: Case, moment: Moment) -> tuple[Case, list[Output]]:
    """Return a case after a decision with the clock that goes with it, and what is told of it.

    `case` has the decision's outcome and closing time, and the timers from before it.
    """
    if case.detection is not None or case.order is not None:
        return _without_clock(before, case, moment), []
    outputs: list[Output] = []
    if before.closed_at_milliseconds is not None and case.closed_at_milliseconds is None:
        case = _restart(case, moment)
        outputs.append(clock_started(case))
    if case.paused_at_milliseconds is not None:
        case, resumed = _resume(case, moment)
        outputs.append(resumed)
    case = without_timers(case, _WAITING_TIMERS)
    if case.closed_at_milliseconds is not None:
        case = without_timers(case, CLOCK_TIMERS)
        if before.closed_at_milliseconds is None:
            outputs.append(_closed(case, moment))
    elif case.outcome == "ask_for_clarification":
        case, paused = _ask(case, moment)
        outputs += paused
    elif case.outcome == "wait_for_listing":
        wait = listing_wait_timer(moment.levels.of_case(case), moment.now_milliseconds)
        case = case._replace(timers=(wait, *case.timers))
    return case, outputs


def _without_clock(before: Case, case: Case, moment: Moment) -> Case:
    """Return the case of a detection or an order, which nobody waits for; one opened again has its
    time."""
    if before.closed_at_milliseconds is None or case.closed_at_milliseconds is not None:
        return case
    until = moment.now_milliseconds + moment.levels.of_case(case).deadline_milliseconds
    return case._replace(deadline_at_milliseconds=until)


def is_asked(case: Case) -> bool:
    """Tell whether the complainant has been asked and has time to answer, paused or not."""
    return any(timer.kind == "clarification_due" for timer in case.timers)


def waits_for(case: Case) -> tuple[str, ...]:
    """Return the parties of whom a newer record may give what the complainant is asked for by
    rules."""
    if not case.heeds_records or case.outcome != "ask_for_clarification" or not is_asked(case):
        return ()
    complaint = case.complaint
    return tuple(dict.fromkeys((complaint.complainant_id, complaint.rights_holder_id)))


def without_timers(case: Case, kinds: frozenset[TimerKind]) -> Case:
    """Return a case without its timers of some kinds; the same one where it has none of them."""
    timers = timers_without(case.timers, kinds)
    return case if len(timers) == len(case.timers) else case._replace(timers=timers)


def with_timer(case: Case, kind: TimerKind, due_at_milliseconds: int) -> Case:
    """Return a case with one timer of a kind, in place of any other of it."""
    return case._replace(timers=timers_with(case.timers, kind, due_at_milliseconds))


def timers_without(timers: tuple[Timer, ...], kinds: frozenset[TimerKind]) -> tuple[Timer, ...]:
    """Return timers without those of some kinds."""
    return tuple([timer for timer in timers if timer.kind not in kinds])


def timers_with(
    timers: tuple[Timer, ...], kind: TimerKind, due_at_milliseconds: int
) -> tuple[Timer, ...]:
    """Return timers with one of a kind, in place of any other of it."""
    kept = [timer for timer in timers if timer.kind != kind]
    return (*kept, Timer(kind, due_at_milliseconds))


def _started_at(case: Case) -> int:
    return case.clock_started_at_milliseconds or case.received_at_milliseconds


def _restart(case: Case, moment: Moment) -> Case:
    now = moment.now_milliseconds
    level = moment.levels.of_case(case)
    kept = timers_without(case.timers, CLOCK_TIMERS)
    # Where pauses have a limit, those from before the case was opened again count for it: the clock
    # starts as much earlier as they took.
    kept_pauses = case.paused_milliseconds if level.pause_limit_milliseconds else 0
    return case._replace(
        clock_started_at_milliseconds=now - kept_pauses,
        paused_milliseconds=kept_pauses,
        deadline_at_milliseconds=now + level.deadline_milliseconds,
        timers=(*clock_timers(level, now), *kept),
    )


def _ask(case: Case, moment: Moment) -> tuple[Case, list[Output]]:
    """Return a case whose complainant is asked, and its pause, if there is to be one."""
    now = moment.now_milliseconds
    level = moment.levels.of_case(case)
    until = calendar_of(case, moment).business_days_end(now, level.clarification_business_days)
    # What a person asks, a record doesn't answer; nor did records in the first edition of steps.
    heeds = level.steps_edition >= 1 and not case.decided_by_review
    if heeds != case.heeds_records:
        case = case._replace(heeds_records=heeds)
    if level.pause_limit_milliseconds:
        left = level.pause_limit_milliseconds - case.paused_milliseconds
        if left <= 0:
            return with_timer(case, "clarification_due", until), []
        until = min(until, now + left)
    now = max(now, _told_until(case, level))
    case = without_timers(case, CLOCK_TIMERS)._replace(paused_at_milliseconds=now)
    told = SlaClockPaused(
        case_id=case.complaint.complaint_id,
        listing_id=case.complaint.listing_id,
        marketplace=case.complaint.marketplace,
        deadline_at_milliseconds=case.deadline_at_milliseconds,
        answer_until_milliseconds=until,
        paused_at_milliseconds=now,
    )
    return with_timer(case, "clarification_due", until), [told]


def _told_until(case: Case, level: ServiceLevel) -> int:
    """Return the latest time of which a case's clock told, which may lie after that of a record
    that was read late; 0 for none."""
    if level.steps_edition < TOLD_ONCE:
        return 0
    ahead = {timer.kind for timer in case.timers}
    clock = clock_timers(level, _started_at(case) + case.paused_milliseconds)
    return max((each.due_at_milliseconds for each in clock if each.kind not in ahead), default=0)


def _resume(case: Case, moment: Moment) -> tuple[Case, SlaClockResumed]:
    now, level = moment.now_milliseconds, moment.levels.of_case(case)
    began_at = case.paused_at_milliseconds or now
    passed = max(0, now - began_at)
    paused = case.paused_milliseconds + passed
    shifted = clock_timers(level, _started_at(case) + paused)
    if level.steps_edition >= TOLD_ONCE:
        # A record that was read late may be older than the pause that it ends.
        now = max(now, began_at)
    # What fell due before the pause would now lie in the past: it was told then.
    pending = tuple(timer for timer in shifted if timer.due_at_milliseconds > now)
    kept = timers_without(case.timers, CLOCK_TIMERS)
    case = case._replace(
        paused_at_milliseconds=None,
        paused_milliseconds=paused,
        deadline_at_milliseconds=case.deadline_at_milliseconds + passed,
        timers=(*pending, *kept),
    )
    told = SlaClockResumed(
        case_id=case.complaint.complaint_id,
        listing_id=case.complaint.listing_id,
        marketplace=case.complaint.marketplace,
        deadline_at_milliseconds=case.deadline_at_milliseconds,
        paused_seconds=passed / 1000,
        resumed_at_milliseconds=now,
    )
    return case, told


def _closed(case: Case, moment: Moment) -> CaseClosed:
    now = moment.now_milliseconds
    return _case_closed(
        case_id=case.complaint.complaint_id,
        listing_id=case.complaint.listing_id,
        marketplace=case.complaint.marketplace,
        received_at_milliseconds=case.received_at_milliseconds,
        deadline_at_milliseconds=case.deadline_at_milliseconds,
        decision_number=case.decision_number,
        outcome=case.outcome,
        reason_codes=case.reason_codes,
        closed_at_milliseconds=now,
        open_seconds=max(0, now - _started_at(case) - case.paused_milliseconds) / 1000,
        within_deadline=now <= case.deadline_at_milliseconds,
        paused_seconds=case.paused_milliseconds / 1000,
    )
