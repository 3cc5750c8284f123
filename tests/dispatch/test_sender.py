"""A sender before real endpoints that answer well and badly; each command has one effect."""

import asyncio
import json

import pytest
from aiohttp import web

from dispatch.marketplace import START, Marketplace, World, reinstate, settings, take_down
from schemas.events.acknowledgements import CommandAcknowledged
from schemas.events.enforcement import EnforcementOverdue
from schemas.identity import event_id
from schemas.record import record_of
from sinks.database.async_connection import DispatchDatabase
from sinks.database.database import connect
from sinks.dispatch.delivery_outcome import RETRIES
from sinks.dispatch.queue import DeliveryQueue

HOUR = 3_600_000


def run(coroutine):
    asyncio.run(coroutine)


def overdue(number, reminder):
    return EnforcementOverdue(
        f"takedown-{number}", f"case-{number}", f"listing-{number}", "shop", "take_down",
        "acknowledgement", reminder, START, START,
    )  # fmt: skip


async def slow(_request):
    await asyncio.sleep(1.3)
    return web.Response(status=200)


def test_commands_arrive_signed_and_once(database):
    async def scene():
        async with Marketplace("shop") as shop:
            world = World(database, settings(shop))
            world.take_in(*(take_down(n) for n in range(20)))
            world.take_in(take_down(3), take_down(20), take_down(20))
            async with world.sending():
                await world.until(lambda: world.told["received"] == 21)
            assert len(shop.effects) == len(shop.requests) == 21
            assert world.rows("state") == ["delivered"] * 21
            _, headers, body, _ = shop.requests[0]
            message = json.loads(body)
            assert headers["webhook-id"] == "takedown-" + message["data"]["listing_id"][8:]
            assert message["type"] == "listing.take_down"
            assert message["timestamp"] == "2026-05-28T20:26:40.000Z"
            assert "complainant_id" not in message["data"]

    run(scene())


@pytest.mark.parametrize(
    ("answers", "detail"),
    [
        ((500, 200), "answered 500"),
        ((404, 200), "answered 404"),
        ((web.Response(status=302, headers={"Location": "/elsewhere"}), 200), "answered 302"),
        ((slow, 200), "no answer in 1 s"),
    ],
    ids=["broken", "not found", "redirect", "answer after the timeout"],
)
def test_a_failed_attempt_is_made_again_by_the_schedule_and_has_one_effect(
    database, answers, detail
):
    async def scene():
        async with Marketplace("shop", *answers) as shop:
            world = World(database, settings(shop))
            world.take_in(take_down(1))
            async with world.sending():
                await world.until(lambda: world.told["tried"] == 1)
                state, attempts, due_at, why = world.rows(
                    "state", "attempts", "due_at_milliseconds", "detail"
                )[0]
                assert (state, attempts, why) == ("due", 1, detail)
                assert 5_000 <= due_at - START <= 6_000
                world.now = due_at - 1
                await asyncio.sleep(0.2)
                assert len(shop.requests) == 1
                world.now = due_at
                await world.until(lambda: world.told["received"] == 1)
            assert shop.effects == {"takedown-1": 1}
            assert {path for *_, path in shop.requests} == {"/hook"}

    run(scene())


def test_after_the_last_attempt_it_has_failed_and_is_retried_by_people(database):
    async def scene():
        async with Marketplace("shop", 400) as shop:
            world = World(database, settings(shop))
            world.take_in(take_down(1), reinstate(1))
            async with world.sending():
                for _ in RETRIES.seconds:
                    before = sum(world.told.values())
                    await world.until(lambda before=before: sum(world.told.values()) > before)
                    world.now += 36 * HOUR
            assert world.told == {"tried": 9, "failed": 1}
            assert world.rows("state") == ["failed", "waiting"]
            assert world.rows("reason")[0] == "attempts_exhausted"

    run(scene())


@pytest.mark.parametrize("status", [429, 503])
def test_who_asks_for_patience_is_left_alone_for_as_long(database, status):
    async def scene():
        patience = web.Response(status=status, headers={"Retry-After": "1"})
        async with Marketplace("shop", patience, 200) as shop:
            world = World(database, settings(shop, concurrency=1))
            world.take_in(take_down(1), take_down(2))
            async with world.sending():
                await world.until(lambda: world.told["tried"] == 1)
                world.now += 10_000
                await world.until(lambda: world.told["received"] == 2)
            first, second, _ = [at for at, *_ in shop.requests]
            assert second - first >= 0.95

    run(scene())


def test_an_endpoint_that_is_gone_is_left_alone_and_nothing_is_lost(database):
    async def scene():
        async with Marketplace("shop", 410) as shop, Marketplace("other") as other:
            world = World(database, settings(shop, other, concurrency=1))
            world.take_in(*(take_down(n) for n in range(5)), take_down(9, "other"))
            async with world.sending():
                await world.until(
                    lambda: world.rows("state").count("held") == 5 and world.told["received"] == 1
                )
                world.take_in(take_down(5))
                await world.until(lambda: world.held == {"endpoint_gone": 6})
            assert len(shop.requests) < 5
            assert len(other.effects) == 1
            assert set(world.rows("reason", where="state = 'held'")) == {"endpoint_gone"}

    run(scene())


def test_an_acknowledgement_in_the_answer_goes_to_the_outbox_once(database):
    async def acknowledge(_request):
        return web.json_response({"result": "refused", "detail": "no such\x00 listing"})

    async def scene():
        async with Marketplace("shop", acknowledge) as shop:
            world = World(database, settings(shop))
            world.take_in(take_down(1))
            async with world.sending():
                await world.until(lambda: world.told["received"] == 1)
                world.take_in(overdue(1, 1))
                await world.until(lambda: world.told["received"] == 2)
            assert world.rows("result", "detail") == [("refused", "no such\ufffd listing")]
            with connect(database) as connection:
                ((content, headers),) = connection.execute("SELECT content, headers FROM outbox")
            event = record_of(CommandAcknowledged, content)
            assert (event.command_id, event.result) == ("takedown-1", "refused")
            assert dict(headers)["ce_id"] == event_id(event, "listing-1", 0)

    run(scene())


def test_a_large_answer_is_not_read_to_its_end(database):
    async def flood(request):
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            for _ in range(1_000):
                await response.write(b'{"result": "executed"}' + b" " * 65_536)
        except ConnectionError:
            flooded.append(True)
        return response

    flooded = []

    async def scene():
        async with Marketplace("shop", flood) as shop:
            world = World(database, settings(shop))
            world.take_in(take_down(1))
            async with world.sending():
                await world.until(lambda: world.told["received"] == 1)
            assert world.rows("state", "result") == [("delivered", "")]
        assert flooded

    run(scene())


def test_commands_of_a_listing_arrive_in_order(database):
    async def scene():
        async with Marketplace("shop", 500, 500, 200) as shop:
            world = World(database, settings(shop, concurrency=8))
            events = [f(n) for n in range(6) for f in (take_down, reinstate)]
            world.take_in(*events)
            async with world.sending():
                await world.until(lambda: world.told["tried"] == 2)
                await world.until(lambda: world.told["received"] == 8)
                assert sorted(world.rows("state")).count("delivered") == 8
                world.now += 10_000
                await world.until(lambda: world.told["received"] == 12)
            for order in shop.order.values():
                assert order == ["listing.take_down", "listing.reinstate"]

    run(scene())


def test_a_reminder_sends_again_under_the_same_id_unless_the_listing_was_put_back(database):
    async def scene():
        async with Marketplace("shop") as shop:
            world = World(database, settings(shop))
            world.take_in(take_down(1), take_down(2), reinstate(2))
            async with world.sending():
                await world.until(lambda: world.told["received"] == 3)
                world.take_in(overdue(1, 1), overdue(2, 1), overdue(1, 1), overdue(7, 1))
                await world.until(lambda: world.told["received"] == 4)
                world.take_in(overdue(1, 2))
                await world.until(lambda: world.told["received"] == 5)
                await asyncio.sleep(0.2)
            ids = [headers["webhook-id"] for _, headers, *_ in shop.requests]
            assert ids.count("takedown-1") == 3
            assert ids.count("takedown-2") == 1
            assert len(shop.effects) == 3

    run(scene())


def test_who_hangs_keeps_nobody_else_waiting(database):
    async def hang(_request):
        await asyncio.sleep(30)
        return web.Response(status=200)

    async def scene():
        async with Marketplace("slow", hang) as hanging, Marketplace("shop") as shop:
            world = World(database, settings(hanging, shop, concurrency=4, timeout_seconds=2))
            world.take_in(*(take_down(n, "slow") for n in range(50)))
            world.take_in(*(take_down(n, "shop", command_id=f"s-{n}") for n in range(50)))
            async with world.sending():
                await world.until(lambda: world.told["received"] == 50)
                assert world.told["tried"] == 0
                await world.until(lambda: world.told["tried"] >= 5)
                await world.until(lambda: world.circuits["slow"])
                assert not world.circuits["shop"]
            # The circuit opened: of fifty only a few were tried.
            assert len(hanging.requests) <= 10
            assert len(shop.effects) == 50

    run(scene())


def test_claims_of_a_sender_that_is_gone_come_back(database):
    async def scene():
        async with Marketplace("shop") as shop:
            world = World(database, settings(shop))
            world.take_in(take_down(1))
            gone = DispatchDatabase(database)
            (claimed,) = await DeliveryQueue(gone, gone).claim({"shop": 9}, START, 0.6)
            assert await DeliveryQueue(gone, gone).claim({"shop": 9}, START, 0.6) == []
            assert claimed.claims == 1
            await gone.close()
            async with world.sending():
                await world.until(lambda: world.told["received"] == 1)
            assert world.rows("claims", "attempts") == [(2, 1)]
            assert shop.effects == {"takedown-1": 1}

    run(scene())
