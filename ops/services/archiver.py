"""`python -m ops archiver`: write every topic to the archive, each record once."""

import argparse
from collections.abc import Iterable
from functools import partial
from typing import Any

from confluent_kafka import KafkaException
from prometheus_client import CollectorRegistry

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, REGISTRY
from ops.shell.parts import Part, periodic
from ops.shell.process import Process
from ops.shell.service import clock_of, serve_metrics
from ops.shell.sink_service import add_sink_arguments, counts, run_reader, sink_settings
from schemas.catalog import load_topics
from schemas.wire.delivered import Source
from schemas.wire.registry import connect
from sinks.archive.archive import FILE_SECONDS, Archive
from sinks.archive.columns import CommittedRecord
from sinks.archive.storage import storage_at
from sinks.contract import SinkUnavailable, SinkUnusable
from streams.kafka.log_ends import LogEnds
from streams.kafka.records import InputRecord
from streams.kafka.sink_metrics import SinkMetrics
from streams.kafka.sink_reader import SinkReader
from streams.kafka.topic_facts import ask_cluster
from streams.metrics.stall_metrics import StallMetrics

FLUSH_SECONDS = 1.0
"""How often it is looked whether what is held is old enough for a file."""

PROCESS = Process(
    "writes every topic to the archive, as Parquet files",
    tuple(load_topics()),
    (),
    "the archive: a directory, or object storage",
    ("sinks/archive",),
    groups=("archiver",),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("archiver", help="write every topic to the archive")
    add_sink_arguments(parser, "archiver", (KAFKA, REGISTRY))
    parser.add_argument(
        "--archive", required=True, help="a directory, or an address such as s3://bucket/prefix"
    )
    parser.add_argument("--without", action="append", default=[], metavar="TOPIC")
    parser.add_argument(
        "--file-seconds", type=float, default=FILE_SECONDS, help="what a record waits at most"
    )
    parser.add_argument(
        "--begin-after-holes",
        action="store_true",
        help="go on where the log lost records before they were archived",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write until SIGTERM or SIGINT, and then what is still held. Errors: OperatorError."""
    topics = tuple(name for name in load_topics() if name not in options.without)
    unknown = set(options.without) - load_topics().keys()
    if unknown:
        raise OperatorError(f"no such topic: {', '.join(sorted(unknown))}")
    registry = CollectorRegistry()
    sinks, stalls = SinkMetrics(registry), StallMetrics(registry)
    serve_metrics(options, registry, lambda: not stalls.any_stalled)
    clock = clock_of(options)
    settings = sink_settings(options, topics)._replace(may_pass_over=False)
    try:
        archive = Archive(
            storage_at(options.archive),
            connect(options.schema_registry, register=False),
            partial(_beginnings, options.bootstrap_servers),
            clock.monotonic_seconds,
            begin_after_holes=options.begin_after_holes,
            file_seconds=options.file_seconds,
        )
        reader = SinkReader(settings, _as_it_came, archive, clock, stalls.stalled)
        run_reader(reader, _parts(archive, reader, sinks))
        archive.close()
    except (SinkUnusable, SinkUnavailable) as error:
        raise OperatorError(str(error)) from error
    return 0


def _parts(archive: Archive, reader: SinkReader[Any], metrics: SinkMetrics) -> Iterable[Part]:
    yield periodic("flush", FLUSH_SECONDS, archive.flush)
    yield counts("archive", reader, metrics)


def _as_it_came(record: InputRecord) -> CommittedRecord:
    return record


def _beginnings(bootstrap_servers: str, topics: Iterable[str]) -> dict[Source, int]:
    """Return the first offset of each partition of topics. Errors: SinkUnavailable."""
    ends = LogEnds(bootstrap_servers)
    try:
        facts = ask_cluster(bootstrap_servers, topics).topics
        return {
            (topic, partition): first
            for topic, each in facts.items()
            for partition, first in ends.ask(topic, range(each.partitions))[0].items()
        }
    except KafkaException as error:
        raise SinkUnavailable(f"Kafka: {error}") from error
