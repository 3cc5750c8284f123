"""The outbox on real servers: publishers lose their sessions time and again while events are
written, and each reaches its topic, in order for its key, repeats with the same id."""

import pytest
from confluent_kafka import Consumer
from outbox.support import CODEC, DESK, REVIEWS, put_encoded, put_review, put_skip, waiting

from ops.local.patience import Patience, wait_for
from sinks.database.database import connect
from streams.clock import SystemClock
from streams.sources.outbox_metrics import OutboxMetrics
from streams.sources.outbox_publisher import OutboxPublisher

pytestmark = pytest.mark.broker
ROUNDS, KEYS = 40, 30
FEW = 3 * KEYS * ROUNDS // 2
LEADER = """
    SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND granted AND datname = current_database()
"""


@pytest.fixture
def publish(topics, database):
    """Start publishers of the database."""
    started = []

    def start(count):
        for _ in range(count):
            metrics = OutboxMetrics()
            publisher = OutboxPublisher(database, topics, CODEC, SystemClock(), metrics)
            started.append(publisher.__enter__())
        return metrics

    yield start
    for publisher in started:
        publisher.__exit__()


def test_publishers_that_are_killed_lose_nothing_and_repeat_only_what_is_the_same(
    topics, database, publish
):
    metrics = publish(3)
    killed = set()
    with connect(database) as connection:

        def left():
            return waiting(connection)

        for number in range(1, ROUNDS + 1):
            with connection.transaction():
                for key in range(KEYS):
                    put_review(connection, f"L{key}", number)
                    put_encoded(connection, f"M{key}", number)
                    put_skip(connection, f"case-{key}", number)
            if number % 8 == 0:
                (leader,) = wait_for("a leader", lambda: connection.execute(LEADER).fetchone())
                wait_for("the outbox", lambda: left() < FEW, left)
                connection.execute("SELECT pg_terminate_backend(%s)", (leader,))
                killed.add(leader)
        wait_for("the outbox", lambda: left() == 0, left)
    assert len(killed) == ROUNDS // 8
    records = read(topics, 3 * KEYS * ROUNDS)
    for name in (f"{letter}{key}" for letter in "LM" for key in range(KEYS)):
        numbers = [event.decision_number for key, event in records[REVIEWS] if key == name]
        assert numbers == list(range(1, ROUNDS + 1))
    assert len(records[DESK]) == KEYS * ROUNDS
    assert metrics.registry.get_sample_value("ip_outbox_refused_records", {"source": "desk"}) == 0


def read(servers, count):
    """Read so many different records of both topics, by topic; a repeat has to be the same."""
    consumer = Consumer(
        {"bootstrap.servers": servers, "group.id": "reads", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([REVIEWS, DESK])
    seen, records = {}, {REVIEWS: [], DESK: []}
    patience = Patience()
    while (messages := consumer.consume(1_000, 1.0)) or len(seen) < count:
        assert not patience.runs_out(len(seen)), f"{len(seen)} records"
        for message in messages:
            assert message.error() is None
            topic, key = message.topic(), message.key().decode()
            content = (key, message.value(), message.headers(), message.timestamp())
            name = (topic, dict(message.headers())["ce_id"])
            if name in seen:
                assert content == seen[name]
                continue
            seen[name] = content
            records[topic].append((key, CODEC.decode(topic, message.value(), [])))
    consumer.close()
    assert len(seen) == count
    return records
