"""A service that reads topics into a sink, with whatever else it does meanwhile."""

import argparse
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol

from confluent_kafka import KafkaException
from prometheus_client import CollectorRegistry

from ops.errors import OperatorError
from ops.shell.connections import DATABASE, KAFKA, REGISTRY, add_connection_arguments
from ops.shell.parts import Part, RunningParts, periodic
from ops.shell.service import (
    add_clock_arguments,
    add_metrics_arguments,
    clock_of,
    needed_topics,
    serve_metrics,
    stop_on_signals,
)
from ops.shell.service_database import database_answers, migrate_database
from schemas.wire.delivered import Delivered
from schemas.wire.registry import connect
from sinks.contract import Sink, SinkUnusable
from sinks.database.row_sink import RowSink
from sinks.submissions.contract import SubmissionsStopped
from streams.clock import Clock
from streams.kafka.sink_metrics import SinkMetrics
from streams.kafka.sink_reader import SinkReader, SinkSettings, events_by
from streams.kafka.stalls import PartitionsStalled
from streams.metrics.stall_metrics import StallMetrics

MEASURE_SECONDS = 15.0

Topics = tuple[str, ...]


class SinkShell(NamedTuple):
    """What a sink's service has before it reads: its clock, and where stalls are told."""

    clock: Clock
    stalls: StallMetrics


def add_sink_arguments(
    parser: argparse.ArgumentParser, group: str, connections: Topics = (KAFKA, REGISTRY, DATABASE)
) -> None:
    """Add the arguments that such services share."""
    add_connection_arguments(parser, *connections)
    parser.add_argument("--group", default=group)
    parser.add_argument("--batch-records", type=int, default=1_000)
    parser.add_argument("--session-timeout-milliseconds", type=int, default=10_000)
    add_metrics_arguments(parser)
    add_clock_arguments(parser)


def prepare(options: argparse.Namespace, registry: CollectorRegistry) -> SinkShell:
    """Bring the database to its version, and serve metrics. Errors: OperatorError."""
    migrate_database(options.database)
    stalls = StallMetrics(registry)

    def ready() -> bool:
        return database_answers(options.database) and not stalls.any_stalled

    serve_metrics(options, registry, ready)
    return SinkShell(clock_of(options), stalls)


def run_sink(
    options: argparse.Namespace,
    sink: Sink[Delivered],
    topics: Topics,
    shell: SinkShell,
    parts: Iterable[Part],
) -> None:
    """Read until SIGTERM or SIGINT, with other parts beside. Errors: OperatorError where Kafka is
    lost for good, partitions stand still, or nothing can be sent as it is set up; whatever else
    ended a part."""
    settings = sink_settings(options, topics)
    read = events_by(connect(options.schema_registry, register=False))
    run_reader(SinkReader(settings, read, sink, shell.clock, shell.stalls.stalled), parts)


def sink_settings(options: argparse.Namespace, topics: Topics) -> SinkSettings:
    """Return how a reader of topics runs. Errors: OperatorError where one of them is missing."""
    needed_topics(options.bootstrap_servers, topics)
    return SinkSettings(
        options.bootstrap_servers,
        options.group,
        topics,
        options.batch_records,
        options.session_timeout_milliseconds,
    )


def run_reader(reader: SinkReader[Any], parts: Iterable[Part]) -> None:
    """Let a reader read until SIGTERM or SIGINT, with other parts beside. Errors: as `run_sink`."""
    ended = threading.Event()
    stop_on_signals(ended.set)
    running = RunningParts((Part("reader", reader.run, reader.stop), *parts), ended.set)
    ended.wait()
    try:
        running.end()
    except SinkUnusable as error:
        raise OperatorError(str(error)) from error
    except PartitionsStalled as error:
        raise OperatorError(f"{error}; to be started again") from error
    except SubmissionsStopped as error:
        raise OperatorError(str(error)) from error
    except KafkaException as error:
        raise OperatorError(f"Kafka: {error}") from error


class Counted(Protocol):
    """What tells how many records ended how."""

    endings: Counter[str]


def counts(name: str, sink: Counted, metrics: SinkMetrics) -> Part:
    """Return a part that tells what became of the records that a sink took."""
    told: Counter[str] = Counter()

    def tell() -> None:
        endings = Counter(sink.endings)
        metrics.sink_records(name, dict(endings - told))
        told.update(endings - told)

    return periodic("counts", MEASURE_SECONDS, tell)


def run_row_sink(
    options: argparse.Namespace, name: str, topics: Topics, make: Callable[[str], RowSink]
) -> int:
    """Run a sink of rows, made on a database's address, until SIGTERM or SIGINT.

    Errors: as `run_sink`.
    """
    metrics = SinkMetrics()
    shell = prepare(options, metrics.registry)
    sink = make(options.database)
    try:
        run_sink(options, sink, topics, shell, (counts(name, sink, metrics),))
    finally:
        sink.close()
    return 0
