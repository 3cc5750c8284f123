"""How long a listing's row keeps what nobody needs any more: closed cases, and removed listings.

A case stays while it is open, while anything is awaited of it, and while it keeps down a listing
that may be seen again. Else it leaves when nothing happened to it, and the listing was neither
removed nor put back, for as long as is set, and for as long as may be appealed or its profile asks
for in any case. A row without cases leaves with its removed listing.
"""

from typing import Final

from processors.cases.case_clock import with_timer, without_timers
from processors.cases.counter_notices import OPEN_PHASES
from processors.cases.room import is_idle
from processors.cases.row import EMPTY
from processors.step import Moment, Step, TimerFired
from schemas.durations import DAY_MILLISECONDS
from schemas.events.cases import Case, CounterNoticePhase, ListingCases, TimerKind

_RETENTION: Final[frozenset[TimerKind]] = frozenset({"retention_ends"})
_LONGEST_MONTH_DAYS: Final = 31
_UNDECIDED: Final = OPEN_PHASES - frozenset[CounterNoticePhase]({"awaits_seller"})
"""Objections that keep a case. That one may still come does not, where its listing is gone."""


def with_retention(before: ListingCases, given: Step, moment: Moment) -> Step:
    """Return a step with the times at which what it changed leaves."""
    state = given.state
    if state is before or given.refusal is not None:
        return given
    as_before: set[int] = set()
    if _is_removed(before) == _is_removed(state):
        as_before = {id(case) for case in before.cases}
    cases = [case if id(case) in as_before else _with_end(case, moment) for case in state.cases]
    return given._replace(state=_row_of(before, ListingCases(tuple(cases), state.listing), moment))


def end_of_row(state: ListingCases, timer: TimerFired) -> Step:
    """Take out a row without cases whose listing was removed long ago."""
    if state.leaves_at_milliseconds != timer.due_at_milliseconds:
        return Step(state, no_action="still_needed")
    return Step(EMPTY, no_action="retention_ended")


def end_of_case(state: ListingCases, case: Case, waiting: Case) -> Step:
    """Take a case out of its row, unless it is needed still: then it gets its time anew."""
    others = tuple([each for each in state.cases if each is not case])
    if is_idle(waiting, state) or _goes_with_listing(waiting, state):
        return Step(ListingCases(others, state.listing), no_action="retention_ended")
    kept = tuple([waiting if each is case else each for each in state.cases])
    return Step(ListingCases(kept, state.listing), no_action="still_needed")


def _is_removed(state: ListingCases) -> bool:
    return state.listing is not None and state.listing.status == "removed"


def _goes_with_listing(case: Case, state: ListingCases) -> bool:
    """Tell whether all that keeps a case is that it took down a listing which is removed."""
    if case.order is not None or not _is_removed(state):
        return False
    objection = case.counter_notice
    if objection is not None and objection.phase in _UNDECIDED:
        return False
    return is_idle(case._replace(taken_down=False, detection=None, counter_notice=None), state)


def _with_end(case: Case, moment: Moment) -> Case:
    """Return a case with the time at which it leaves, where it is closed."""
    level = moment.levels.of_case(case)
    if not level.retained_days or case.closed_at_milliseconds is None:
        return without_timers(case, _RETENTION)
    appeal_days = _LONGEST_MONTH_DAYS * level.appeal_months + 1
    days = max(level.retained_days, level.least_retained_days, appeal_days)
    return with_timer(case, "retention_ends", moment.now_milliseconds + days * DAY_MILLISECONDS)


def _row_of(before: ListingCases, state: ListingCases, moment: Moment) -> ListingCases:
    """Return a row with the time at which it leaves, if any; empty where it leaves now."""
    if state.cases or not (state.listing is None or _is_removed(state)):
        return state
    if state.listing is None or before.cases:
        # The last case was kept for as long as its listing has been removed.
        return EMPTY
    days = moment.service_level.retained_days
    at = moment.now_milliseconds + days * DAY_MILLISECONDS
    return state._replace(leaves_at_milliseconds=at) if days else state
