"""What a sink's reader takes of what its client gives."""

from types import SimpleNamespace

import pytest

from sinks.contract import Span
from streams.clock import VirtualClock
from streams.kafka import sink_reader
from streams.kafka.sink_reader import SinkReader, SinkSettings

TOPIC = "ip.parties.state"


class Client:
    """A consumer that gives some records, whatever it was told."""

    def __init__(self, offsets):
        self._batches = [offsets]

    def consume(self, *_):
        return [
            SimpleNamespace(
                error=lambda: None,
                topic=lambda: TOPIC,
                partition=lambda: 0,
                offset=lambda offset=offset: offset,
                key=lambda: b"k",
                value=lambda: b"v",
                headers=lambda: None,
                timestamp=lambda: (1, 0),
            )
            for offset in (self._batches.pop() if self._batches else [])
        ]

    def incremental_assign(self, *_): ...

    pause = resume = seek = incremental_assign


class Kept:
    """A sink that stands at an offset."""

    def __init__(self):
        self.offsets = []
        self.spans = []

    def positions(self, _topics):
        return {(TOPIC, 0): 5}

    def write(self, records, spans):
        self.offsets += [each.offset for each in records]
        self.spans.append(spans[TOPIC, 0])


def taken(monkeypatch, offsets, may_pass_over):
    monkeypatch.setattr(sink_reader, "Consumer", lambda _settings: Client(offsets))
    settings = SinkSettings("127.0.0.1:1", "test", (TOPIC,), may_pass_over=may_pass_over)
    sink = Kept()
    reader = SinkReader(settings, lambda each: each, sink, VirtualClock(0), lambda _: None)
    reader._assigned(Client([]), [SimpleNamespace(topic=TOPIC, partition=0)])
    reader.turn()
    return sink


@pytest.mark.parametrize(
    ("given", "kept", "spans"),
    [
        ([3, 4, 5, 7], [5, 7], [Span(5, 8)]),
        ([0, 4], [], []),
        ([5, 6, 6], [5, 6], [Span(5, 7)]),
    ],
)
def test_an_archive_takes_no_record_from_before_its_position(monkeypatch, given, kept, spans):
    sink = taken(monkeypatch, given, may_pass_over=False)
    assert (sink.offsets, sink.spans) == (kept, spans)


def test_a_store_goes_on_with_a_log_that_begins_anew(monkeypatch):
    sink = taken(monkeypatch, [0, 1], may_pass_over=True)
    assert (sink.offsets, sink.spans) == ([0, 1], [Span(5, 2)])
