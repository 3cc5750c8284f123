"""Dispatch with caps, beside the outbox's publisher: neither waits for the other's locks."""

import pytest
from confluent_kafka import Producer
from outbox.support import CODEC, skipped

from dispatch.marketplace import START, TAKEDOWNS, Marketplace, World, settings, take_down
from schemas.wire.delivered import Delivered
from sinks.database.database import connect
from sinks.database.outbox import INSERT_ROW, content_row
from sinks.dispatch.store import DeliveryStore
from streams.clock import VirtualClock
from streams.sources.outbox import OutboxSender

CAPS = {"seller": {"commands": 1, "window_seconds": 3_600}}
LOCK_TIMEOUT = "?options=-c%20lock_timeout%3D2000"
"""A wait for the other's lock ends the test with an error, not with a hang."""


def put_unknown_event(connection):
    """Put a row into the outbox that only a leading publisher ends, without a broker."""
    row = content_row("desk", skipped("case-1"), START)
    connection.execute(INSERT_ROW, row._replace(event_type="NoEvent"))


def refused(connection):
    return connection.execute("SELECT count(*) FROM outbox WHERE refusal IS NOT NULL").fetchone()


@pytest.fixture
def world(database):
    return World(database, settings(Marketplace("shop"), caps=CAPS))


@pytest.fixture
def sender(world):
    # Nothing that it publishes here reaches the producer.
    producer = Producer({"bootstrap.servers": "127.0.0.1:1", "log_level": 0})
    connection = connect(world.address + LOCK_TIMEOUT)
    clock = VirtualClock(START)
    yield OutboxSender(connection, producer, CODEC, clock)
    connection.close()


def test_commands_are_taken_in_while_the_outbox_is_led(world, sender):
    with connect(world.address) as connection:
        put_unknown_event(connection)
        sender.turn()
        assert refused(connection) == (1,)
    world.store = DeliveryStore(world.address + LOCK_TIMEOUT, world.settings, lambda: world.now)
    world.take_in(take_down(1, seller_id="one"), take_down(2, seller_id="one"))
    assert sorted(world.rows("state")) == ["due", "held"]


def test_the_outbox_is_led_while_commands_are_counted(world, sender):
    world.take_in(take_down(1, seller_id="one"))
    with connect(world.address) as connection:
        put_unknown_event(connection)
    with world.store._kept.transaction() as connection:
        command = take_down(2, seller_id="one")
        world.store._take_in(connection, [Delivered(TAKEDOWNS, 0, 1, command, START)])
        sender.turn()
        with connect(world.address) as other:
            assert refused(other) == (1,)
    assert sorted(world.rows("state")) == ["due", "held"]
