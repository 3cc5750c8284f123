"""The circuits at work: what is held back of a batch, and what is let go again."""

import logging
from collections import Counter

from streams.clock import Clock
from streams.kafka.records import InputRecord
from streams.worker.circuit import Circuits, CircuitSettings, TopicPartition
from streams.worker.partitions import Partitions

logger = logging.getLogger(__name__)


class Breaker:
    """Holds topic partitions whose circuit is open, and lets them go when it has cooled down."""

    def __init__(self, settings: CircuitSettings, partitions: Partitions, clock: Clock) -> None:
        self._circuits = Circuits(settings)
        self._partitions = partitions
        self._clock = clock

    def open_sources(self) -> frozenset[TopicPartition]:
        """Return the topic partitions whose circuit isn't closed."""
        return self._circuits.open_sources()

    def forget(self, partition: int) -> None:
        """Drop the circuits of a partition that moved away."""
        self._circuits.forget(partition)

    def release(self) -> None:
        """Read on where a circuit has cooled down."""
        now = self._clock.monotonic_seconds()
        for source in self._partitions.held:
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
