"""`python -m ops desk-outbox`: send what the desk decided to Kafka, and keep the queue in order."""

import argparse
import logging
import threading
import time

import psycopg
from confluent_kafka import KafkaException

from ops.services.service import add_clock_arguments, clock_of, stopping_event
from ops.services.service_database import migrate_database
from schemas.wire.codec import Codec
from schemas.wire.registry import connect as connect_registry
from sinks.contract import SinkUnavailable
from sinks.database.database import connect
from streams.clock import Clock
from streams.sources.desk.desk import Desk
from streams.sources.desk.outbox import OutboxPublisher, make_producer

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.1
RETRY_SECONDS = 1.0
UPKEEP_SECONDS = 5.0


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("desk-outbox", help="send what the review desk decided")
    parser.add_argument("--database", required=True, help="PostgreSQL, as a libpq URI")
    parser.add_argument("--bootstrap-servers", required=True)
    parser.add_argument("--schema-registry", required=True, help="Confluent API's base address")
    add_clock_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Publish until SIGTERM or SIGINT. Errors: OperatorError."""
    migrate_database(options.database)
    codec, clock = connect_registry(options.schema_registry, register=True), clock_of(options)
    stopping = stopping_event()
    while not stopping.is_set():
        try:
            _publish(options, codec, clock, stopping)
        except (SinkUnavailable, psycopg.OperationalError, KafkaException) as error:
            # A new connection and a new producer: what the old ones did last isn't known.
            logger.warning("the outbox waits: %s", error)
            stopping.wait(RETRY_SECONDS)
    return 0


def _publish(
    options: argparse.Namespace, codec: Codec, clock: Clock, stopping: threading.Event
) -> None:
    with connect(options.database) as connection:
        producer = make_producer(options.bootstrap_servers)
        publisher = OutboxPublisher(connection, producer, codec, clock)
        desk = Desk(connection, clock)
        upkeep_at = 0.0
        while not stopping.is_set():
            if time.monotonic() >= upkeep_at:
                desk.upkeep()
                upkeep_at = time.monotonic() + UPKEEP_SECONDS
            if not publisher.publish():
                stopping.wait(IDLE_SECONDS)
