"""One listing's row: its cases found, replaced, and looked at again."""

from collections.abc import Callable
from typing import Any, Final

from processors.cases.case_decision import CaseResult, put_into_effect
from processors.cases.enforcement import withdrawn
from processors.cases.judgement import judge
from processors.step import Moment, NoAction, Output, Step
from processors.validity import invalid_fields
from schemas.events.cases import Case, ListingCases
from schemas.events.listings import ListingChanged
from schemas.events.takedowns import ReinstateListing

EMPTY: Final[ListingCases] = ListingCases((), None)

MAXIMUM_CASES = 200
"""Cases kept for one listing; beyond it the case that was closed first is forgotten."""

MAXIMUM_DECISIONS = 50
"""Decisions made for one case, so that a listing that flips for ever is not followed for ever."""


def about_case(state: ListingCases, event: Any, then: Callable[[Case], Step]) -> Step:
    """Return the step that an event about one case leads to; `event` has a `case_id`."""
    invalid = invalid_fields(event)
    if invalid:
        return Step(state, refusal=invalid[0])
    case = find_case(state, event.case_id)
    return Step(state, no_action="unknown_case") if case is None else then(case)


def find_case(state: ListingCases, case_id: str) -> Case | None:
    """Return a case by its id."""
    return next((c for c in state.cases if c.complaint.complaint_id == case_id), None)


def with_case(state: ListingCases, old: Case, new: Case) -> ListingCases:
    """Return a row with a case in place of another."""
    cases = tuple(new if case is old else case for case in state.cases)
    return ListingCases(cases, state.listing)


def stepped(state: ListingCases, case: Case, decided: CaseResult) -> Step:
    """Return the step that puts a decided case in place of what it was."""
    return drop_conflicting_reinstatements(with_case(state, case, decided.case), decided.outputs)


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


def each_case(state: ListingCases, look_again: Callable[[Case], CaseResult | None]) -> Step:
    """Return the step that looks at each case; what is None stays as it was."""
    outputs: list[Output] = []
    cases: list[Case] = []
    for case in state.cases:
        decided = look_again(case)
        cases.append(case if decided is None else decided.case)
        outputs += () if decided is None else decided.outputs
    new = ListingCases(tuple(cases), state.listing)
    if not outputs:
        return Step(new, no_action="no_decision_changed")
    return drop_conflicting_reinstatements(new, tuple(outputs))


def drop_conflicting_reinstatements(state: ListingCases, outputs: tuple[Output, ...]) -> Step:
    """Leave out putting a listing back while another case keeps it down."""
    if not any(case.taken_down for case in state.cases):
        return Step(state, outputs)
    dropped = {each.case_id for each in outputs if isinstance(each, ReinstateListing)}
    if not dropped:
        return Step(state, outputs)
    cases = tuple(
        withdrawn(case) if case.complaint.complaint_id in dropped else case for case in state.cases
    )
    kept = tuple(each for each in outputs if not isinstance(each, ReinstateListing))
    return Step(ListingCases(cases, state.listing), kept)


def judge_again(
    case: Case,
    listing: ListingChanged | None,
    moment: Moment,
    trigger: str,
    relisted: bool = False,
) -> CaseResult | None:
    """Decide a case anew; None where that changes nothing."""
    if case.decision_number >= MAXIMUM_DECISIONS:
        return None
    judgement = judge(case.complaint, listing, case.received_at_milliseconds, moment)
    if judgement.outcome == "wait_for_listing":
        return None
    same = (judgement.outcome, judgement.reason_codes) == (case.outcome, case.reason_codes)
    if same and not relisted:
        return None
    if relisted and judgement.outcome not in ("take_down", "send_to_review"):
        return None
    return put_into_effect(case, judgement, listing, moment, trigger, relisted=relisted)


def is_settled(case: Case) -> bool:
    """Tell whether people, or the complainant, ended a case, so that rules leave it alone."""
    objection = case.counter_notice
    accepted = objection is not None and objection.phase in ("accepted", "court_action")
    return case.decided_by_review or case.outcome == "retract" or accepted
