"""The outbox's sender: each event once, in order for each key, whatever brokers and rows do."""

import psycopg
import pytest
from confluent_kafka import KafkaError, KafkaException
from psycopg.types.json import Json

from outbox.support import (
    CODEC,
    DESK,
    REVIEWS,
    START,
    ToldProducer,
    put_encoded,
    put_review,
    put_skip,
    review,
    skipped,
    waiting,
)
from schemas.identity import event_id
from sinks.database.database import connect
from sinks.database.outbox import INSERT_ROW, Backlog, content_row, read_backlogs
from streams.clock import VirtualClock
from streams.sources.outbox import SENT_LIFETIME_MILLISECONDS, TOPIC_RECORDS, OutboxSender

REST = 1_500


@pytest.fixture
def connection(database):
    with connect(database) as made:
        yield made


@pytest.fixture
def clock():
    return VirtualClock(START)


@pytest.fixture
def producer():
    return ToldProducer()


@pytest.fixture
def sender(database, clock, producer):
    with connect(database) as made:
        yield OutboxSender(made, producer, CODEC, clock)


def send_all(sender, clock, turns=50):
    for _ in range(turns):
        if not sender.turn():
            return
        clock.advance(REST)


def refusals(connection):
    return connection.execute(
        "SELECT record_key, refusal FROM outbox WHERE refusal IS NOT NULL ORDER BY outbox_id"
    ).fetchall()


def test_a_row_is_sent_with_the_headers_and_the_time_with_which_it_was_written(
    connection, sender, clock, producer
):
    put_review(connection, "L1")
    put_encoded(connection, "L2")
    put_skip(connection, "case-1")
    clock.advance(99_000)
    send_all(sender, clock)
    told = [(topic, key, event) for topic, key, event, *_ in producer.sent]
    assert told == [
        (REVIEWS, "L1", review("L1")),
        (REVIEWS, "L2", review("L2")),
        (DESK, "case-1", skipped("case-1")),
    ]
    for _, key, event, headers, timestamp in producer.sent:
        assert headers["ce_id"].decode() == event_id(event, key, START + 1)
        assert timestamp == START + 1
    assert waiting(connection) == 0
    assert sender.turn() == 0


def test_a_later_event_of_a_key_never_overtakes_one_that_failed(
    connection, sender, clock, producer
):
    for number in (1, 2, 3):
        for key in ("L1", "L2"):
            put_review(connection, key, number)
    producer.errors["L1"] = KafkaError._MSG_TIMED_OUT
    for _ in range(6):
        sender.turn()
        clock.advance(REST)
    assert producer.order("L1") == []
    assert producer.order("L2") == [1, 2, 3]
    assert waiting(connection) == 3
    producer.errors.clear()
    send_all(sender, clock)
    assert producer.order("L1") == [1, 2, 3]


def test_a_key_whose_event_is_under_way_waits_and_others_go_on(connection, sender, clock, producer):
    for number in (1, 2):
        for key in ("L1", "L2"):
            put_review(connection, key, number)
    producer.silent.add("L1")
    for _ in range(4):
        sender.turn()
    assert (producer.order("L1"), producer.order("L2")) == ([], [1, 2])
    producer.silent.clear()
    send_all(sender, clock)
    assert producer.order("L1") == [1, 2]


def test_a_topic_that_takes_nothing_holds_up_no_other_one(connection, sender, clock, producer):
    for number in range(TOPIC_RECORDS + 200):
        put_skip(connection, f"case-{number}")
    put_review(connection, "L1")
    producer.silent.add(DESK)
    sender.turn()
    assert producer.order("L1") == [1]
    # No more than so many are under way, however long it lasts.
    for number in (2, 3):
        put_review(connection, "L1", number)
        sender.turn()
    assert producer.order("L1") == [1, 2, 3]
    assert len(producer._waiting) == TOPIC_RECORDS
    producer.silent.clear()
    producer.errors[DESK] = KafkaError.TOPIC_AUTHORIZATION_FAILED
    sender.turn()
    put_review(connection, "L1", 4)
    sender.turn()
    assert producer.order("L1") == [1, 2, 3, 4]
    assert producer._waiting == []
    producer.errors.clear()
    clock.advance(REST)
    send_all(sender, clock)
    assert waiting(connection) == 0
    assert len(producer.sent) == TOPIC_RECORDS + 204


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"event_type": "NoEvent"}, "NoEvent"),
        ({"content": Json({"review_id": "r"})}, "KeyError"),
        ({"content": Json([1])}, "Error"),
        ({"topic": DESK}, "KeyError"),
        ({"headers": Json([])}, "no CloudEvents id"),
        ({"headers": Json([["ce_id", 5]])}, "Error"),
        ({"headers": Json({"ce_id": "x"})}, "Error"),
        ({"content": None, "value": b"\0" * 1_000_001}, "large"),
    ],
)
def test_what_can_never_be_sent_is_set_aside_with_its_reason_and_others_go_on(
    connection, sender, clock, producer, changes, reason
):
    row = content_row("desk", review("L1"), START)
    connection.execute(INSERT_ROW, row._replace(**changes))
    put_review(connection, "L1", 2)
    put_review(connection, "L2")
    send_all(sender, clock)
    ((key, refusal),) = refusals(connection)
    assert key == "L1"
    assert reason in refusal
    assert (producer.order("L1"), producer.order("L2")) == ([2], [1])
    assert read_backlogs(connection, START)["desk"] == Backlog(0, 0.0, 1)


def test_a_row_set_aside_is_sent_when_it_is_let_go_with_its_first_id(
    connection, sender, clock, producer
):
    row = content_row("desk", review("L1"), START)
    connection.execute(INSERT_ROW, row._replace(event_type="ReviewSettled"))
    send_all(sender, clock)
    assert producer.sent == []
    connection.execute("UPDATE outbox SET refusal = NULL, event_type = 'ReviewDecided'")
    send_all(sender, clock)
    ((_, _, event, headers, _),) = producer.sent
    assert headers["ce_id"].decode() == event_id(event, "L1", START)


def test_a_full_producer_is_waited_for(connection, sender, clock, producer):
    for number in range(10):
        put_review(connection, f"L{number}")
    producer.full_after = 3
    send_all(sender, clock)
    assert sorted(key for _, key, *_ in producer.sent) == [f"L{number}" for number in range(10)]


def test_one_publisher_leads_and_another_takes_over_when_its_session_ends(
    database, connection, sender, clock, producer
):
    put_review(connection, "L1")
    assert sender.turn() > 0
    second = ToldProducer()
    with connect(database) as standing_by:
        other = OutboxSender(standing_by, second, CODEC, clock)
        put_review(connection, "L2")
        assert other.turn() == 0
        assert second.sent == []
        terminate(connection, sender._connection)
        with pytest.raises(psycopg.OperationalError):
            sender.turn()
        send_all(other, clock)
        assert second.order("L2") == [1]


def test_an_event_whose_mark_was_not_written_is_sent_again_with_the_same_id(
    database, connection, sender, clock, producer
):
    for number in (1, 2):
        put_review(connection, "L1", number)
        put_encoded(connection, "L2", number)

    def dying(seconds):
        ToldProducer.flush(producer, seconds)
        terminate(connection, sender._connection)

    producer.flush = dying
    with pytest.raises(psycopg.OperationalError):
        sender.turn()
    assert len(producer.sent) == 2
    assert waiting(connection) == 4
    again = ToldProducer()
    clock.advance(77_000)
    with connect(database) as made:
        send_all(OutboxSender(made, again, CODEC, clock), clock)
    assert again.order("L1") == again.order("L2") == [1, 2]
    # Nothing tells the repeats from what was sent first, their time included.
    assert producer.sent == [each for each in again.sent if each in producer.sent]


def test_a_producer_that_is_lost_is_told_of_and_nothing_is_marked(
    connection, sender, clock, producer
):
    put_review(connection, "L1")

    def fatal(_seconds):
        (message,) = producer._waiting
        message[-1](KafkaError(KafkaError._FATAL, "fenced", fatal=True), None)

    producer.flush = fatal
    with pytest.raises(KafkaException):
        sender.turn()
    assert waiting(connection) == 1


def test_what_was_sent_is_deleted_after_its_time_and_nothing_else(
    connection, sender, clock, producer
):
    put_review(connection, "L1")
    send_all(sender, clock)
    put_review(connection, "L2")
    clock.advance(SENT_LIFETIME_MILLISECONDS - 10 * REST)
    sender.prune()
    assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (2,)
    clock.advance(20 * REST)
    sender.prune()
    assert connection.execute("SELECT record_key FROM outbox").fetchall() == [("L2",)]


def test_backlogs_are_told_by_source(connection):
    put_review(connection, "L1")
    put_review(connection, "L1", 5_000)
    put_encoded(connection, "L2", 3_000)
    found = read_backlogs(connection, START + 10_001)
    assert found == {
        "desk": Backlog(2, 10.0, 0),
        "filing": Backlog(1, 7.001, 0),
        "dispatch": Backlog(),
    }


def test_an_event_is_in_the_outbox_only_with_what_it_tells(connection):
    with connection.transaction(force_rollback=True):
        put_review(connection, "L1")
    assert waiting(connection) == 0
    row = content_row("desk", review("L1"), START)
    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(INSERT_ROW, row._replace(content=None))


def test_texts_that_json_can_hold_are_sent_as_they_are(connection, sender, clock, producer):
    event = skipped("case-1")._replace(reason='nul \x00, "quotes", ☂ and\nlines')
    connection.execute(INSERT_ROW, content_row("desk", event, START))
    send_all(sender, clock)
    assert producer.sent[0][2] == event


def terminate(connection, other):
    connection.execute("SELECT pg_terminate_backend(%s)", (other.info.backend_pid,))
