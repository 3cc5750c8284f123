"""Orders against a seller block all that it offers, in their countries and for their time."""

import pytest
from test_closures import KnownParty, proposed
from test_standing import DAY, START

from processors.standing.seller_orders import MAXIMUM_ORDERS
from schemas.events.seller_orders import (
    BlockSeller,
    SellerOrderAnswered,
    SellerOrderLifted,
    SellerOrderReceived,
    UnblockSeller,
)
from schemas.events.standings import SanctionParty


def order(**changes):
    return SellerOrderReceived(
        order_id="order-1",
        party_id="seller-9",
        issuer="Landgericht Hamburg",
        reference="312 O 2/26",
        kind="injunction",
        effect="block",
        legal_basis="German Trade Mark Act, section 14(5)",
        territories=("DE",),
        until_milliseconds=None,
        document="orders/1.pdf",
        recorded_by="operator-1",
        recorded_at_milliseconds=START,
    )._replace(**changes)


def lifted(**changes):
    return SellerOrderLifted(
        "lift-1", "order-1", "seller-9", "Set aside.", "operator-1", START
    )._replace(**changes)


class OrderedParty(KnownParty):
    """A seller with what marketplaces are told of it, and how its orders are answered."""

    def take(self, *items):
        for item in items:
            self.step(item, item.recorded_at_milliseconds)
        return self

    @property
    def blocked(self):
        """The countries of each command, and none where the seller is free."""
        kinds = BlockSeller | UnblockSeller
        told = [each for each in self.outputs if isinstance(each, kinds)]
        assert len({each.command_id for each in told}) == len(told)
        return [getattr(each, "territories", None) for each in told]

    @property
    def answers(self):
        return [each.answer for each in self.outputs if isinstance(each, SellerOrderAnswered)]


def test_an_order_blocks_until_it_is_lifted_and_counts_for_nothing():
    party = OrderedParty().take(order())
    [command, answer] = party.outputs
    assert (command.issuer, command.reference) == ("Landgericht Hamburg", "312 O 2/26")
    assert (answer.answer, answer.command_id) == ("commanded", command.command_id)
    party.take(lifted())
    assert party.blocked == [("DE",), None]
    assert party.answers == ["commanded", "ended"]
    assert not any(isinstance(each, SanctionParty) for each in party.outputs)


def test_an_order_ends_on_its_day():
    party = OrderedParty().take(order(until_milliseconds=START + 10 * DAY))
    party.pass_until(START + 10 * DAY - 1)
    assert party.blocked == [("DE",)]
    party.pass_until(START + 10 * DAY)
    assert party.blocked == [("DE",), None]
    assert party.outputs[-1].answered_at_milliseconds == START + 10 * DAY


def test_what_comes_late_finds_the_order_ended_at_its_time():
    party = OrderedParty().take(order(until_milliseconds=START + DAY))
    party.take(order(order_id="order-2", recorded_at_milliseconds=START + 3 * DAY))
    assert party.blocked == [("DE",), None, ("DE",)]
    assert [each.issued_at_milliseconds for each in party.outputs[::2]] == [
        START,
        START + DAY,
        START + 3 * DAY,
    ]


def test_of_several_orders_all_countries_hold():
    party = OrderedParty().take(order(), order(order_id="order-2", territories=("FR",)))
    party.take(order(order_id="order-3", territories=("DE",)))
    party.take(order(order_id="order-4", territories=()))
    assert party.blocked == [("DE",), ("DE", "FR"), ()]
    assert party.answers == ["commanded", "commanded", "blocked_already", "commanded"]
    party.take(lifted(order_id="order-4"), lifted(lift_id="lift-2"))
    assert party.blocked[3:] == [("DE", "FR")]
    party.take(lifted(lift_id="lift-3", order_id="order-3"))
    assert party.blocked[4:] == [("FR",)]
    party.take(lifted(lift_id="lift-4", order_id="order-2"))
    assert party.blocked[5:] == [None]


def test_information_blocks_nobody():
    party = OrderedParty().take(order(kind="information", effect="inform"))
    assert (party.blocked, party.answers) == ([], ["recorded"])


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ((order(), order()), "duplicate_order"),
        ((order(), lifted(), order()), "duplicate_order"),
        ((order(until_milliseconds=START),), "order_has_ended"),
        ((lifted(),), "no_order_in_force"),
        ((order(), lifted(), lifted(lift_id="lift-2")), "no_order_in_force"),
    ],
)
def test_what_comes_twice_or_late_changes_nothing_more(events, reason):
    party = OrderedParty().take(*events[:-1])
    before = party.row.orders
    party.take(events[-1])
    assert (party.row.orders, party.last.outputs, party.last.no_action) == (before, (), reason)


def test_orders_have_room_and_those_that_ended_give_theirs():
    orders = [order(order_id=f"order-{number}") for number in range(MAXIMUM_ORDERS)]
    party = OrderedParty().take(*orders)
    party.take(order(order_id="one-more"))
    assert party.last.refusal == "too_many_orders"
    party.take(lifted(order_id="order-7"), order(order_id="one-more"))
    assert party.last.refusal is None
    assert len(party.row.orders) == MAXIMUM_ORDERS


def test_strikes_and_closures_go_on_beside_an_order():
    party = proposed()
    before = party.told
    for each in (order(recorded_at_milliseconds=START + 20 * DAY), lifted()):
        party.step(each, START + 20 * DAY)
    assert party.told == before
    assert party.tier == "closure_proposed"
