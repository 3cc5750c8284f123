"""Orders of courts and authorities: they outrank rules and reviewers while they hold.

An order to keep a listing down is a case of its own in the listing's row, so that of all cases one
commands, and none puts back what another keeps down. Nobody objects to it here, or appeals it: its
redress is with whoever issued it. When it ends, the other cases go on as they stand.
"""

from collections.abc import Callable
from typing import Final

from processors.cases.case_clock import with_timer, without_timers
from processors.cases.case_decision import CaseResult, put_into_effect
from processors.cases.case_start import begun
from processors.cases.effects import with_one_effect
from processors.cases.judgement import Judgement
from processors.cases.row import find_case, with_case
from processors.step import Handlers, Moment, Output, Step
from processors.validity import invalid_fields
from schemas.events.cases import Case, ListingCases, Order, TimerKind
from schemas.events.complaints import ComplaintFiled
from schemas.events.decisions import Outcome
from schemas.events.enforcement import EnforcementConfirmed
from schemas.events.listings import ListingChanged
from schemas.events.orders import OrderAnswer, OrderAnswered, OrderLifted, OrderReceived
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing

MAXIMUM_ORDERS: Final = 20
_END: Final[frozenset[TimerKind]] = frozenset({"order_end"})
_COMMANDS: Final = (TakeDownListing, RestrictListing, ReinstateListing)
_CONFIRMED: Final[dict[str, OrderAnswer]] = {
    "acknowledged": "acknowledged",
    "proved": "in_effect",
}


def on_order_received(state: ListingCases, order: OrderReceived, moment: Moment) -> Step:
    """Take in an order and carry it out."""
    invalid = invalid_fields(order)
    if invalid:
        return Step(state, refusal=invalid[0])
    if find_case(state, order.order_id) is not None:
        return Step(state, no_action="duplicate_order")
    until = order.until_milliseconds
    if until is not None and until <= moment.now_milliseconds:
        return Step(state, no_action="order_has_ended")
    if sum(case.order is not None for case in state.cases) >= MAXIMUM_ORDERS:
        return Step(state, refusal="too_many_open_cases")
    return _CARRIED_OUT[order.effect](state, _open(order, moment), moment)


def on_order_lifted(state: ListingCases, lifted: OrderLifted, moment: Moment) -> Step:
    """End an order before its time."""
    invalid = invalid_fields(lifted)
    if invalid:
        return Step(state, refusal=invalid[0])
    case = find_case(state, lifted.order_id)
    if case is None or case.order is None or case.order.ended:
        return Step(state, no_action="no_order_in_force")
    return end(state, case, case, moment, "OrderLifted")


def end(state: ListingCases, case: Case, waiting: Case, moment: Moment, trigger: str) -> Step:
    """End an order; a listing that nothing else keeps down is put back."""
    order = case.order
    if order is None or order.ended:
        return Step(state, no_action="no_order_in_force")
    ended = without_timers(waiting, _END)._replace(order=order._replace(ended=True))
    told = _answer(ended, "ended", None, moment)
    if not case.taken_down:
        return Step(with_case(state, case, ended), (told,))
    judgement = _of_person("reinstate", ("order_ended",), case)
    decided = put_into_effect(ended, judgement, state.listing, moment, trigger)
    new = with_case(state, case, decided.case)
    step = with_one_effect(state, new, decided.outputs, shown_again=False)
    return step._replace(outputs=(*step.outputs, told))


def look_again(
    case: Case, listing: ListingChanged, is_seen: bool, moment: Moment
) -> CaseResult | None:
    """Carry an order out again on a listing that is shown though it is to be kept down."""
    given = case.enforcement
    waits = case.taken_down and given is None and listing.status == "active"
    if not (case.taken_down and (is_seen or waits)):
        return None
    return put_into_effect(case, _judgement(case), listing, moment, "ListingChanged", relisted=True)


def with_answers(step: Step, moment: Moment) -> Step:
    """Return a step with answers to the orders of which it confirms an effect."""
    answers = [
        _answer(case, _CONFIRMED[each.stage], each.command_id, moment)
        for each in step.outputs
        if isinstance(each, EnforcementConfirmed)
        and (case := find_case(step.state, each.case_id)) is not None
        and case.order is not None
    ]
    return step._replace(outputs=(*step.outputs, *answers)) if answers else step


HANDLERS: Handlers = {OrderReceived: on_order_received, OrderLifted: on_order_lifted}


def _inform(state: ListingCases, case: Case, moment: Moment) -> Step:
    """Note that information is ordered, which people give."""
    return Step(state, (_answer(case, "recorded", None, moment),))


def _keep_down(state: ListingCases, case: Case, moment: Moment) -> Step:
    """Take a listing away, as soon as it is known."""
    if state.listing is None:
        kept = case._replace(
            outcome="take_down", taken_down=True, closed_at_milliseconds=moment.now_milliseconds
        )
        told = _answer(kept, "listing_unknown", None, moment)
        return Step(ListingCases((*state.cases, kept), None), (told,))
    decided = put_into_effect(case, _judgement(case), state.listing, moment, "OrderReceived")
    opened = ListingCases((*state.cases, decided.case), state.listing)
    step = with_one_effect(state, opened, decided.outputs, shown_again=False)
    return _answered(step, case, moment)


def _put_back(state: ListingCases, case: Case, moment: Moment) -> Step:
    """Put a listing back, whatever was decided on it, but for what another order keeps down."""
    outputs: list[Output] = []
    cases: list[Case] = []
    for each in state.cases:
        if not each.taken_down or each.order is not None:
            cases.append(each)
            continue
        judgement = _of_person("reinstate", ("order_of_authority",), case)
        decided = put_into_effect(each, judgement, state.listing, moment, "OrderReceived")
        outputs += decided.outputs
        cases.append(decided.case)
    closed = case._replace(
        outcome="reinstate",
        reason_codes=("order_of_authority",),
        closed_at_milliseconds=moment.now_milliseconds,
    )
    new = ListingCases((*cases, closed), state.listing)
    step = with_one_effect(state, new, tuple(outputs), shown_again=False)
    command = next((each for each in step.outputs if isinstance(each, ReinstateListing)), None)
    answer: OrderAnswer = "nothing_to_put_back" if command is None else "commanded"
    if any(each.order is not None and each.taken_down for each in cases):
        answer = "kept_down_by_order"
    told = _answer(closed, answer, None if command is None else command.command_id, moment)
    return step._replace(outputs=(*step.outputs, told))


_CARRIED_OUT: dict[str, Callable[[ListingCases, Case, Moment], Step]] = {
    "keep_down": _keep_down,
    "put_back": _put_back,
    "inform": _inform,
}


def _answered(step: Step, case: Case, moment: Moment) -> Step:
    """Return a step with the answer to an order that was carried out in it."""
    kept = find_case(step.state, case.complaint.complaint_id) or case
    command = next((each for each in step.outputs if isinstance(each, _COMMANDS)), None)
    answer: OrderAnswer = "hidden_already" if command is None else "commanded"
    told = _answer(kept, answer, None if command is None else command.command_id, moment)
    return step._replace(outputs=(*step.outputs, told))


def _judgement(case: Case) -> Judgement:
    return _of_person("take_down", ("order_of_authority",), case)


def _of_person(outcome: Outcome, reason_codes: tuple[str, ...], case: Case) -> Judgement:
    order = case.order
    recorded_by = () if order is None else (order.recorded_by,)
    rule_id = f"order:{case.complaint.complaint_id}"
    told = "" if order is None else f"{order.issuer}, {order.reference}"
    return Judgement(
        outcome, reason_codes, rule_id, {}, None, None, "", recorded_by, explanation=told
    )


def _answer(
    case: Case, answer: OrderAnswer, command_id: str | None, moment: Moment
) -> OrderAnswered:
    complaint, order = case.complaint, case.order
    return OrderAnswered(
        order_id=complaint.complaint_id,
        listing_id=complaint.listing_id,
        marketplace=complaint.marketplace,
        issuer="" if order is None else order.issuer,
        reference="" if order is None else order.reference,
        answer=answer,
        territories=case.territories if case.taken_down else (),
        command_id=command_id,
        answered_at_milliseconds=moment.now_milliseconds,
    )


def _open(order: OrderReceived, moment: Moment) -> Case:
    case = begun(_in_place_of_complaint(order), moment)._replace(
        order=Order(
            order.effect, order.issuer, order.reference, order.territories, order.recorded_by
        )
    )
    until = order.until_milliseconds
    return case if until is None else with_timer(case, "order_end", until)


def _in_place_of_complaint(order: OrderReceived) -> ComplaintFiled:
    return ComplaintFiled(
        complaint_id=order.order_id,
        listing_id=order.listing_id,
        marketplace=order.marketplace,
        complainant_id="",
        rights_holder_id="",
        trademark_office="",
        trademark_number="",
        trademark_number_kind="registration",
        ground="court_order",
        territory="",
        statement="",
        good_faith_declared=False,
        signature="",
        contact_email="",
        evidence=(),
        filed_at_milliseconds=order.recorded_at_milliseconds,
    )
