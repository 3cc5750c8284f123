"""Caps, switches, and what people do at the desk."""

import argparse
import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.marketplace import START, Marketplace, World, reinstate, settings, take_down
from ops.errors import OperatorError
from ops.tools import deliveries as deliveries_command
from schemas.events.standings import ConductFactors, SanctionParty
from schemas.events.switches import DispatchSwitched
from sinks.dispatch.caps import Caps
from sinks.dispatch.delivery_retention import KEPT_MILLISECONDS
from sinks.dispatch.operator import DeliveryAdmin, OperatorAction, Selection
from sinks.dispatch.settings import Cap
from sinks.dispatch.store import DeliveryStore
from sinks.dispatch.switches import ScopeInvalid, Switches, check_scope
from sinks.dispatch.webhook_message import message_of

HOUR = {"window_seconds": 3_600}
ACT = OperatorAction("olga", "looked at", START)


def run(coroutine):
    asyncio.run(coroutine)


def switch(scope, halted=True):
    return {scope: DispatchSwitched(scope, halted, "test", "olga", START)}


def sanction(number, kind="warn"):
    factors = ConductFactors(3, 0.5, "ordinary", "unknown")
    return SanctionParty(
        f"sanction-{number}", f"seller-{number}", "seller", kind, (), 3, factors, None, START
    )


@given(st.lists(st.integers(0, 600_000), max_size=60), st.integers(1, 10))
def test_a_cap_is_never_exceeded_in_any_window_and_a_quiet_party_is_never_held(times, commands):
    caps = Caps({"seller": Cap(commands, 60.0)})
    passed, held = [], []
    for number, at in enumerate(times):
        message = message_of(take_down(number, seller_id="one", issued_at_milliseconds=START + at))
        (held if caps.judge(message) else passed).append(at)
    for at in passed:
        assert sum(at <= other < at + 60_000 for other in passed) <= commands
    if len(times) <= commands:
        assert held == []


def test_beyond_a_cap_takedowns_are_held_and_reinstatements_never(database):
    async def scene():
        async with Marketplace("shop") as shop:
            caps = {"seller": {"commands": 3, **HOUR}, "rule": {"commands": 100, **HOUR}}
            world = World(database, settings(shop, caps=caps))
            world.take_in(*(take_down(n, seller_id="one") for n in range(4)))
            world.take_in(*(take_down(n, seller_id="one") for n in range(4, 6)))
            world.take_in(*(reinstate(n, seller_id="one") for n in range(6)), take_down(9))
            assert world.rows("reason", where="state = 'held'") == ["cap_seller"] * 3
            async with world.sending():
                await world.until(lambda: world.told["received"] == 7)
                await world.until(lambda: world.held == {"cap_seller": 3})
                with DeliveryAdmin(database) as desk:
                    (first, *_) = desk.shown(["held"], Selection(reason="cap_seller"), 10)
                    assert first.detail == "seller:one is beyond 3 commands in 3600 s"
                    assert desk.release(Selection(reason="cap_seller"), ACT) == 3
                await world.until(lambda: world.told["received"] == 13)
            for number in range(6):
                assert shop.order[f"listing-{number}"] == ["listing.take_down", "listing.reinstate"]

    run(scene())


def test_a_later_window_is_another_one(database):
    caps = {"complainant": {"commands": 1, **HOUR}}
    world = World(database, settings(Marketplace("shop"), caps=caps))
    later = START + 2 * 3_600_000
    world.take_in(take_down(1), take_down(2), take_down(3, issued_at_milliseconds=later))
    assert world.rows("state") == ["due", "held", "due"]


@pytest.mark.parametrize("scope", ["all", "marketplace:shop", "rule:rule-1", "seller:seller-1"])
def test_a_halted_scope_is_held_back_and_goes_on_when_resumed(database, scope):
    async def scene():
        async with Marketplace("shop") as shop:
            world = World(database, settings(shop))
            world.switches.apply(switch(scope))
            world.take_in(take_down(1))
            async with world.sending() as sender:
                await asyncio.sleep(0.3)
                assert shop.requests == []
                world.switches.apply(switch(scope, halted=False))
                sender.switched()
                await world.until(lambda: world.told["received"] == 1)

    run(scene())


def test_a_narrow_switch_lets_others_and_reinstatements_pass(database):
    async def scene():
        async with Marketplace("shop") as shop:
            world = World(database, settings(shop))
            world.switches.apply(switch("complainant:complainant-1"))
            world.take_in(
                take_down(1), reinstate(2), take_down(3, complainant_id="other"), reinstate(1)
            )
            async with world.sending():
                await world.until(lambda: world.told["received"] == 2)
                await asyncio.sleep(0.2)
            assert set(shop.effects) == {"reinstatement-2", "takedown-3"}
            assert world.rows("state", "reason", "detail")[0] == (
                "held", "halted", "complainant:complainant-1",
            )  # fmt: skip

    run(scene())


def test_what_was_claimed_and_not_yet_sent_is_called_back(database):
    """The endpoint's name takes long to look up; the switch is thrown meanwhile."""
    looking = asyncio.Event()

    async def scene():
        loop = asyncio.get_running_loop()
        answer = asyncio.Event()

        def look_up(_host, port):
            loop.call_soon_threadsafe(looking.set)
            asyncio.run_coroutine_threadsafe(answer.wait(), loop).result(30)
            return [(2, 1, 6, "", ("127.0.0.1", port))]

        async with Marketplace("shop") as shop:
            given = settings(shop)
            endpoint = given.endpoints["shop"]
            named = endpoint._replace(
                url=endpoint.url.replace("127.0.0.1", "shop.test"), timeout_seconds=20.0
            )
            world = World(database, given._replace(endpoints={"shop": named}))
            world.take_in(take_down(1))
            async with world.sending(look_up=look_up) as sender:
                await looking.wait()
                world.switches.apply(switch("rule:rule-1"))
                sender.switched()
                await world.until(lambda: world.rows("state") == ["held"])
                answer.set()
                await asyncio.sleep(0.2)
                assert shop.requests == []
                world.switches.apply(switch("rule:rule-1", halted=False))
                await world.until(lambda: world.told["received"] == 1)
            assert world.rows("attempts") == [1]

    run(scene())


def test_nothing_is_sent_while_the_switches_are_out_of_sight(database):
    async def scene():
        async with Marketplace("shop") as shop:
            world = World(database, settings(shop))
            world.switches = Switches()
            world.take_in(take_down(1))
            async with world.sending() as sender:
                await asyncio.sleep(0.2)
                assert shop.requests == []
                world.switches.see(True)
                sender.switched()
                await world.until(lambda: world.told["received"] == 1)

    run(scene())


def test_scopes_are_checked():
    assert check_scope("all") == "all"
    assert check_scope("rule:r:1") == "rule:r:1"
    for wrong in ("", "rule", "rule:", "listing:1", "All"):
        with pytest.raises(ScopeInvalid):
            check_scope(wrong)


def test_a_sanction_goes_to_each_marketplace_that_takes_sanctions(database):
    async def scene():
        types = ["listing.take_down", "listing.restrict", "listing.reinstate"]
        async with Marketplace("one") as one, Marketplace("two") as two, Marketplace("no") as no:
            given = settings(one, two, no)
            deaf = given.endpoints["no"]._replace(types=frozenset(types))
            given = given._replace(endpoints={**given.endpoints, "no": deaf})
            one.carry_out = two.carry_out = lambda *_: None
            world = World(database, given)
            world.take_in(sanction(1), sanction(1))
            async with world.sending():
                await world.until(lambda: world.told["received"] == 2)
            assert (len(one.requests), len(two.requests), len(no.requests)) == (1, 1, 0)

    run(scene())


def test_a_marketplace_without_endpoint_is_held_until_it_has_one(database):
    async def scene():
        async with Marketplace("shop") as shop, Marketplace("new") as new:
            world = World(database, settings(shop))
            world.take_in(take_down(1, "new"), take_down(2, command_id="bad.id\n"))
            assert world.rows("reason") == ["no_endpoint", "invalid_command_id"]
            world.settings = settings(shop, new)
            async with world.sending():
                await world.until(lambda: world.told["received"] == 1)
            assert new.effects == {"takedown-1": 1}
            assert world.rows("state") == ["delivered", "failed"]

    run(scene())


def test_what_failed_is_retried_or_cancelled_in_order_and_noted(database):
    world = World(database, settings(Marketplace("shop")))
    world.take_in(take_down(1), reinstate(1), take_down(2), reinstate(2))
    with DeliveryAdmin(database) as desk:
        desk._connection.execute(
            "UPDATE deliveries SET state = 'failed', reason = 'attempts_exhausted', attempts = 10 "
            "WHERE type = 'listing.take_down'"
        )
        assert desk.retry(Selection(command_id="takedown-1"), ACT) == 1
        assert desk.cancel(Selection(command_id="takedown-2"), ACT) == 1
        with pytest.raises(ValueError, match="one command"):
            desk.cancel(Selection(marketplace="shop"), ACT)
        noted = desk._connection.execute(
            "SELECT action, operator_id, reason FROM delivery_actions ORDER BY action_number"
        ).fetchall()
    assert noted == [("retry", "olga", "looked at"), ("cancel", "olga", "looked at")]
    assert world.rows("state") == ["due", "waiting", "cancelled", "due"]
    assert world.rows("attempts")[0] == 0


def test_a_gone_endpoint_is_written_to_again_once_released(database):
    async def scene():
        async with Marketplace("shop", 410, 200) as shop:
            world = World(database, settings(shop, concurrency=1))
            world.take_in(take_down(1), take_down(2))
            async with world.sending():
                await world.until(lambda: world.rows("state") == ["held", "held"])
                with DeliveryAdmin(database) as desk:
                    assert desk.release(Selection(marketplace="shop"), ACT) == 2
                await world.until(lambda: world.told["received"] == 2)
            assert len(shop.effects) == 2

    run(scene())


def test_endpoints_that_come_and_go_lose_nothing(database):
    """A sanction waits while nobody takes it; what a marketplace had due waits while it is gone."""
    listings_only = ["listing.take_down", "listing.restrict", "listing.reinstate"]
    world = World(database, settings(Marketplace("shop"), commands=listings_only))
    world.take_in(take_down(1), sanction(1))
    assert world.rows("marketplace", "state") == [("shop", "due"), ("*", "held")]
    DeliveryStore(database, settings(Marketplace("a"), Marketplace("b")), int).address_again()
    assert world.rows("marketplace", "state", "reason") == [
        ("shop", "held", "no_endpoint"),
        ("*", "cancelled", "addressed"),
        ("a", "due", ""),
        ("b", "due", ""),
    ]


def test_what_is_over_is_forgotten_when_kafka_has_forgotten_it_too(database):
    async def scene():
        async with Marketplace("shop") as shop:
            caps = {"rule": {"commands": 2, **HOUR}}
            world = World(database, settings(shop, caps=caps))
            world.take_in(take_down(1), take_down(2), take_down(3))
            async with world.sending():
                await world.until(lambda: world.told["received"] == 2)
                world.now += KEPT_MILLISECONDS + 1
                await world.until(lambda: world.rows("state") == ["held"])

    run(scene())


def command_line(*arguments):
    parser = argparse.ArgumentParser()
    deliveries_command.add_parser(parser.add_subparsers())
    options = parser.parse_args(["deliveries", *arguments])
    return options.run(options)


def test_operators_list_and_release_by_command(database, capsys):
    caps = {"rule": {"commands": 1, **HOUR}}
    world = World(database, settings(Marketplace("shop"), caps=caps))
    world.take_in(take_down(1), take_down(2))
    assert command_line("list", "--database", database) == 0
    assert "takedown-2 shop listing.take_down listing:listing-2 held cap_rule" in (
        capsys.readouterr().out
    )
    release = ("release", "--database", database, "--held-because", "cap_rule")
    with pytest.raises(OperatorError, match="--operator and --reason"):
        command_line(*release)
    with pytest.raises(OperatorError, match="say which"):
        command_line("retry", "--database", database, "--operator", "o", "--reason", "r")
    assert command_line(*release, "--operator", "olga", "--reason", "looked at") == 0
    assert capsys.readouterr().out == "release: 1 deliveries\n"
    assert world.rows("state") == ["due", "due"]
    away = ("list", "--database", "postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(OperatorError):
        command_line(*away)
