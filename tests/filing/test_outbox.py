"""The outbox: each event once, in order for each key, whatever the broker does."""

import psycopg
import pytest
from confluent_kafka import KafkaError, KafkaException
from psycopg.rows import dict_row

from filing.harness import complaint
from streams.clock import VirtualClock
from streams.sources.filing.outbox import publish_batch


class FlakyProducer:
    """Refuses some records, and acknowledges the others when it is flushed.

    A real broker can't be made to refuse chosen records; test_server.py has the real one.
    """

    def __init__(self, refused=()) -> None:
        self.sent = []
        self._refused = refused
        self._waiting = []

    def produce(self, topic, value, key, headers, timestamp, on_delivery):
        self._waiting.append((key.decode(), value, timestamp, on_delivery))

    def flush(self, _seconds):
        for key, value, timestamp, told in self._waiting:
            if key in self._refused:
                told(KafkaError(KafkaError._MSG_TIMED_OUT), None)
            else:
                self.sent.append((key, value, timestamp))
                told(None, None)
        self._waiting.clear()
        return 0


@pytest.fixture
def connect(api):
    made = []

    def connect():
        made.append(psycopg.connect(api.address, autocommit=True, row_factory=dict_row))
        return made[-1]

    yield connect
    for connection in made:
        connection.close()


def publish_all(connection, producer):
    count = 0
    while published := publish_batch(connection, producer, VirtualClock(5)):
        count += published
    return count


def retractions(api, *case_ids):
    for case_id in case_ids:
        assert api.post(f"/v1/complaints/{case_id}/retraction", {}).status_code == 201


def test_events_of_a_key_leave_in_order_and_one_that_was_refused_holds_back_its_key_only(
    api, connect
):
    rows = [(f"L{number}", "taobao") for number in range(40)]
    receipt = api.post("/v1/complaints", complaint(rows)).json()
    retractions(api, *(row["complaint_id"] for row in receipt["results"]))
    flaky = FlakyProducer(refused={"L7"})
    connection = connect()
    for _ in range(20):
        try:
            publish_batch(connection, flaky, VirtualClock(5))
        except KafkaException:
            continue
    assert sorted(key for key, *_ in flaky.sent) == sorted(
        key for key, _ in rows * 2 if key != "L7"
    )
    assert len(api.rows("SELECT FROM filing_outbox WHERE sent_at_milliseconds IS NULL")) == 2
    sound = FlakyProducer()
    assert publish_all(connection, sound) == 2
    events = {
        (row["record_key"], bytes(row["value"])): row["outbox_id"]
        for row in api.rows("SELECT * FROM filing_outbox")
    }
    for key, _ in rows:
        order = [events[k, value] for k, value, _ in flaky.sent + sound.sent if k == key]
        assert len(order) == 2
        assert order == sorted(order)
    assert {at for *_, at in sound.sent} == {api.clock.now_milliseconds()}


def test_publishers_share_the_lanes_and_send_nothing_twice(api, connect):
    rows = [(f"L{number}", "taobao") for number in range(100)]
    api.post("/v1/complaints", complaint(rows))
    first, second = FlakyProducer(), FlakyProducer()
    one, other = connect(), connect()
    with one.transaction():
        assert publish_batch(one, first, VirtualClock(5)) > 0
        # The other takes what the first has not locked, though the first has not committed.
        assert publish_batch(other, second, VirtualClock(5)) > 0
        assert publish_batch(other, second, VirtualClock(5)) == 0
    publish_all(other, second)
    keys = [key for key, *_ in first.sent + second.sent]
    assert sorted(keys) == sorted(key for key, _ in rows)


def test_nothing_is_marked_as_sent_where_the_mark_is_not_committed(api, connect):
    api.post("/v1/complaints", complaint())
    connection = connect()
    producer = FlakyProducer()
    with connection.transaction(force_rollback=True):
        assert publish_batch(connection, producer, VirtualClock(5)) == 1
    assert publish_all(connection, producer) == 1
    assert len(set(producer.sent)) == 1
