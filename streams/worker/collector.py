"""What is to be done next: the records, due timers and registry changes of one lane."""

from collections.abc import Collection, Iterable
from typing import Any

from streams.clock import Clock
from streams.kafka.consuming import records_of
from streams.kafka.records import InputRecord
from streams.state.indexes import due_timers, next_due
from streams.state.local_state import LocalState
from streams.worker.breaker import Breaker
from streams.worker.commits import Batch
from streams.worker.intake import LANES, Intake
from streams.worker.pace import Pace
from streams.worker.partitions import Partitions
from streams.worker.registry_watch import RegistryWatch
from streams.worker.settings import WorkerSettings

CATCHING_UP = 2
"""A worker that is behind takes so many times as much at once: fewer transactions."""


class Collector:
    """Collects batches from the consumer, the timers' index and the registry's watch."""

    def __init__(
        self,
        settings: WorkerSettings,
        consumer: Any,
        partitions: Partitions,
        breaker: Breaker,
        watch: RegistryWatch,
        state: LocalState,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._consumer = consumer
        self._partitions = partitions
        self._breaker = breaker
        self._watch = watch
        self._state = state
        self._clock = clock
        self._intake = Intake(settings.batch_records * LANES, settings.waiting_bytes)
        self._next_due: dict[int, int | None] = {}
        self.pace = Pace(settings.batch_seconds, settings.batch_records)

    def collect(self, busy: Collection[int], lingers: bool, limit: int | None = None) -> Batch:
        """Return the next batch, without partitions that are busy; wait for records a moment
        where there is nothing else to do and it `lingers`. With a `limit` it has so many inputs of
        one kind at most."""
        settings, runs = self._settings, self._partitions.running
        called = self._due(self._clock.now_milliseconds()) | self._looked_for
        if self._intake.room > 0:
            urgent = called or busy or self._intake.waiting or not lingers
            linger = 0.0 if urgent else settings.linger_seconds
            records = records_of(self._consumer.consume(self._intake.room, linger))
            # A rebalance within consume may have taken partitions away.
            self._intake.add(r for r in records if runs(r.partition))
        # What fell due while records were waited for comes before them.
        now = self._clock.now_milliseconds()
        due = self._due(now)
        called = due | self._looked_for
        running = [number for number in self._partitions.all if runs(number)]
        lane = self._intake.lane(running, busy, called)
        timers = [
            timer
            for number in lane
            if number in due
            for timer in due_timers(self._state, number, now, limit or settings.timers_per_batch)
        ]
        if limit is not None and timers:
            return Batch([], timers[:limit], [])
        stimuli = self._watch.take(limit or settings.stimuli_per_batch, lane)
        if limit is not None and stimuli:
            return Batch([], [], stimuli)
        most = CATCHING_UP * self.pace.records
        taken = self._intake.take(lane, limit or min(most, settings.batch_records))
        records = self._breaker.within(taken)
        self._forget_held()
        return Batch(records, timers, stimuli)

    def _due(self, now_milliseconds: int) -> set[int]:
        runs, now = self._partitions.running, now_milliseconds
        return {n for n, at in self._next_due.items() if at is not None and at <= now and runs(n)}

    @property
    def _looked_for(self) -> set[int]:
        return {number for number in self._watch.partitions if self._partitions.running(number)}

    def without(self, tripped: set[tuple[str, int]], batch: Batch) -> Batch:
        """Return a batch without the topic partitions whose circuit opened on it."""
        batch = batch._replace(records=self._breaker.without(tripped, batch.records))
        self._forget_held()
        return batch

    def wait(self, first: InputRecord, batch: Batch) -> Batch:
        """Return a batch without a record that can't be read yet and what is behind it."""
        batch = batch._replace(records=self._breaker.wait(first, batch.records))
        self._forget_held()
        return batch

    def look_at_timers(self, partitions: Iterable[int]) -> None:
        """Find out when timers of these partitions fall due, after their rows changed."""
        for partition in partitions:
            self._next_due[partition] = next_due(self._state, partition)

    def rewind(self) -> None:
        """Drop what waits: it is read again, and restored partitions are looked at again."""
        self._intake.clear()
        for partition in self._partitions.all:
            self._watch.forget(partition)

    def forget(self, partition: int) -> None:
        """Drop what waits of a partition that is gone."""
        self._next_due.pop(partition, None)
        self._intake.forget(partition)
        self._breaker.forget(partition)
        self._watch.forget(partition)

    def _forget_held(self) -> None:
        """Drop what waits of topic partitions that are held: it is read again."""
        for topic, number in self._partitions.held:
            self._intake.forget(number, topic)
