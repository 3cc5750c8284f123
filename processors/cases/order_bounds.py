"""What orders that are in force keep rules and reviewers from."""

from processors.cases.judgement import Judgement
from schemas.events.cases import ListingCases

RULE_ID = "step:order"


def under_orders(state: ListingCases, judgement: Judgement) -> Judgement:
    """Return a judgement that takes nothing down which an order puts back: people see it."""
    if judgement.outcome != "take_down" or not forbids_takedown(state):
        return judgement
    return judgement._replace(
        outcome="send_to_review", reason_codes=("order_forbids_takedown",), rule_id=RULE_ID
    )


def forbids_takedown(state: ListingCases) -> bool:
    """Tell whether an order that is in force puts the listing back."""
    return any(
        case.order is not None and case.order.effect == "put_back" and not case.order.ended
        for case in state.cases
    )
