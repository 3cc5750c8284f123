"""A partition of which input waits and nothing is committed: seen, told, and in the end ended."""

import pytest
from confluent_kafka import KafkaError, KafkaException

from schemas.handled_errors import HANDLED
from streams.clock import VirtualClock
from streams.kafka.stalls import EXIT_STATUS, PartitionsStalled, StallSettings, StallWatch

ONE, TWO = ("ip.complaints.events", 1), ("ip.complaints.events", 2)
SETTINGS = StallSettings()


class World:
    """What waits at the brokers, and what the watch tells."""

    def __init__(self):
        self.clock = VirtualClock(0)
        self.waits = frozenset()
        self.asked = []
        self.error = None
        self.meanwhile = lambda: None
        self.told = frozenset()
        self.ended = []
        self.watch = StallWatch(
            SETTINGS, self.waiting, self.clock, self.tell, end_process=self.ended.append
        )
        self.watch.hold([ONE, TWO])

    def waiting(self, sources):
        self.asked.append(tuple(sources))
        self.meanwhile()
        if self.error is not None:
            raise KafkaException(self.error)
        return self.waits & frozenset(sources)

    def tell(self, sources):
        self.told = sources

    def passes(self, seconds):
        """Look every five seconds, as the watch's thread does."""
        for _ in range(int(seconds // SETTINGS.look_seconds)):
            self.clock.advance(int(SETTINGS.look_seconds * 1000))
            self.watch.look()


@pytest.fixture
def world():
    return World()


def test_what_waits_and_is_not_committed_is_told_and_then_ends_the_process(world, caplog):
    world.waits = frozenset({ONE})
    world.passes(25)
    assert not world.watch.stalled
    world.passes(5)
    assert world.told == {ONE}
    assert world.watch.stalled
    assert "ip.complaints.events 1" in caplog.text
    world.passes(55)
    world.watch.check()
    world.passes(5)
    with pytest.raises(PartitionsStalled, match=r"ip\.complaints\.events 1"):
        world.watch.check()
    assert not world.ended
    world.passes(15)
    assert world.ended == [EXIT_STATUS]


def test_work_that_goes_on_is_no_stall(world):
    world.waits = frozenset({ONE, TWO})
    for _ in range(40):
        world.passes(5)
        world.watch.moved([ONE, TWO])
    assert not world.asked
    assert not world.watch.stalled


def test_partitions_without_input_are_not_asked_about_all_the_time(world):
    world.passes(300)
    assert not world.watch.stalled
    assert len(world.asked) == 300 // SETTINGS.idle_seconds


def test_what_goes_on_again_is_ready_again(world):
    world.waits = frozenset({ONE, TWO})
    world.passes(60)
    world.watch.moved([ONE])
    world.passes(5)
    assert world.told == {TWO}
    world.watch.moved([TWO])
    world.passes(5)
    assert world.told == frozenset()
    assert not world.watch.stalled
    world.passes(60)
    world.watch.check()


def test_what_is_committed_while_the_brokers_are_asked_is_no_stall(world):
    world.waits = frozenset({ONE})
    world.meanwhile = lambda: world.watch.moved([ONE])
    world.passes(90)
    assert not world.watch.stalled


def test_a_partition_that_moved_away_is_no_stall(world):
    world.waits = frozenset({ONE})
    world.passes(60)
    world.watch.hold([TWO])
    world.passes(5)
    assert not world.watch.stalled
    world.watch.hold([ONE, TWO])
    world.passes(25)
    assert not world.watch.stalled


def test_while_no_broker_answers_nothing_is_ended(world):
    world.waits = frozenset({ONE})
    world.error = KafkaError(KafkaError._TRANSPORT, "away")
    before = HANDLED.counts().get(("stall_watch", "_TRANSPORT"), 0)
    world.passes(600)
    world.watch.check()
    assert not world.watch.stalled
    assert HANDLED.counts()["stall_watch", "_TRANSPORT"] > before


def test_time_in_which_the_process_was_stopped_does_not_count(world):
    world.waits = frozenset({ONE})
    world.passes(10)
    world.clock.advance(600_000)
    world.watch.look()
    world.watch.check()
    assert not world.watch.stalled
    world.passes(40)
    assert world.watch.stalled
    world.clock.advance(600_000)
    world.watch.look()
    world.watch.check()


def test_what_waits_its_turn_is_told_but_ends_no_process_that_works(world):
    world.waits = frozenset({ONE})
    for _ in range(60):
        world.passes(5)
        world.watch.moved([TWO])
        world.watch.queued([ONE, TWO])
    assert world.told == {ONE}
    assert world.watch.stalled
    world.watch.check()
    # Then nothing gets on any more.
    world.passes(60)
    with pytest.raises(PartitionsStalled):
        world.watch.check()


def test_what_is_not_even_in_the_queue_ends_the_process(world):
    world.waits = frozenset({ONE})
    for _ in range(18):
        world.passes(5)
        world.watch.moved([TWO])
        world.watch.queued([TWO])
    with pytest.raises(PartitionsStalled):
        world.watch.check()
