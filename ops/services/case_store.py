"""`python -m ops case-store`: fill the case store, and tell how the review queue stands."""

import argparse
import logging
import threading
from collections import Counter
from typing import NamedTuple

import psycopg
from confluent_kafka import KafkaException

from ops.errors import OperatorError
from ops.services.service import (
    add_clock_arguments,
    add_metrics_arguments,
    clock_of,
    serve_metrics,
    stop_on_signals,
)
from ops.services.service_database import database_answers, migrate_database
from schemas.wire.registry import connect as connect_registry
from sinks.case_store.case_store import TOPICS, CaseStore
from sinks.contract import SinkUnavailable
from sinks.database.database import connect
from sinks.database.outbox import read_backlogs
from streams.clock import Clock
from streams.kafka.sink_metrics import SinkMetrics
from streams.kafka.sink_reader import SinkReader, SinkSettings
from streams.sources.desk.metrics import DeskMetrics
from streams.sources.desk.queue import queue_state
from streams.sources.outbox_metrics import OutboxMetrics

logger = logging.getLogger(__name__)

MEASURE_SECONDS = 15.0


class CaseStoreMetrics(NamedTuple):
    """What the service tells, on one registry."""

    desk: DeskMetrics
    sink: SinkMetrics
    outbox: OutboxMetrics

    @classmethod
    def make(cls) -> "CaseStoreMetrics":
        """Make them."""
        desk = DeskMetrics()
        return cls(desk, SinkMetrics(desk.registry), OutboxMetrics(desk.registry))


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("case-store", help="fill the case store from topics")
    parser.add_argument("--database", required=True, help="PostgreSQL, as a libpq URI")
    parser.add_argument("--bootstrap-servers", required=True)
    parser.add_argument("--schema-registry", required=True, help="Confluent API's base address")
    parser.add_argument("--group", default="case-store")
    parser.add_argument("--batch-records", type=int, default=1_000)
    add_metrics_arguments(parser)
    add_clock_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Fill the store until SIGTERM or SIGINT. Errors: OperatorError."""
    migrate_database(options.database)
    clock, metrics = clock_of(options), CaseStoreMetrics.make()
    codec = connect_registry(options.schema_registry, register=True)
    store = CaseStore(options.database)
    settings = SinkSettings(
        options.bootstrap_servers, options.group, TOPICS, batch_records=options.batch_records
    )
    reader = SinkReader(settings, codec, store, clock)
    stop_on_signals(reader.stop)
    ended = threading.Event()
    measuring = threading.Thread(
        target=_measure, args=(options.database, store, clock, metrics, ended), daemon=True
    )
    if serve_metrics(options, metrics.desk.registry, lambda: database_answers(options.database)):
        measuring.start()
    try:
        reader.run()
    except KafkaException as error:
        raise OperatorError(f"Kafka: {error}") from error
    finally:
        ended.set()
        store.close()
    return 0


def _measure(
    address: str, store: CaseStore, clock: Clock, metrics: CaseStoreMetrics, ended: threading.Event
) -> None:
    told: Counter[str] = Counter()
    while not ended.wait(MEASURE_SECONDS):
        endings = Counter(store.endings)
        metrics.sink.sink_records("case-store", dict(endings - told))
        told = endings
        try:
            with connect(address) as connection:
                now = clock.now_milliseconds()
                state, backlogs = queue_state(connection, now), read_backlogs(connection, now)
        except (SinkUnavailable, psycopg.OperationalError) as error:
            logger.warning("the queue is not measured: %s", error)
            continue
        metrics.desk.review_queue(state.gauges())
        # Told here too: it is when no publisher runs that most is to be told.
        for source, backlog in backlogs.items():
            metrics.outbox.outbox(source, *backlog)
