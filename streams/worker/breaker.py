"""What is held back of a batch and let go again: topic partitions whose circuit is open, and those
whose next record can't be read yet."""

import logging
from collections import Counter
from typing import NamedTuple

from streams.clock import Clock
from streams.kafka.records import InputRecord
from streams.worker.circuit import Circuits, CircuitSettings, TopicPartition
from streams.worker.partitions import Partitions

logger = logging.getLogger(__name__)


FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 30.0


class _Wait(NamedTuple):
    until_seconds: float
    seconds: float


class Breaker:
    """Holds topic partitions, and lets them go when their circuit has cooled down, or their record
    is to be tried again."""

    def __init__(self, settings: CircuitSettings, partitions: Partitions, clock: Clock) -> None:
        self._circuits = Circuits(settings)
        self._partitions = partitions
        self._clock = clock
        self._waits: dict[TopicPartition, _Wait] = {}

    def open_sources(self) -> frozenset[TopicPartition]:
        """Return the topic partitions that are held back: their circuit isn't closed, or they
        wait."""
        return self._circuits.open_sources() | (self._waits.keys() & self._partitions.held)

    def forget(self, partition: int) -> None:
        """Drop the circuits of a partition that moved away."""
        self._circuits.forget(partition)
        self._waits = {s: wait for s, wait in self._waits.items() if s[1] != partition}

    def release(self) -> None:
        """Read on where a circuit has cooled down, or it is time to try again."""
        now = self._clock.monotonic_seconds()
        for source in self._partitions.held:
            wait = self._waits.get(source)
            if wait is not None and now < wait.until_seconds:
                continue
            if self._circuits.limit(source, now) != 0:
                self._partitions.release(source)

    def within(self, records: list[InputRecord]) -> list[InputRecord]:
        """Return the records that may be taken now; the partitions of the others are held."""
        if not self._circuits.open_sources():
            return records
        now = self._clock.monotonic_seconds()
        taken: Counter[TopicPartition] = Counter()
        kept = []
        for record in records:
            source = (record.topic, record.partition)
            limit = self._circuits.limit(source, now)
            if limit is None or taken[source] < limit:
                taken[source] += 1
                kept.append(record)
            else:
                self._partitions.hold(source, record.offset)
        return kept

    def wait(self, first: InputRecord, records: list[InputRecord]) -> list[InputRecord]:
        """Hold a record that can't be read yet and what is behind it; return the others.

        The wait grows while the record is the same.
        """
        source, now = (first.topic, first.partition), self._clock.monotonic_seconds()
        before = self._waits.get(source)
        seconds = FIRST_WAIT_SECONDS
        if before is not None and now < before.until_seconds + before.seconds:
            seconds = min(2 * before.seconds, LONGEST_WAIT_SECONDS)
        self._waits[source] = _Wait(now + seconds, seconds)
        self._partitions.hold(source, first.offset)
        return [r for r in records if r[:2] != source or r.offset < first.offset]

    def judge(self, records: list[InputRecord], dead: list[InputRecord]) -> set[TopicPartition]:
        """Note how a batch went; give the topic partitions whose circuit opened on it."""
        if not dead and not self._circuits.open_sources():
            return set()
        now = self._clock.monotonic_seconds()
        total = Counter((record.topic, record.partition) for record in records)
        bad = Counter((record.topic, record.partition) for record in dead)
        tripped = set()
        for source, count in total.items():
            if self._circuits.trips(source, count - bad[source], bad[source], now):
                logger.error(
                    "circuit opened: %s of %s records of %s are bad", bad[source], count, source
                )
                tripped.add(source)
        return tripped

    def without(
        self, tripped: set[TopicPartition], records: list[InputRecord]
    ) -> list[InputRecord]:
        """Return the records of other topic partitions; those tripped are held where they stand."""
        kept = []
        for record in records:
            source = (record.topic, record.partition)
            if source in tripped:
                self._partitions.hold(source, record.offset)
            else:
                kept.append(record)
        return kept
