"""In which order inputs come that are there at once."""

from types import SimpleNamespace

import pytest

from processors.step import TimerFired
from streams.clock import VirtualClock
from streams.state.indexes import DueTimer, timer_key
from streams.state.local_state import TIMERS, Change, LocalState
from streams.state.row_keys import listing_key
from streams.worker.collector import Collector
from streams.worker.settings import WorkerSettings

NOW, WAIT_MILLISECONDS = 1_700_000_000_000, 50


@pytest.fixture
def state(tmp_path):
    state = LocalState(tmp_path / "state")
    yield state
    state.close()


def test_what_falls_due_while_records_are_waited_for_is_in_the_batch(state, tmp_path):
    due = DueTimer(
        0, listing_key(b"listing-1", "shop"), TimerFired("case-1", "sla_breach", NOW + 10)
    )
    state.write([Change(TIMERS, timer_key(due), b"")])
    clock = VirtualClock(NOW)

    def consume(_count, _seconds):
        clock.advance(WAIT_MILLISECONDS)
        return []

    nobody = SimpleNamespace(partitions=(), take=lambda *_given: [])
    partitions = SimpleNamespace(all=[0], running=lambda _number: True, held=frozenset())
    breaker = SimpleNamespace(within=lambda records: records)
    consumer = SimpleNamespace(consume=consume)
    collector = Collector(
        WorkerSettings("", tmp_path, "one"), consumer, partitions, breaker, nobody, state, clock
    )
    collector.look_at_timers([0])
    assert collector.collect((), lingers=True).timers == [due]
