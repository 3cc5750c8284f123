"""The whole topology without a broker: real bytes, real local state, virtual partitions and clock.

Everything but Kafka itself is what the worker runs: the engine, the codec, the local state, the
global tables, timers and restores from the changelog.
"""

from collections import Counter
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from processors.policies.service_level import ServiceLevel
from processors.policies.service_policy import ServicePolicy
from processors.rules.rule_set import RuleSet
from processors.step import Origin
from schemas.catalog import load_topics
from schemas.wire.codec import Codec, GivenHeaders, Headers
from streams.clock import VirtualClock
from streams.kafka.partitioner import partition_of
from streams.kafka.records import InputRecord, OutputRecord
from streams.kafka.traced_records import tell_steps
from streams.state.indexes import due_timers
from streams.state.loading import load_rows
from streams.state.local_state import LocalState, partition_prefix, position_change
from streams.tables.gathered_records import TableUpdate
from streams.tables.global_tables import GlobalTables
from streams.topology import ALL_INPUTS, CHANGELOG, GLOBAL_TABLES, PARTY_INPUTS
from streams.worker.batch_journal import BatchJournal, Notes
from streams.worker.engine import Engine
from streams.worker.registry_watch import RegistryWatch, time_of_change
from streams.worker.results import InputEnding, Result

TIMERS_PER_BATCH = 1_000


class DriverSettings(NamedTuple):
    """How the driver runs: virtual partitions, records in one batch, and the clock's start."""

    partitions: int = 4
    batch_records: int = 100
    now_milliseconds: int = 1_700_000_000_000
    service_level: ServiceLevel = ServiceLevel()
    software_version: str = "driver"
    service_policy: ServicePolicy | None = None
    forwards_misplaced: bool = False
    carries_traces: bool = False


class Driver:
    """The topology on logs in memory; the local state lies under `directory`."""

    def __init__(
        self,
        directory: Path,
        codec: Codec,
        built_in: RuleSet,
        settings: DriverSettings | None = None,
    ) -> None:
        self._directory = directory
        self._codec = codec
        self._built_in = built_in
        self._settings = settings = settings or DriverSettings()
        self._topics = load_topics()
        self.clock = VirtualClock(settings.now_milliseconds)
        self.log: dict[tuple[str, int], list[InputRecord]] = {}
        self.accounted: Counter[InputEnding] = Counter()
        self._next: dict[tuple[str, int], int] = {}
        self._origins: dict[int, Origin] = {}
        self._open()

    def _open(self) -> None:
        self.state = LocalState(self._directory)
        self.tables = GlobalTables(
            self.state, self._codec, self._built_in, self._settings.service_policy
        )
        self._watch = RegistryWatch(self.state, self.tables)
        settings = self._settings
        self._engine = Engine(
            self._codec,
            self.tables,
            settings.service_level,
            settings.partitions,
            settings.software_version,
            forwards_misplaced=settings.forwards_misplaced,
        )
        self._engine.carries_traces = settings.carries_traces
        self._journal = BatchJournal(
            self._engine.outputs, self.tables, settings.service_level, settings.software_version
        )

    def send(self, topic: str, key: str, event: Any) -> None:
        """Append an event, in the partition of its key, at the virtual time."""
        now = self.clock.now_milliseconds()
        headers = self._codec.headers(event, key, now)
        self.send_bytes(topic, key.encode(), self._codec.encode(topic, event), headers)

    def send_bytes(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Headers | None = None,
        at_milliseconds: int | None = None,
    ) -> tuple[str, int, int]:
        """Append a record as it is, good or bad, and return its place; its time is the clock's
        where none is given."""
        partitions = 1 if topic in GLOBAL_TABLES else self._settings.partitions
        number = partition_of(key or b"", partitions)
        at = self.clock.now_milliseconds() if at_milliseconds is None else at_milliseconds
        return topic, number, self._append(topic, number, key, value, headers, at)

    def run(self) -> None:
        """Process all that was sent, and all timers due by the virtual time."""
        self._run_tables()
        while self._run_batch():
            self._run_tables()

    def advance(self, milliseconds: int) -> None:
        """Let the clock go on, and run."""
        self.clock.advance(milliseconds)
        self.run()

    def read(self, topic: str) -> list[Any]:
        """Return all events of a topic, by partition, then in order."""
        return [
            self._codec.decode(topic, record.value, record.headers)
            for record in self.records(topic)
            if record.value is not None
        ]

    def records(self, topic: str) -> list[InputRecord]:
        """Return all records of a topic, by partition, then in order."""
        return [
            record
            for number in range(self._settings.partitions)
            for record in self.log.get((topic, number), [])
        ]

    def restart(self, lose_state: bool = False) -> None:
        """Stop and start again; with `lose_state` the rows come back from the changelog."""
        if lose_state:
            for number in range(self._settings.partitions):
                self.state.drop_partition(number)
        self.state.close()
        self._open()
        for number in range(self._settings.partitions):
            self._restore(number)
            self._watch.reconcile(number, self.clock.now_milliseconds())
        self.run()

    def close(self) -> None:
        """Close the local state."""
        self.state.close()

    def _append(
        self,
        topic: str,
        number: int,
        key: bytes | None,
        value: bytes | None,
        headers: GivenHeaders | None,
        timestamp_milliseconds: int,
    ) -> int:
        log = self.log.setdefault((topic, number), [])
        offset = len(log)
        log.append(InputRecord(topic, number, offset, key, value, headers, timestamp_milliseconds))
        return offset

    def _run_tables(self) -> None:
        # What steps wrote to a table's topic stands in more partitions than one.
        for topic in GLOBAL_TABLES:
            for number in range(self._settings.partitions):
                self._run_table(topic, number)
        again = self.tables.read_again()
        if again is not None:
            self._tables_changed(again, self.clock.now_milliseconds())

    def _run_table(self, topic: str, number: int) -> None:
        log = self.log.get((topic, number), [])
        start = self._next.get((topic, number), 0)
        if start == len(log):
            return
        applied = self.tables.apply(log[start:])
        self._next[topic, number] = len(log)
        at = time_of_change(log[-1].timestamp_milliseconds, self.clock.now_milliseconds())
        self._tables_changed(applied, at)

    def _tables_changed(self, applied: TableUpdate, at: int) -> None:
        numbers = list(range(self._settings.partitions))
        self._watch.changed(applied.registry_references, numbers, at)
        self._watch.recorded(applied.party_ids, numbers, at)
        for record, error in applied.refused:
            letter = self._engine.dead_letter(record, error.reason_code, error.detail)
            self._write([letter])

    def _run_batch(self) -> bool:
        now = self.clock.now_milliseconds()
        numbers = range(self._settings.partitions)
        timers = [due for n in numbers for due in due_timers(self.state, n, now, TIMERS_PER_BATCH)]
        stimuli = self._watch.take(self._settings.batch_records, numbers)
        records = self._take_records()
        if not (timers or stimuli or records):
            return False
        result = self._engine.process(self.state, records, timers, stimuli, self._origins)
        notes = self._journal.notes(
            *(records, timers, stimuli, self._origins, now),
            unknown_schemas=result.unknown_schemas,
        )
        self._commit(result, notes)
        for record in records:
            self._next[record.topic, record.partition] = record.offset + 1
            if record.topic not in PARTY_INPUTS:
                self._origins[record.partition] = Origin(*record[:3])
        return True

    def _take_records(self) -> list[InputRecord]:
        """Return the next records, across topics by the times at which they were written.

        Times within a topic partition may go back, and its order never does.
        """
        pending: list[tuple[int, InputRecord]] = []
        for number in range(self._settings.partitions):
            for topic in ALL_INPUTS:
                start = self._next.get((topic, number), 0)
                log = self.log.get((topic, number), [])
                latest = 0
                for record in log[start : start + self._settings.batch_records]:
                    latest = max(latest, record.timestamp_milliseconds)
                    pending.append((latest, record))
        pending.sort(key=itemgetter(0))
        return [record for _, record in pending[: self._settings.batch_records]]

    def _commit(self, result: Result, notes: Notes) -> None:
        self._write([*notes.records, *result.outputs])
        self._journal.committed(notes)
        positions = self._write(result.changelog)
        changes = [position_change(number, offset + 1) for number, offset in positions.items()]
        self.state.write([*result.changes, *changes])
        self.accounted.update(result.accounted)
        tell_steps(result.traced, 0.0)

    def _write(self, outputs: list[OutputRecord]) -> dict[int, int]:
        offsets = {}
        for topic, number, key, value, headers, at in outputs:
            time = at or self.clock.now_milliseconds()
            offsets[number] = self._append(topic, number, key, value, headers, time)
        return offsets

    def _restore(self, number: int) -> None:
        position = self.state.position(number) or 0
        log = self.log.get((CHANGELOG, number), [])
        prefix = partition_prefix(number)
        rows = {prefix + (record.key or b""): record.value for record in log[position:]}
        load_rows(self.state, number, rows, len(log), self._engine.decode_row)
