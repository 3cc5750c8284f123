"""`python -m ops case-store`: fill the case store, and tell how the review queue stands."""

import argparse
import logging
import signal
import threading
from collections import Counter

import psycopg
from confluent_kafka import KafkaException

from ops.clocks import add_clock_arguments, clock_of
from ops.errors import OperatorError
from schemas.wire.registry import connect as connect_registry
from sinks.case_store.case_store import TOPICS, CaseStore
from sinks.contract import SinkUnavailable
from sinks.database.database import connect, migrate
from streams.clock import Clock
from streams.kafka.sink_reader import SinkReader, SinkSettings
from streams.metrics.metrics import Metrics
from streams.sources.desk.queue import queue_state
from streams.worker.worker import stop_on_signal

logger = logging.getLogger(__name__)

MEASURE_SECONDS = 15.0


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("case-store", help="fill the case store from topics")
    parser.add_argument("--database", required=True, help="PostgreSQL, as a libpq URI")
    parser.add_argument("--bootstrap-servers", required=True)
    parser.add_argument("--schema-registry", required=True, help="Confluent API's base address")
    parser.add_argument("--group", default="case-store")
    parser.add_argument("--batch-records", type=int, default=1_000)
    parser.add_argument("--metrics-port", type=int, default=0, help="0 serves none")
    add_clock_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Fill the store until SIGTERM or SIGINT. Errors: OperatorError."""
    try:
        migrate(options.database)
    except SinkUnavailable as error:
        raise OperatorError(f"the database does not answer: {error}") from error
    clock, metrics = clock_of(options), Metrics()
    codec = connect_registry(options.schema_registry, register=True)
    store = CaseStore(options.database)
    settings = SinkSettings(
        options.bootstrap_servers, options.group, TOPICS, batch_records=options.batch_records
    )
    reader = SinkReader(settings, codec, store, clock)
    handler = stop_on_signal(reader)
    signal.signal(signal.SIGTERM, handler)
    signal.signal(signal.SIGINT, handler)
    ended = threading.Event()
    measuring = threading.Thread(
        target=_measure, args=(options.database, store, clock, metrics, ended), daemon=True
    )
    if options.metrics_port:
        metrics.serve(options.metrics_port)
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
    address: str, store: CaseStore, clock: Clock, metrics: Metrics, ended: threading.Event
) -> None:
    told: Counter[str] = Counter()
    while not ended.wait(MEASURE_SECONDS):
        endings = Counter(store.endings)
        metrics.sink_records("case-store", dict(endings - told))
        told = endings
        try:
            with connect(address) as connection:
                state = queue_state(connection, clock.now_milliseconds())
        except (SinkUnavailable, psycopg.OperationalError) as error:
            logger.warning("the queue is not measured: %s", error)
            continue
        metrics.review_queue(state.gauges())
