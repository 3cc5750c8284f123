"""Orders of courts and authorities against a seller, which stand beside its standing.

They block all that a seller offers, in their countries and for their time, whatever its strikes.
Marketplaces are told in which countries it is blocked from now on: all those of the orders in
force. Nothing of it counts for or against anybody, and nobody appeals it here.
"""

from typing import Final, Literal, NamedTuple

from processors.identifiers import hashed
from schemas.events.party_rows import PartyConduct, SellerOrder
from schemas.events.seller_orders import (
    BlockSeller,
    SellerOrderAnswer,
    SellerOrderAnswered,
    SellerOrderLifted,
    SellerOrderReceived,
    UnblockSeller,
)

MAXIMUM_ORDERS: Final = 20
"""Orders kept of one seller; of those that have ended the oldest are forgotten."""

OrderNoAction = Literal["duplicate_order", "order_has_ended", "no_order_in_force"]
OrderOutput = BlockSeller | UnblockSeller | SellerOrderAnswered


class Ordered(NamedTuple):
    """A row after an order or its end, what follows, or why nothing does."""

    row: PartyConduct
    outputs: tuple[OrderOutput, ...] = ()
    no_action: OrderNoAction | None = None
    refusal: str | None = None


def take_order(row: PartyConduct, received: SellerOrderReceived, now: int) -> Ordered:
    """Take in an order and carry it out."""
    if any(each.order_id == received.order_id for each in row.orders):
        return Ordered(row, no_action="duplicate_order")
    until = received.until_milliseconds
    if until is not None and until <= now:
        return Ordered(row, no_action="order_has_ended")
    kept = _with_room(row.orders)
    if kept is None:
        return Ordered(row, refusal="too_many_orders")
    order = SellerOrder(
        received.order_id,
        received.effect,
        received.issuer,
        received.reference,
        received.territories,
        until,
    )
    new = row._replace(party_id=received.party_id, orders=(*kept, order))
    if order.effect == "inform":
        return Ordered(new, (_answer(new, order, "recorded", None, now),))
    command = _command(row, new, order, "received", now)
    answer: SellerOrderAnswer = "blocked_already" if command is None else "commanded"
    told = _answer(new, order, answer, command, now)
    return Ordered(new, (told,) if command is None else (command, told))


def lift_order(row: PartyConduct, lifted: SellerOrderLifted, now: int) -> Ordered:
    """End an order before its time."""
    order = next((each for each in row.orders if each.order_id == lifted.order_id), None)
    if order is None or order.ended:
        return Ordered(row, no_action="no_order_in_force")
    return _end(row, order, now)


def end_orders(row: PartyConduct, now: int) -> Ordered:
    """End the orders whose time is over."""
    outputs: tuple[OrderOutput, ...] = ()
    for order in row.orders:
        until = order.until_milliseconds
        if not order.ended and until is not None and until <= now:
            row, more, *_ = _end(row, order, now)
            outputs += more
    return Ordered(row, outputs)


def order_times(row: PartyConduct) -> list[int]:
    """Return when the orders in force end by themselves."""
    return [
        each.until_milliseconds
        for each in row.orders
        if not each.ended and each.until_milliseconds is not None
    ]


def _end(row: PartyConduct, order: SellerOrder, now: int) -> Ordered:
    ended = order._replace(ended=True)
    new = row._replace(orders=tuple([ended if each is order else each for each in row.orders]))
    command = _command(row, new, order, "ended", now)
    told = _answer(new, order, "ended", command, now)
    return Ordered(new, (told,) if command is None else (command, told))


def _command(
    before: PartyConduct, after: PartyConduct, order: SellerOrder, cause: str, now: int
) -> BlockSeller | UnblockSeller | None:
    """Return what marketplaces are told where other countries are blocked than before."""
    blocked = _blocked(after)
    if blocked == _blocked(before):
        return None
    party_id = after.party_id
    command_id = hashed(party_id, "seller_order", order.order_id, cause)
    if blocked is None:
        return UnblockSeller(command_id, order.order_id, party_id, now)
    return BlockSeller(
        command_id=command_id,
        order_id=order.order_id,
        party_id=party_id,
        territories=blocked,
        issuer=order.issuer,
        reference=order.reference,
        issued_at_milliseconds=now,
    )


def _blocked(row: PartyConduct) -> tuple[str, ...] | None:
    """Return the countries in which orders block a seller, none for all; None where none does."""
    blocks = [each for each in row.orders if each.effect == "block" and not each.ended]
    if not blocks:
        return None
    if not all(each.territories for each in blocks):
        return ()
    return tuple(sorted({country for each in blocks for country in each.territories}))


def _answer(
    row: PartyConduct,
    order: SellerOrder,
    answer: SellerOrderAnswer,
    command: BlockSeller | UnblockSeller | None,
    now: int,
) -> SellerOrderAnswered:
    return SellerOrderAnswered(
        order_id=order.order_id,
        party_id=row.party_id,
        issuer=order.issuer,
        reference=order.reference,
        answer=answer,
        territories=_blocked(row) or (),
        command_id=None if command is None else command.command_id,
        answered_at_milliseconds=now,
    )


def _with_room(orders: tuple[SellerOrder, ...]) -> tuple[SellerOrder, ...] | None:
    """Return orders with room for one more; None where as many are in force."""
    if len(orders) < MAXIMUM_ORDERS:
        return orders
    oldest = next((each for each in orders if each.ended), None)
    return None if oldest is None else tuple([each for each in orders if each is not oldest])
