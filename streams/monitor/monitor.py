"""The monitor: reads listing changes, judges their titles, and commits each batch as one
transaction. It has no rows, so a partition that moves needs no restore."""

import logging
import shutil
from collections import Counter
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, TopicPartition

from schemas.handled_errors import note_handled
from schemas.topic_names import TRADEMARKS_EVENTS
from schemas.wire.foreign_schemas import SchemaRegistryUnavailable
from streams.clock import Clock
from streams.garbage import collect_between_batches
from streams.kafka.consuming import records_of
from streams.kafka.records import InputRecord
from streams.kafka.stalls import StallWatch
from streams.kafka.topic_checks import TopicWatch
from streams.kafka.traced_records import tell_steps
from streams.kafka.transactions import (
    TransactionAborted,
    TransactionIndefinite,
    Transactions,
    offsets_of,
)
from streams.kafka.waiting_input import WaitingInput
from streams.monitor.engine import MonitoringEngine
from streams.monitor.metrics import MonitorMetrics
from streams.monitor.tables import MonitoringTables
from streams.monitor.term_index import BUILDING_NICENESS, IndexBuilder, IndexNotBuilt
from streams.tables.export_origin import ask_topic_ids
from streams.tables.table_reader import TableReader
from streams.topology import MONITOR_INPUTS, MONITOR_TABLES
from streams.worker.settings import WorkerSettings

logger = logging.getLogger(__name__)

REBUILD_TERMS = 2_000
"""So many terms changed since the last base make another worth its build."""

MAXIMUM_DIFFERENT_TERMS = 10_000
"""A built index that differs in more terms from the register is not begun with."""

MAXIMUM_DIFFERENT_TERMS_LATER = REBUILD_TERMS // 4

CHANGES_PER_TURN = 200
"""Table records taken in between two batches: their terms are indexed in some 20 milliseconds."""

TIMEOUT_SECONDS = 10.0
WAIT_SECONDS = 1.0
BUILD_AGAIN_SECONDS = 30.0
"""After a build that failed, as for want of room; the index in use stays meanwhile."""


class Monitor:
    """One monitor process. Errors of `run`: KafkaException, ProducerFatal, PartitionsStalled or
    TopicsUnfit, after which the process is to end and be started again by its supervisor."""

    def __init__(
        self,
        settings: WorkerSettings,
        engine: MonitoringEngine,
        tables: MonitoringTables,
        clock: Clock,
        metrics: MonitorMetrics,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._tables = tables
        self._clock = clock
        self._metrics = metrics
        self._builder = IndexBuilder(
            settings.index_directory or settings.state_directory / "indexes"
        )
        clients = settings.clients
        self._reader = TableReader(
            settings.reader("tables"), tables, tuple(MONITOR_TABLES), clock, clients
        )
        self._consumer = clients.consumer(settings.consumer())
        self._transactions = Transactions(
            settings.producer(), clock, settings.commit_timeout_seconds, clients.producer
        )
        waiting = WaitingInput(settings.bootstrap_servers, settings.group)
        self._stalls = StallWatch(settings.stall, waiting, clock, metrics.stalled)
        self._topics = TopicWatch(
            *(settings.bootstrap_servers, settings.topics),
            look_seconds=settings.topics_look_seconds,
        )
        self._versions = engine.versions(clock.now_milliseconds())
        self._stopping = False
        self._register = "", ""
        self._resumes_at_seconds: float | None = None
        self._builds_at_seconds = float("-inf")
        self._takes_part = False

    @property
    def ready(self) -> bool:
        """Whether its tables are loaded and indexed, so that it takes part in its group, and all it
        holds gets on."""
        return self._takes_part and not self._stalls.stalled

    def stop(self) -> None:
        """Ask the monitor to end after the transaction under way; safe in a signal handler."""
        self._stopping = True

    def run(self) -> None:
        """Work until `stop` is called."""
        try:
            self._load()
            self._transactions.open()
            self._consumer.subscribe(list(MONITOR_INPUTS))
            self._takes_part = True
            self._stalls.start()
            self._topics.start()
            while not self._stopping:
                self._turn()
        finally:
            self._stalls.close()
            self._topics.close()
            self._consumer.close()
            self._transactions.discard()
            self._reader.close()
            self._builder.close()

    def _load(self) -> None:
        """Read the tables to their end, then take or build the first index."""
        servers = self._settings.bootstrap_servers
        metadata, ids = ask_topic_ids(servers, [TRADEMARKS_EVENTS])
        self._register = str(metadata.cluster_id), ids[TRADEMARKS_EVENTS]
        self._reader.start()
        wait = self._settings.linger_seconds
        while not (self._stopping or self._reader.loaded):
            self._reader.turn(self._settings.table_records_per_turn, wait)
        while not (self._stopping or self._take_build()):
            if self._may_build():
                self._begin_build(MAXIMUM_DIFFERENT_TERMS, niceness=0)
            self._reader.turn(CHANGES_PER_TURN, wait)
        self._metrics.table_positions(self._reader.positions())

    def _turn(self) -> None:
        _update, count, _latest = self._reader.turn(CHANGES_PER_TURN, 0.0)
        if count:
            self._metrics.table_positions(self._reader.positions())
        self._take_build()
        if self._tables.matcher.changed_terms >= REBUILD_TERMS and self._may_build():
            self._begin_build(MAXIMUM_DIFFERENT_TERMS_LATER, BUILDING_NICENESS)
        self._resume()
        settings = self._settings
        messages = self._consumer.consume(settings.batch_records, settings.linger_seconds)
        records = records_of(messages)
        self._stalls.hold((each.topic, each.partition) for each in self._consumer.assignment())
        self._stalls.check()
        self._topics.check()
        collect_between_batches(idle=not records)
        if records:
            try:
                self._commit(records)
            except SchemaRegistryUnavailable as error:
                note_handled("schema_registry", error)
                self._wait()
            except (TransactionAborted, TransactionIndefinite) as failure:
                self._recover(failure)

    def _commit(self, records: list[InputRecord]) -> None:
        started = self._clock.monotonic_seconds()
        result = self._engine.process(records)
        following = {record[:2]: record.offset + 1 for record in records}
        self._transactions.run(
            [],
            [*self._versions, *result.records],
            offsets_of(following.items()),
            self._consumer.consumer_group_metadata(),
            lambda _step: None,
        )
        self._versions = []
        self._stalls.moved(following)
        seconds = self._clock.monotonic_seconds() - started
        self._metrics.transaction("committed", len(records), seconds)
        self._metrics.watched(result.endings, len(self._tables.matcher))
        for kind, count in Counter(type(event).__name__ for event in result.events).items():
            self._metrics.commands(kind, count)
        tell_steps(result.traced, seconds)

    def _recover(self, failure: Exception) -> None:
        logger.warning("%s: %s", type(failure).__name__, failure)
        indefinite = isinstance(failure, TransactionIndefinite)
        self._metrics.transaction("indefinite" if indefinite else "aborted", 0, 0.0)
        if indefinite:
            self._transactions.open()
        self._go_back()

    def _go_back(self) -> None:
        """Read again from what is committed."""
        assigned: list[Any] = self._consumer.assignment()
        for each in self._consumer.committed(assigned, TIMEOUT_SECONDS):
            offset = each.offset if each.offset >= 0 else OFFSET_BEGINNING
            self._consumer.seek(TopicPartition(each.topic, each.partition, offset))

    def _wait(self) -> None:
        """Read again in a moment: a record's schema is not known yet."""
        self._consumer.pause(self._consumer.assignment())
        self._go_back()
        self._resumes_at_seconds = self._clock.monotonic_seconds() + WAIT_SECONDS

    def _resume(self) -> None:
        at = self._resumes_at_seconds
        if at is None:
            return
        assigned = self._consumer.assignment()
        self._stalls.moved((each.topic, each.partition) for each in assigned)
        if self._clock.monotonic_seconds() >= at:
            self._resumes_at_seconds = None
            self._consumer.resume(assigned)

    def _begin_build(self, different_terms: int, niceness: int) -> None:
        checkpoint = self._settings.state_directory / "checkpoint"
        shutil.rmtree(checkpoint, ignore_errors=True)
        self._tables.checkpoint(checkpoint)
        position = self._tables.register_position(*self._register)
        self._builder.start(checkpoint, position, different_terms, niceness)

    def _may_build(self) -> bool:
        return not self._builder.busy and self._clock.monotonic_seconds() >= self._builds_at_seconds

    def _take_build(self) -> bool:
        """Use an index that has been built; tell whether there was one."""
        try:
            built = self._builder.take()
        except IndexNotBuilt as error:
            note_handled("term_index", error)
            self._builds_at_seconds = self._clock.monotonic_seconds() + BUILD_AGAIN_SECONDS
            return False
        if built is None:
            return False
        self._tables.use(built)
        logger.info("index of %s terms in use", len(built.terms))
        return True
