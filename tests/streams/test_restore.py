"""A local state that is behind by more than its changelog tells of tombstones is made anew."""

from concurrent.futures import Future
from types import SimpleNamespace

import pytest
from confluent_kafka.admin import OffsetSpec
from world import START

from streams.clock import VirtualClock
from streams.kafka.clients import KAFKA_CLIENTS
from streams.state.local_state import ROWS, Change, LocalState, partition_prefix, position_change
from streams.state.restore import TOMBSTONES_READ_MILLISECONDS, Restorer

PARTITION = 3
ROW = partition_prefix(PARTITION) + b"\x02listing-1\x1fshop"
FIRST, END = 5, 40


class Changelog:
    """A changelog of one partition, by the times of its records from the first on."""

    def __init__(self, times):
        self.times = times
        self.assigned = []

    def list_offsets(self, places, **_settings):
        answers = {}
        for place, spec in places.items():
            answers[place] = Future()
            answers[place].set_result(SimpleNamespace(offset=self._offset(spec)))
        return answers

    def _offset(self, spec):
        if isinstance(spec, type(OffsetSpec.earliest())):
            return FIRST
        if isinstance(spec, type(OffsetSpec.latest())):
            return END
        late = [offset for offset, time in self.times.items() if time >= spec._value]
        return min(late, default=-1)

    def list_topics(self, *_about, **_settings):
        return SimpleNamespace(topics={})

    def incremental_assign(self, places):
        self.assigned += [(place.partition, place.offset) for place in places]

    def assignment(self):
        return []


@pytest.mark.parametrize(
    ("times", "position", "begins"),
    [
        # What is still to be read is of today.
        ({10: -2 * TOMBSTONES_READ_MILLISECONDS, 20: -1_000}, 20, 20),
        # Some of it is old, and rows may have left meanwhile.
        ({10: -2 * TOMBSTONES_READ_MILLISECONDS, 20: -1_000}, 10, FIRST),
        ({10: -2 * TOMBSTONES_READ_MILLISECONDS}, 10, FIRST),
        # Nothing is to be read.
        ({10: -2 * TOMBSTONES_READ_MILLISECONDS}, END, None),
    ],
)
def test_a_state_is_kept_where_no_tombstone_can_be_missed(tmp_path, times, position, begins):
    changelog = Changelog({offset: START + ago for offset, ago in times.items()})
    clients = KAFKA_CLIENTS._replace(
        consumer=lambda _configuration: changelog, admin=lambda _servers: changelog
    )
    state = LocalState(tmp_path)
    state.write([Change(ROWS, ROW, b"row"), position_change(PARTITION, position)])
    settings = {"bootstrap.servers": ""}
    restorer = Restorer(settings, state, lambda value: value, VirtualClock(START), clients)
    restorer.start([PARTITION])
    assert changelog.assigned == ([] if begins is None else [(PARTITION, begins)])
    assert state.get(ROWS, ROW) == (None if begins == FIRST else b"row")
    state.close()
