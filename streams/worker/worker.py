"""The worker: reads a batch, takes it through the engine, and commits it as one transaction."""

import logging
from typing import NamedTuple

from confluent_kafka import Consumer

from processors.step import Origin
from streams.clock import Clock
from streams.kafka.consuming import records_of
from streams.kafka.records import InputRecord, OutputRecord
from streams.kafka.transactions import (
    Probe,
    TransactionAborted,
    TransactionIndefinite,
    Transactions,
    offsets_of,
)
from streams.state.indexes import DueTimer, due_timers, next_due
from streams.state.local_state import LocalState, position_change
from streams.state.restore import Restorer
from streams.tables.global_tables import GlobalTables
from streams.tables.table_reader import TableReader
from streams.topology import PARTY_INPUTS
from streams.worker.batch_journal import BatchJournal
from streams.worker.breaker import Breaker
from streams.worker.engine import Engine
from streams.worker.lease import Lease
from streams.worker.observation import Observation
from streams.worker.partitions import Partitions
from streams.worker.registry_watch import RegistryWatch
from streams.worker.results import RegistryStimulus, Result
from streams.worker.settings import WorkerSettings
from streams.worker.standby import Standby

logger = logging.getLogger(__name__)

RESTORE_TURN_SECONDS = 0.2
MAXIMUM_REFUSED = 10_000


class Batch(NamedTuple):
    """Inputs of one transaction."""

    records: list[InputRecord]
    timers: list[DueTimer]
    stimuli: list[RegistryStimulus]


class Worker:
    """One worker process. Errors of `run`: KafkaException or ProducerFatal, after which the
    process is to end and be started again by its supervisor."""

    def __init__(
        self,
        settings: WorkerSettings,
        engine: Engine,
        state: LocalState,
        tables: GlobalTables,
        clock: Clock,
        observation: Observation,
        probe: Probe = lambda _step: None,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._state = state
        self._clock = clock
        self._observation = observation
        self._probe = probe
        self._watch = RegistryWatch(state, tables)
        self._reader = TableReader(settings.reader("tables"), tables)
        self._consumer = Consumer(settings.consumer())
        restorer = Restorer(settings.reader("restore"), state, engine.decode_row, clock)
        self._restorer = restorer
        self._partitions = Partitions(self._consumer, restorer, self._gone)
        self._breaker = Breaker(settings.circuit, self._partitions, clock)
        self._transactions = Transactions(
            settings.producer(), clock, settings.commit_timeout_seconds
        )
        self._journal = BatchJournal(
            engine.outputs, tables, engine.service_level, engine.software_version
        )
        self._lease = None
        if settings.lease_directory is not None:
            self._lease = Lease(settings.lease_directory, settings.transactional_id)
        self._noted: list[int] | None = None
        self._next_due: dict[int, int | None] = {}
        self._refused: list[OutputRecord] = []
        self._lingers = True
        self._stopping = False
        self.ready = False
        """Whether its tables are loaded, so that it takes part in its group."""

    def stop(self) -> None:
        """Ask the worker to end after the transaction under way; safe in a signal handler."""
        self._stopping = True

    def run(self) -> None:
        """Work until `stop` is called."""
        self._reader.start()
        while not (self._reader.loaded or self._stopping):
            self._turn_tables(self._settings.linger_seconds)
        self._observation.tables_at(self._reader.positions())
        try:
            if not self._stands_by():
                return
            self._transactions.open()
            self._partitions.subscribe()
            self.ready = True
            while not self._stopping:
                self._turn()
        finally:
            self._consumer.close()
            self._transactions.discard()
            self._restorer.close()
            self._reader.close()
            if self._lease is not None:
                self._lease.close()

    def _stands_by(self) -> bool:
        """Wait while another process of this host is this worker; False where it is to stop."""
        if self._lease is None:
            return not self._stopping
        standby = Standby(self._lease, self._restorer, self._clock)
        return standby.wait(lambda: self._stopping, self._turn_tables)

    def _note_partitions(self) -> None:
        held = self._partitions.all
        if self._lease is not None and held != self._noted:
            self._lease.note(held)
            self._noted = held

    def _turn(self) -> None:
        self._turn_tables(0.0)
        for restored in self._partitions.advance(RESTORE_TURN_SECONDS):
            self._next_due[restored.partition] = next_due(self._state, restored.partition)
            self._watch.reconcile(restored.partition, self._clock.now_milliseconds())
            self._observation.restored(restored)
            logger.info(
                "partition %s: restored %s rows in %.3f s",
                restored.partition,
                restored.rows,
                restored.seconds,
            )
        self._note_partitions()
        self._breaker.release()
        batch = self._collect()
        self._observation.turned(self._consumer, self._partitions, self._breaker.open_sources())
        if not (any(batch) or self._letters()):
            self._lingers = True
            return
        try:
            self._commit(batch)
        except (TransactionAborted, TransactionIndefinite) as error:
            self._recover(error)

    def _turn_tables(self, timeout_seconds: float) -> None:
        limit = self._settings.table_records_per_turn
        applied, count, at = self._reader.turn(limit, timeout_seconds)
        if at is None:
            return
        self._observation.tables_read(count, at)
        self._observation.tables_at(self._reader.positions())
        self._watch.changed(applied.registry_references, self._partitions.all, at)
        for record, error in applied.refused[: MAXIMUM_REFUSED - len(self._refused)]:
            logger.warning("table record refused: %s %s", error.reason_code, error.detail)
            letter = self._engine.dead_letter(record, error.reason_code, error.detail)
            self._refused.append(letter)

    def _letters(self) -> list[OutputRecord]:
        """Return the dead letters of the tables' topics.

        Each worker reads these topics whole, so only the one that holds partition 0 writes them.
        """
        return self._refused if self._partitions.running(0) else []

    def _collect(self) -> Batch:
        settings = self._settings
        now = self._clock.now_milliseconds()
        timers: list[DueTimer] = []
        for partition, due in self._next_due.items():
            if due is not None and due <= now and self._partitions.running(partition):
                timers += due_timers(self._state, partition, now, settings.timers_per_batch)
        running = frozenset(p for p in self._next_due if self._partitions.running(p))
        stimuli = self._watch.take(settings.stimuli_per_batch, running)
        urgent = timers or stimuli or self._restorer.partitions or not self._lingers
        linger = 0.0 if urgent else settings.linger_seconds
        records = records_of(self._consumer.consume(settings.batch_records, linger))
        # A rebalance within consume may have taken partitions away.
        held = self._partitions.running
        return Batch(
            self._breaker.within([r for r in records if held(r.partition)]),
            [t for t in timers if held(t.partition)],
            [s for s in stimuli if held(s.partition)],
        )

    def _commit(self, batch: Batch) -> None:
        self._probe("after_consume")
        started = self._clock.monotonic_seconds()
        batch, result = self._process(batch)
        offsets, origins = _positions(batch.records)
        now = self._clock.now_milliseconds()
        notes = self._journal.records(*batch, self._partitions.origins, now)
        last = self._transactions.run(
            result.changelog,
            [*self._letters(), *notes, *result.outputs],
            offsets_of(offsets.items()),
            self._consumer.consumer_group_metadata(),
            self._probe,
        )
        self._probe("after_commit")
        self._journal.committed()
        self._refused = []
        positions = [position_change(p, offset + 1) for p, offset in last.items()]
        self._state.write([*result.changes, *positions])
        self._probe("after_state_write")
        self._partitions.note(offsets, origins)
        touched = {row.partition for row in result.changelog}
        for partition in touched | {timer.partition for timer in batch.timers}:
            self._next_due[partition] = next_due(self._state, partition)
        seconds = self._clock.monotonic_seconds() - started
        # What came during a long commit has waited for company long enough.
        self._lingers = seconds < self._settings.linger_seconds
        self._observation.committed(result, len(batch.records), seconds)

    def _process(self, batch: Batch) -> tuple[Batch, Result]:
        """Process a batch, again without a source whose circuit opened on it."""
        result = self._run_engine(batch)
        tripped = self._breaker.judge(batch.records, result.dead)
        if not tripped:
            return batch, result
        batch = batch._replace(records=self._breaker.without(tripped, batch.records))
        return batch, self._run_engine(batch)

    def _run_engine(self, batch: Batch) -> Result:
        origins = self._partitions.origins
        return self._engine.process(
            self._state, batch.records, batch.timers, batch.stimuli, origins
        )

    def _recover(self, error: Exception) -> None:
        logger.warning("%s: %s", type(error).__name__, error)
        indefinite = isinstance(error, TransactionIndefinite)
        self._observation.failed(indefinite)
        if indefinite:
            self._transactions.open()
        for partition in self._partitions.all:
            self._journal.forget(partition)
        self._partitions.rewind()

    def _gone(self, partition: int) -> None:
        self._next_due.pop(partition, None)
        self._breaker.forget(partition)
        self._journal.forget(partition)
        self._watch.forget(partition)


def _positions(
    records: list[InputRecord],
) -> tuple[dict[tuple[str, int], int], dict[int, Origin]]:
    """Return where each topic partition goes on, and the last record of each partition number.

    Decisions on listings name the latter; what parties' rows take in leads to none.
    """
    last = {record[:2]: record for record in records}
    latest = {record[1]: record for record in records if record[0] not in PARTY_INPUTS}
    offsets = {source: record.offset + 1 for source, record in last.items()}
    return offsets, {number: Origin(*record[:3]) for number, record in latest.items()}
