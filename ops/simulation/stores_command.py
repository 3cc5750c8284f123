"""`python -m ops simulated-stores`: the case store and the desk's outbox of a simulated day."""

import argparse
import logging
import signal
import threading

import psycopg
from confluent_kafka import KafkaException

from ops.clocks import add_clock_arguments, clock_of
from ops.desk.outbox import OutboxPublisher, make_producer
from schemas.codec import Codec
from schemas.registry import connect as connect_registry
from sinks.case_store import TOPICS, CaseStore
from sinks.contract import SinkUnavailable
from sinks.database import connect, migrate
from streams.clock import Clock
from streams.sink_reader import SinkReader, SinkSettings
from streams.worker import stop_on_signal

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.05
AWAY_SECONDS = 0.5


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "simulated-stores", help="case store and desk of a simulated day"
    )
    parser.add_argument("--bootstrap-servers", required=True)
    parser.add_argument("--schema-registry", required=True, help="Confluent API's base address")
    parser.add_argument("--database", required=True, help="PostgreSQL, as a libpq URI")
    add_clock_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    migrate(options.database)
    codec, clock = connect_registry(options.schema_registry, register=True), clock_of(options)
    settings = SinkSettings(options.bootstrap_servers, "case-store", TOPICS)
    reader = SinkReader(settings, codec, CaseStore(options.database), clock)
    handler = stop_on_signal(reader)
    signal.signal(signal.SIGTERM, handler)
    signal.signal(signal.SIGINT, handler)
    stopping = threading.Event()
    publisher = threading.Thread(
        target=_publish, args=(options, codec, clock, stopping), name="outbox"
    )
    publisher.start()
    try:
        reader.run()
    finally:
        stopping.set()
        publisher.join()
    return 0


def _publish(
    options: argparse.Namespace, codec: Codec, clock: Clock, stopping: threading.Event
) -> None:
    publisher = None
    while not stopping.is_set():
        pause = IDLE_SECONDS
        try:
            if publisher is None:
                producer = make_producer(options.bootstrap_servers)
                publisher = OutboxPublisher(connect(options.database), producer, codec, clock)
            if publisher.publish():
                pause = 0.0
        except (psycopg.OperationalError, SinkUnavailable, KafkaException) as error:
            logger.warning("the outbox waits: %s", error)
            publisher, pause = None, AWAY_SECONDS
        stopping.wait(pause)
