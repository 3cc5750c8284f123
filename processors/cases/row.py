"""One listing's row: its cases found, replaced, and looked at again."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from processors.cases.case_decision import CaseResult, put_into_effect
from processors.cases.complained_version import judge_as_complained_of
from processors.cases.effects import held_down, with_one_effect
from processors.cases.judgement import Judgement
from processors.cases.order_bounds import under_orders
from processors.identifiers import hashed
from processors.policies.service_level import SAID_ONCE
from processors.step import Moment, NoAction, Output, Step
from processors.validity import invalid_fields
from schemas.events.cases import Case, ListingCases
from schemas.events.complaints import ClarificationProvided
from schemas.events.counter_notices import CounterNoticeAnswered, CounterNoticeFiled
from schemas.events.reviews import ReviewDecided

EMPTY: Final[ListingCases] = ListingCases((), None)

MAXIMUM_CASES = 200
"""Cases kept for one listing; beyond it the case that was closed first is forgotten."""

MAXIMUM_DECISIONS = 50
"""Decisions made for one case, so that a listing that flips for ever is not followed for ever."""


MAXIMUM_TAKEN: Final = 50
"""Ids kept of what was said of one case; those from longest ago are forgotten beyond it,
as no row grows without bound."""


class Said(NamedTuple):
    """How what people say of a case is told apart, and what one that was taken before leads to."""

    id_field: str
    no_action: NoAction


SAID: Final[dict[type[Any], Said]] = {
    ReviewDecided: Said("review_id", "stale_review"),
    ClarificationProvided: Said("clarification_id", "no_clarification_asked"),
    CounterNoticeFiled: Said("counter_notice_id", "duplicate_counter_notice"),
    CounterNoticeAnswered: Said("answer_id", "no_counter_notice_to_answer"),
}
"""Appeals and retractions of a case tell of themselves that they were taken."""


def about_case(
    state: ListingCases, event: Any, moment: Moment, then: Callable[[Case], Step]
) -> Step:
    """Return the step that an event about one case leads to; `event` has a `case_id`.

    What people said is taken once: it may be sent again when the case has moved on.
    """
    invalid = invalid_fields(event)
    if invalid:
        return Step(state, refusal=invalid[0])
    case = find_case(state, event.case_id)
    if case is None:
        return Step(state, no_action="unknown_case")
    said = SAID.get(type(event))
    if said is None or moment.levels.of_case(case).steps_edition < SAID_ONCE:
        return then(case)
    said_id = hashed(type(event).__name__, getattr(event, said.id_field))
    if said_id in case.taken_ids:
        return Step(state, no_action=said.no_action)
    step = then(case)
    new = find_case(step.state, event.case_id)
    # What is not complete changes nothing, and may be sent again as it should be.
    if new is None or (new is case and not (step.outputs and isinstance(event, ReviewDecided))):
        return step
    taken = (*new.taken_ids, said_id)[-MAXIMUM_TAKEN:]
    return step._replace(state=with_case(step.state, new, new._replace(taken_ids=taken)))


def find_case(state: ListingCases, case_id: str) -> Case | None:
    """Return a case by its id."""
    return next((c for c in state.cases if c.complaint.complaint_id == case_id), None)


def with_room(cases: tuple[Case, ...]) -> tuple[Case, ...] | None:
    """Return cases with room for one more, without the one that was closed first where there is
    none; None where all are open."""
    if len(cases) < MAXIMUM_CASES:
        return cases
    closed = [case for case in cases if case.closed_at_milliseconds is not None]
    if not closed:
        return None
    oldest = min(closed, key=lambda case: case.closed_at_milliseconds or 0)
    return tuple(case for case in cases if case is not oldest)


def with_case(state: ListingCases, old: Case, new: Case) -> ListingCases:
    """Return a row with a case in place of another."""
    cases = tuple(new if case is old else case for case in state.cases)
    return ListingCases(cases, state.listing)


def stepped(state: ListingCases, case: Case, decided: CaseResult) -> Step:
    """Return the step that puts a decided case in place of what it was."""
    new = with_case(state, case, decided.case)
    return with_one_effect(state, new, decided.outputs, shown_again=False)


def updated(
    state: ListingCases,
    case: Case,
    new: Case,
    outputs: tuple[Output, ...] = (),
    no_action: NoAction | None = None,
) -> Step:
    """Return the step that changes a case without a decision."""
    return Step(with_case(state, case, new), outputs, None if outputs else no_action)


def split_by_marketplace(state: ListingCases) -> dict[str, ListingCases]:
    """Return the rows of the marketplaces that a row holds a listing or cases of, by their names.

    It keeps the content of one marketplace's listing only; of another's nothing is known then.
    """
    listing = state.listing
    names = {case.complaint.marketplace for case in state.cases}
    if listing is not None:
        names.add(listing.marketplace)
    return {
        name: ListingCases(
            tuple(case for case in state.cases if case.complaint.marketplace == name),
            listing if listing is not None and listing.marketplace == name else None,
        )
        for name in sorted(names)
    }


def each_case(
    state: ListingCases,
    look_again: Callable[[Case], CaseResult | None],
    shown_again: bool = False,
) -> Step:
    """Return the step that looks at each case; what is None stays as it was.

    `shown_again` tells that the listing is shown, though it was taken down.
    """
    outputs: list[Output] = []
    cases: list[Case] = []
    for case in state.cases:
        decided = look_again(case)
        cases.append(case if decided is None else decided.case)
        outputs += () if decided is None else decided.outputs
    new = ListingCases(tuple(cases), state.listing)
    if not outputs:
        return Step(new, no_action="no_decision_changed")
    return with_one_effect(state, new, tuple(outputs), shown_again)


def judge_again(
    state: ListingCases,
    case: Case,
    moment: Moment,
    trigger: str,
    relisted: bool = False,
) -> CaseResult | None:
    """Decide a case anew; None where that changes nothing."""
    ours = case.detection is None and case.order is None
    if not ours or case.decision_number >= MAXIMUM_DECISIONS:
        # What nobody complained of is looked at again by monitors, or stands as it was ordered.
        return None
    if case.outcome == "remedied_by_seller" and not relisted:
        return None
    listing = state.listing
    held = held_down(state, case.complaint.complaint_id)
    judgement = under_orders(state, judge_as_complained_of(case, listing, moment, held))
    if judgement.outcome == "wait_for_listing" or _is_for_people(case, judgement):
        return None
    same = (judgement.outcome, judgement.reason_codes) == (case.outcome, case.reason_codes)
    if same and not relisted:
        return None
    if relisted and judgement.outcome not in ("take_down", "send_to_review"):
        return None
    return put_into_effect(case, judgement, listing, moment, trigger, relisted=relisted)


def _is_for_people(case: Case, judgement: Judgement) -> bool:
    """Tell whether a takedown is of another seller than the first, for which people decide."""
    passed_on = bool(case.former_seller_ids) and not case.taken_down
    return passed_on and judgement.outcome == "take_down"


def is_settled(case: Case) -> bool:
    """Tell whether people, or the complainant, ended a case, so that rules leave it alone."""
    objection = case.counter_notice
    accepted = objection is not None and objection.phase in ("accepted", "court_action")
    if case.outcome == "remedied_by_seller":
        return False
    return case.decided_by_review or case.outcome == "retract" or accepted
