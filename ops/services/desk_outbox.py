"""`python -m ops desk-outbox`: publish the outbox, and keep the review desk's queue in order."""

import argparse
import threading

from ops.shell.connections import DATABASE, KAFKA, REGISTRY, add_connection_arguments
from ops.shell.process import Process
from ops.shell.service import (
    add_clock_arguments,
    add_metrics_arguments,
    clock_of,
    serve_metrics,
    stopping_event,
)
from ops.shell.service_database import database_answers, migrate_database
from schemas.handled_errors import note_handled
from schemas.topic_names import CONDUCT_EVENTS, DESK_EVENTS, REVIEWS_EVENTS
from schemas.wire.registry import connect as connect_registry
from sinks.contract import SinkUnavailable
from sinks.database.database import AWAY, connect
from streams.clock import Clock
from streams.sources.desk.database_clock import desk_clock
from streams.sources.desk.desk import Desk
from streams.sources.outbox_metrics import OutboxMetrics
from streams.sources.outbox_publisher import OutboxPublisher

RETRY_SECONDS = 1.0
UPKEEP_SECONDS = 5.0


PROCESS = Process(
    "publishes what reviewers decided, and ends leases",
    (),
    (REVIEWS_EVENTS, DESK_EVENTS, CONDUCT_EVENTS),
    "PostgreSQL: review tasks, outbox",
    ("streams/sources/desk", "streams/sources"),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("desk-outbox", help="send what the review desk decided")
    add_connection_arguments(parser, KAFKA, REGISTRY, DATABASE)
    add_metrics_arguments(parser)
    add_clock_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Publish until SIGTERM or SIGINT. Errors: OperatorError."""
    migrate_database(options.database)
    codec, clock = connect_registry(options.schema_registry, register=True), clock_of(options)
    metrics, stopping = OutboxMetrics(), stopping_event()
    publisher = OutboxPublisher(options.database, options.bootstrap_servers, codec, clock, metrics)
    serve_metrics(options, metrics.registry, lambda: database_answers(options.database))
    with publisher:
        while not stopping.is_set():
            try:
                _keep_queue(options.database, clock, stopping)
            except (SinkUnavailable, *AWAY) as error:
                note_handled("upkeep", error)
                stopping.wait(RETRY_SECONDS)
    return 0


def _keep_queue(address: str, clock: Clock, stopping: threading.Event) -> None:
    with connect(address) as connection:
        desk = Desk(connection, desk_clock(connection, clock))
        while not stopping.is_set():
            desk.upkeep()
            stopping.wait(UPKEEP_SECONDS)
