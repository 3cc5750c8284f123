"""A sink's reader that stands still though records wait: told, and in the end ended."""

import threading

import pytest
from world import complaint

from ops.local.patience import wait_for
from schemas.topic_names import COMPLAINTS_EVENTS
from schemas.wire.registry import connect
from sinks.contract import SinkUnavailable
from streams.clock import SystemClock
from streams.kafka.producing import EventProducer, send
from streams.kafka.sink_reader import SinkReader, SinkSettings, events_by
from streams.kafka.stalls import PartitionsStalled, StallSettings

SOON = StallSettings(idle_seconds=2.0, patience_seconds=2.0, ending_seconds=600, look_seconds=0.1)


class MemorySink:
    """Keeps events and positions, unless it is to fail."""

    def __init__(self):
        self.events = []
        self.reached = {}
        self.available = True
        self.after_write = lambda: None

    def positions(self, topics):
        if not self.available:
            raise SinkUnavailable("away")
        return dict(self.reached)

    def write(self, records, spans):
        if not self.available:
            raise SinkUnavailable("away")
        self.events += [each.event for each in records]
        self.reached.update({source: span.next for source, span in spans.items()})
        self.after_write()


class Reading:
    """A reader in a thread of its own, what it told, and how it ended."""

    def __init__(self, servers, codec):
        self.sink = MemorySink()
        self.told = []
        self.error = None
        settings = SinkSettings(servers, "stalls", (COMPLAINTS_EVENTS,), stall=SOON)
        self.reader = SinkReader(
            settings, events_by(codec), self.sink, SystemClock(), self.told.append
        )
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        try:
            self.reader.run()
        except Exception as error:
            self.error = error

    def looked(self):
        """Wait until the watch asked the brokers twice more, and said what it saw."""
        count = len(self.told)
        wait_for("two looks", lambda: len(self.told) >= count + 2)
        return self.told[-1]

    def end(self):
        self.reader.stop()
        self.thread.join(60)
        assert not self.thread.is_alive()


@pytest.fixture
def reading(topics, schema_registry):
    codec = connect(schema_registry.address, register=True)
    producer = EventProducer(topics)
    running = Reading(topics, codec)

    def file(count):
        for number in range(count):
            event = complaint(complaint_id=f"{len(running.sink.events)}-{number}")
            send(producer, codec, (COMPLAINTS_EVENTS, event.listing_id, event))
        assert producer.flush(30) == 0

    running.file = file
    yield running
    running.end()


def test_a_reader_that_took_all_stands_still_for_nobody(reading):
    reading.file(20)
    wait_for("all records", lambda: len(reading.sink.events) == 20)
    assert reading.looked() == frozenset()
    assert reading.error is None


def test_a_client_that_reads_no_more_is_told_and_ends_the_reader(reading):
    consumer = reading.reader._consumer
    # As one that took a wrong turn.
    reading.sink.after_write = lambda: consumer.pause(consumer.assignment())
    reading.file(20)
    wait_for("a batch", lambda: reading.sink.events)
    reading.file(20)
    reading.thread.join(60)
    assert isinstance(reading.error, PartitionsStalled)
    assert {topic for topic, _ in reading.told[-1]} == {COMPLAINTS_EVENTS}
    assert len(reading.sink.events) < 40


def test_a_sink_that_is_away_is_held_back_and_not_ended(reading):
    reading.file(20)
    wait_for("all records", lambda: len(reading.sink.events) == 20)
    reading.sink.available = False
    reading.file(20)
    # Longer than it takes to be told of where nothing holds a reader back.
    wait_for("tries", lambda: reading.reader.endings["unavailable"] >= 4)
    assert reading.error is None
    assert not any(reading.told)
    reading.sink.available = True
    wait_for("the rest", lambda: len(reading.sink.events) == 40)
