"""The worker: reads a batch, takes it through the engine, and commits it as one transaction.

While a batch is being committed, the next one is read and stepped, of other partitions: so no step
sees what may yet be rolled back, and where the first batch fails the second is dropped unwritten.
"""

import logging

from schemas.handled_errors import note_handled
from streams.clock import Clock
from streams.garbage import collect_between_batches
from streams.kafka.records import OutputRecord
from streams.kafka.transactions import (
    Probe,
    ProducerFatal,
    RecordRefused,
    TransactionAborted,
    TransactionIndefinite,
    Transactions,
)
from streams.state.local_state import LocalState, position_change
from streams.state.restore import Restorer
from streams.tables.global_tables import GlobalTables
from streams.tables.table_reader import TableReader
from streams.worker.batch_journal import BatchJournal
from streams.worker.breaker import Breaker
from streams.worker.collector import Collector
from streams.worker.commits import Batch, Commits, SteppedBatch, positions_of
from streams.worker.engine import Engine
from streams.worker.isolation import Isolation
from streams.worker.lease import Lease
from streams.worker.observation import Observation
from streams.worker.partition_watch import PartitionWatch
from streams.worker.partitions import Partitions, Phase
from streams.worker.registry_watch import RegistryWatch
from streams.worker.results import RecordWaits, Result
from streams.worker.settings import WorkerSettings
from streams.worker.standby import Standby
from streams.worker.table_updates import TableUpdates

logger = logging.getLogger(__name__)

RESTORE_TURN_SECONDS = 0.2


class Worker:
    """One worker process. Errors of `run`: KafkaException, ProducerFatal, PartitionsStalled,
    TopicsUnfit or OffsetsMissing, after which the process is to end and be started again by its
    supervisor; the last two stay until somebody mends them."""

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
        self._tables = tables
        self._watch = RegistryWatch(state, tables)
        clients = settings.clients
        self._reader = TableReader(settings.reader("tables"), tables, clock=clock, clients=clients)
        self._updates = TableUpdates(self._reader, engine, self._watch, observation, clock)
        self._consumer = clients.consumer(settings.consumer())
        restorer = Restorer(settings.reader("restore"), state, engine.decode_row, clock, clients)
        self._restorer = restorer
        self._partitions = Partitions(
            *(self._consumer, restorer, self._settle_before_leaving, self._gone, clock),
            settings.begin_missing_offsets,
        )
        self._breaker = Breaker(settings.circuit, self._partitions, clock)
        self._transactions = Transactions(
            settings.producer(), clock, settings.commit_timeout_seconds, clients.producer
        )
        self._commits = Commits(self._transactions, probe, clients.commit_thread)
        self._collector = Collector(
            settings, self._consumer, self._partitions, self._breaker, self._watch, state, clock
        )
        self._journal = BatchJournal(
            engine.outputs, tables, engine.service_level, engine.software_version
        )
        self._lease = None
        if settings.lease_directory is not None:
            self._lease = Lease(settings.lease_directory, settings.transactional_id)
        self._stalls = PartitionWatch(settings, clock, observation)
        self._noted: list[int] | None = None
        self._failure: Exception | None = None
        self._isolation = Isolation()
        self._lingers = True
        self._stopping = False
        self._takes_part = False

    @property
    def ready(self) -> bool:
        """Whether its tables are loaded, so that it takes part in its group, and nothing stands
        still."""
        return self._takes_part and not self._stalls.stalled

    def stop(self) -> None:
        """Ask the worker to end after the transaction under way; safe in a signal handler."""
        self._stopping = True

    def run(self) -> None:
        """Work until `stop` is called."""
        self._reader.start()
        while not (self._reader.loaded or self._stopping):
            self._turn_tables(self._settings.linger_seconds)
        self._observation.tables_at(self._reader.positions())
        self._observation.rules_in_use(self._tables)
        try:
            if not self._stands_by():
                return
            self._transactions.open()
            self._partitions.subscribe()
            self._takes_part = True
            self._stalls.start()
            while not self._stopping:
                self._turn()
            self._settle_last()
        finally:
            self._stalls.close()
            self._commits.close()
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
            self._collector.look_at_timers([restored.partition])
            self._watch.forget(restored.partition)
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
        circuits = self._breaker.open_sources()
        self._observation.turned(self._consumer, self._partitions, circuits)
        self._stalls.turned(self._partitions.all, self._restorer.brought, circuits)
        try:
            self._work()
        except (TransactionAborted, TransactionIndefinite) as error:
            self._recover(error)

    def _work(self) -> None:
        """Step a batch while the one before is being committed, or wait for that one's end."""
        if self._commits.ended:
            self._settle()
        lingers = self._lingers and not self._restorer.partitions
        batch = self._collect(lingers)
        if self._failure is not None:
            raise self._failure
        under_way = self._commits.under_way is not None
        if any(batch) or (not under_way and (self._letters() or self._partitions.overdue)):
            stepped = self._step(batch)
            self._settle()
            offsets = {**self._partitions.renewals(), **stepped.offsets}
            # Dead letters of tables are written by who holds partition 0.
            offsets = offsets or self._partitions.standing(stepped.partitions or {0})
            stepped = stepped._replace(offsets=offsets)
            metadata = self._consumer.consumer_group_metadata()
            self._commits.start(stepped, list(self._letters()), metadata)
        elif under_way:
            self._settle()
        else:
            self._lingers = True
            collect_between_batches(idle=True)

    def _collect(self, lingers: bool) -> Batch:
        """Return the next batch; of one input where a broker refuses a record of some."""
        if not self._isolation.active:
            return self._collector.collect(self._commits.busy, lingers)
        self._settle()
        return self._collector.collect((), lingers, limit=1)

    def _turn_tables(self, timeout_seconds: float) -> None:
        limit, held = self._settings.table_records_per_turn, self._partitions.all
        self._updates.turn(limit, timeout_seconds, held, self._commits.busy)
        self._observation.rules_in_use(self._tables)

    def _letters(self) -> list[OutputRecord]:
        """Return the dead letters of the tables' topics.

        Each worker reads these topics whole, so only the one that holds partition 0 writes them.
        """
        return self._updates.refused if self._partitions.running(0) else []

    def _step(self, batch: Batch) -> SteppedBatch:
        self._probe("after_consume")
        started = self._clock.monotonic_seconds()
        batch, result = self._process(batch)
        self._collector.pace.measured(len(batch.records), self._clock.monotonic_seconds() - started)
        offsets, origins = positions_of(batch.records)
        notes = self._journal.notes(
            *(*batch, self._partitions.origins, self._clock.now_milliseconds()),
            self._isolation.refusal_of(batch),
            result.unknown_schemas,
        )
        return SteppedBatch(batch, result, notes, offsets, origins, started)

    def _settle(self) -> None:
        """Wait for the commit under way, if there is any, and take over what it made true."""
        if self._commits.under_way is None:
            return
        under_way, last = self._commits.wait()
        self._probe("after_commit")
        batch, result, notes, offsets, origins, started = under_way.stepped
        self._journal.committed(notes)
        self._isolation.committed(batch)
        positions = [position_change(p, offset + 1) for p, offset in last.items()]
        self._state.write([*result.changes, *positions])
        self._probe("after_state_write")
        self._partitions.note(offsets, origins)
        self._stalls.committed(under_way.partitions, self._partitions.in_phase(Phase.RUNNING))
        touched = {row.partition for row in result.changelog}
        self._collector.look_at_timers(touched | {timer.partition for timer in batch.timers})
        self._updates.committed(len(under_way.letters), under_way.partitions)
        seconds = self._clock.monotonic_seconds() - started
        # What came during a long commit has waited for company long enough.
        self._lingers = seconds < self._settings.linger_seconds
        self._observation.committed(result, len(batch.records), seconds)
        collect_between_batches(idle=False)

    def _settle_last(self) -> None:
        try:
            self._settle()
        except (TransactionAborted, TransactionIndefinite) as error:
            note_handled("last_batch", error)

    def _settle_before_leaving(self) -> None:
        """Settle before partitions are given up; errors wait until the client has returned."""
        try:
            self._settle()
        except (TransactionAborted, TransactionIndefinite, ProducerFatal) as error:
            self._failure = error

    def _process(self, batch: Batch) -> tuple[Batch, Result]:
        """Process a batch, again without what can't be read yet, or whose circuit opened on it."""
        batch, result = self._process_readable(batch)
        tripped = self._breaker.judge(batch.records, result.dead)
        if not tripped:
            return batch, result
        batch = self._collector.without(tripped, batch)
        return batch, self._run_engine(batch)

    def _process_readable(self, batch: Batch) -> tuple[Batch, Result]:
        while True:
            try:
                return batch, self._run_engine(batch)
            except RecordWaits as waits:
                note_handled("schema_registry", waits.__cause__)
                batch = self._collector.wait(waits.record, batch)

    def _run_engine(self, batch: Batch) -> Result:
        refusal = self._isolation.refusal_of(batch)
        return self._engine.process(self._state, *batch, self._partitions.origins, refusal)

    def _recover(self, error: Exception) -> None:
        logger.warning("%s: %s", type(error).__name__, error)
        if isinstance(error, RecordRefused):
            self._isolation.refused(self._commits.last_batch, error)
        indefinite = isinstance(error, TransactionIndefinite)
        self._observation.failed(indefinite)
        if indefinite:
            self._transactions.open()
        self._failure = None
        self._collector.rewind()
        self._updates.rewind()
        for partition in self._partitions.all:
            self._journal.forget(partition)
        self._partitions.rewind()

    def _gone(self, partition: int) -> None:
        self._collector.forget(partition)
        self._journal.forget(partition)
