"""The fold of one listing and its cases: one pure step for each kind of input."""

from collections.abc import Callable
from typing import Any, NamedTuple

from processors.bitemporal import as_of
from processors.case_decision import (
    Decided,
    clock_started,
    put_into_effect,
)
from processors.intake import invalid_fields, invalid_listing
from processors.judgement import Judgement, judge, reference_of
from processors.registry_match import registry_finding
from processors.service_level import clock_timers
from processors.step import Input, Moment, NoAction, Output, RegistryChanged, Step, TimerFired
from schemas.cases import Case, ListingCases
from schemas.complaints import ComplaintFiled
from schemas.listings import ListingChanged
from schemas.reviews import ReviewDecided
from schemas.sla import SlaBreached, SlaWarningRaised
from schemas.takedowns import ReinstateListing

EMPTY = ListingCases(None, ())

MAXIMUM_CASES = 200
"""Cases kept for one listing; beyond it the case that was closed first is forgotten."""

MAXIMUM_DECISIONS = 50
"""Decisions made for one case, so that a listing that flips for ever is not followed for ever."""


def step(state: ListingCases, event: Input, moment: Moment) -> Step:
    """Give what an input leads to: new state, and a decision, 'no action' or a refusal.

    Inputs of several topics may come out of their times' order; a case is never decided before
    it was received.
    """
    if state.cases:
        received_at = max(case.received_at_milliseconds for case in state.cases)
        if moment.now_milliseconds < received_at:
            moment = moment._replace(now_milliseconds=received_at)
    return _HANDLERS[type(event)](state, event, moment)


class Taken(NamedTuple):
    """How a listing's change was taken: kept or not, and why it led, or may lead, to nothing."""

    kept: bool
    no_action: NoAction | None = None
    refusal: str | None = None


_STALE = Taken(False, no_action="stale_listing_version")
_NO_CASE = Taken(True, no_action="no_case_affected")


def take_listing(known_version: int | None, listing: ListingChanged) -> Taken:
    """Take a change of a listing without cases. Hot: nearly all inputs are such."""
    if known_version is not None and listing.version <= known_version:
        return _STALE
    invalid = invalid_listing(listing)
    return Taken(False, refusal=invalid[0]) if invalid else _NO_CASE


def on_listing_changed(state: ListingCases, listing: ListingChanged, moment: Moment) -> Step:
    """Keep the listing's new content, and look again at the cases that it affects."""
    before = state.listing
    taken = take_listing(None if before is None else before.version, listing)
    if not taken.kept:
        return Step(state, no_action=taken.no_action, refusal=taken.refusal)
    if not state.cases:
        return Step(ListingCases(listing, ()), no_action=taken.no_action)
    state = state._replace(listing=listing)
    relisted = before is not None and before.status != "active" and listing.status == "active"
    changed = before is None or _content(before) != _content(listing)

    def look_again(case: Case) -> Decided | None:
        if case.taken_down and relisted:
            return _judge_again(case, listing, moment, "ListingChanged", relisted=True)
        if case.taken_down or case.decided_by_review or not (changed or relisted):
            return None
        return _judge_again(case, listing, moment, "ListingChanged")

    return _each_case(state, look_again)


def on_complaint_filed(state: ListingCases, complaint: ComplaintFiled, moment: Moment) -> Step:
    """Open a case and decide it, or let it wait for its listing."""
    if any(case.complaint.complaint_id == complaint.complaint_id for case in state.cases):
        return Step(state, no_action="duplicate_complaint")
    invalid = invalid_fields(complaint)
    if invalid:
        return Step(state, refusal=invalid[0])
    cases = state.cases
    if len(cases) >= MAXIMUM_CASES:
        closed = [case for case in cases if case.closed_at_milliseconds is not None]
        if not closed:
            return Step(state, refusal="too_many_open_cases")
        oldest = min(closed, key=lambda case: case.closed_at_milliseconds or 0)
        cases = tuple(case for case in cases if case is not oldest)
    case = _open(complaint, moment)
    judgement = judge(complaint, state.listing, case.received_at_milliseconds, moment)
    decided = put_into_effect(case, judgement, state.listing, moment, "ComplaintFiled")
    outputs = (clock_started(case), *decided.outputs)
    return Step(ListingCases(state.listing, (*cases, decided.case)), outputs)


def on_review_decided(state: ListingCases, review: ReviewDecided, moment: Moment) -> Step:
    """Carry out what a reviewer decided, unless the case has moved on since."""
    invalid = invalid_fields(review)
    if invalid:
        return Step(state, refusal=invalid[0])
    case = _case(state, review.case_id)
    if case is None:
        return Step(state, no_action="unknown_case")
    if review.decision_number != case.decision_number:
        return Step(state, no_action="stale_review")
    if case.decision_number >= MAXIMUM_DECISIONS:
        return Step(state, no_action="decision_limit_reached")
    trademark = None
    if case.trademark_key is not None:
        history = moment.reference.trademark_history(reference_of(case.complaint))
        trademark = as_of(history, case.received_at_milliseconds, moment.now_milliseconds)
    judgement = Judgement(
        review.outcome,
        review.reason_codes,
        f"review:{review.review_id}",
        {"reviewer": review.reviewer_id},
        trademark,
        None,
        "",
    )
    decided = put_into_effect(
        case, judgement, state.listing, moment, "ReviewDecided", by_review=True
    )
    return _replace(state, case, decided)


def on_timer_fired(state: ListingCases, timer: TimerFired, moment: Moment) -> Step:
    """Warn, tell a breach, or stop waiting for a listing."""
    case = _case(state, timer.case_id)
    pending = () if case is None else tuple(t for t in case.timers if t.kind == timer.kind)
    if case is None or not any(t.due_at_milliseconds == timer.due_at_milliseconds for t in pending):
        return Step(state, no_action="unknown_case")
    rest = tuple(t for t in case.timers if t not in pending)
    waiting = case._replace(timers=rest)
    if case.closed_at_milliseconds is not None:
        return Step(_with(state, case, waiting), no_action="case_already_decided")
    if timer.kind == "listing_wait":
        if case.outcome != "wait_for_listing":
            return Step(_with(state, case, waiting), no_action="case_already_decided")
        reasons = ("listing_not_found",)
        judgement = Judgement("decline", reasons, "step:listing_wait", {}, None, None, "")
        decided = put_into_effect(waiting, judgement, None, moment, "listing_wait")
        return _replace(state, case, decided)
    kind = SlaWarningRaised if timer.kind == "sla_warning" else SlaBreached
    told = kind(
        case_id=case.complaint.complaint_id,
        listing_id=case.complaint.listing_id,
        marketplace=case.complaint.marketplace,
        received_at_milliseconds=case.received_at_milliseconds,
        deadline_at_milliseconds=case.deadline_at_milliseconds,
        due_at_milliseconds=timer.due_at_milliseconds,
        outcome=case.outcome,
    )
    return Step(_with(state, case, waiting), (told,))


def on_registry_changed(state: ListingCases, change: RegistryChanged, moment: Moment) -> Step:
    """Look again at the cases that rely on a mark whose record changed.

    A case is judged as of its receipt, so a later status does not undo it; but a takedown whose
    mark is no longer in force goes to review, since it must not stand for ever.
    """
    history = moment.reference.trademark_history(change.registry_reference)
    recorded_at = max((version.recorded_at_milliseconds for version in history), default=None)
    now = moment.now_milliseconds
    present = as_of(history, now, now)

    def look_again(case: Case) -> Decided | None:
        if recorded_at is None or reference_of(case.complaint) != change.registry_reference:
            return None
        if case.trademark_recorded_at_milliseconds == recorded_at:
            return None
        seen = case._replace(trademark_recorded_at_milliseconds=recorded_at)
        ended = registry_finding(present, now) == "no_longer_in_force"
        decided = None
        if case.taken_down and case.closed_at_milliseconds is not None and ended:
            reasons = ("trademark_no_longer_in_force",)
            rule_id = "step:registry_change"
            judgement = Judgement("send_to_review", reasons, rule_id, {}, present, None, "")
            decided = put_into_effect(seen, judgement, state.listing, moment, "RegistryChanged")
        elif not (case.taken_down or case.decided_by_review):
            decided = _judge_again(seen, state.listing, moment, "RegistryChanged")
        return decided or Decided(seen, ())

    return _each_case(state, look_again)


_HANDLERS: dict[type, Callable[[ListingCases, Any, Moment], Step]] = {
    ListingChanged: on_listing_changed,
    ComplaintFiled: on_complaint_filed,
    ReviewDecided: on_review_decided,
    TimerFired: on_timer_fired,
    RegistryChanged: on_registry_changed,
}


def _open(complaint: ComplaintFiled, moment: Moment) -> Case:
    now = moment.now_milliseconds
    return Case(
        complaint=complaint,
        received_at_milliseconds=now,
        deadline_at_milliseconds=now + moment.service_level.deadline_milliseconds,
        decision_number=0,
        outcome="wait_for_listing",
        reason_codes=(),
        decided_by_review=False,
        taken_down=False,
        closed_at_milliseconds=None,
        trademark_key=None,
        trademark_recorded_at_milliseconds=None,
        listing_version=None,
        timers=clock_timers(moment.service_level, now),
    )


def _content(listing: ListingChanged) -> tuple[object, ...]:
    """Give the part of a listing on which decisions rest."""
    return (
        listing.status,
        listing.title,
        listing.brand,
        listing.nice_classes,
        listing.territories,
        listing.seller_id,
    )


def _judge_again(
    case: Case,
    listing: ListingChanged | None,
    moment: Moment,
    trigger: str,
    relisted: bool = False,
) -> Decided | None:
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


def _each_case(state: ListingCases, look_again: Callable[[Case], Decided | None]) -> Step:
    outputs: list[Output] = []
    cases: list[Case] = []
    for case in state.cases:
        decided = look_again(case)
        cases.append(case if decided is None else decided.case)
        outputs += () if decided is None else decided.outputs
    new = ListingCases(state.listing, tuple(cases))
    if not outputs:
        return Step(new, no_action="no_decision_changed")
    return Step(new, _without_contradiction(new, outputs))


def _replace(state: ListingCases, case: Case, decided: Decided) -> Step:
    new = _with(state, case, decided.case)
    return Step(new, _without_contradiction(new, decided.outputs))


def _without_contradiction(
    state: ListingCases, outputs: tuple[Output, ...] | list[Output]
) -> tuple[Output, ...]:
    """Leave out putting a listing back while another case keeps it down."""
    if not any(case.taken_down for case in state.cases):
        return tuple(outputs)
    return tuple(output for output in outputs if not isinstance(output, ReinstateListing))


def _case(state: ListingCases, case_id: str) -> Case | None:
    return next((c for c in state.cases if c.complaint.complaint_id == case_id), None)


def _with(state: ListingCases, old: Case, new: Case) -> ListingCases:
    cases = tuple(new if case is old else case for case in state.cases)
    return ListingCases(state.listing, cases)
