"""A service that reads topics into a queue and sends what is due to a public database."""

import argparse
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
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
from ops.services.submission_metrics import SubmissionMetrics
from schemas.wire.registry import connect
from sinks.contract import Sink, SinkUnavailable
from sinks.database.database import connect as connect_database
from sinks.submissions import queue
from sinks.submissions.contract import Destination, SubmissionsStopped
from sinks.submissions.sender import Sender
from streams.clock import Clock
from streams.kafka.sink_reader import SinkReader, SinkSettings

logger = logging.getLogger(__name__)

GAUGE_SECONDS = 15.0
END_SECONDS = 60.0


class Periodic(NamedTuple):
    """What is done every so many seconds of the machine's time."""

    seconds: float
    act: Callable[[], None]


class Service(NamedTuple):
    """A service's parts; `tell` is told what became of events and attempts."""

    sink: Sink
    topics: tuple[str, ...]
    destination: Destination
    tell: Callable[[dict[str, int]], None]
    periodic: tuple[Periodic, ...] = ()


def add_service_arguments(parser: argparse.ArgumentParser, group: str, token: str) -> None:
    """Add the arguments that such services share; `token` names the environment variable."""
    parser.add_argument("--bootstrap-servers", required=True)
    parser.add_argument("--schema-registry", required=True, help="Confluent API's base address")
    parser.add_argument("--database", required=True, help="PostgreSQL, as a libpq URI")
    parser.add_argument("--address", required=True, help="where to send to, up to before the API")
    parser.add_argument("--token-file", type=Path, help=f"else the variable {token} is read")
    parser.add_argument("--settings", type=Path, help="YAML file about the service")
    parser.add_argument("--group", default=group)
    parser.add_argument("--session-timeout-milliseconds", type=int, default=10_000)
    add_metrics_arguments(parser)
    add_clock_arguments(parser)


def token_of(options: argparse.Namespace, variable: str) -> str:
    """Return the token, from its file or the environment. Errors: OperatorError."""
    if options.token_file is None:
        token = os.environ.get(variable, "")
    else:
        try:
            token = options.token_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise OperatorError(f"{options.token_file}: {error}") from error
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise OperatorError(f"no token: set {variable}, or give --token-file")
    return token


def prepare(options: argparse.Namespace) -> tuple[Clock, SubmissionMetrics]:
    """Bring the database to its version, and serve metrics. Errors: OperatorError."""
    migrate_database(options.database)
    metrics = SubmissionMetrics()
    serve_metrics(options, metrics.registry, lambda: database_answers(options.database))
    return clock_of(options), metrics


def run_service(
    options: argparse.Namespace, service: Service, clock: Clock, metrics: SubmissionMetrics
) -> None:
    """Run until SIGTERM or SIGINT. Errors: OperatorError where nothing can be sent as it is set
    up, or Kafka is lost for good."""
    codec = connect(options.schema_registry, register=False)
    settings = SinkSettings(
        options.bootstrap_servers,
        options.group,
        service.topics,
        session_timeout_milliseconds=options.session_timeout_milliseconds,
    )
    reader = SinkReader(settings, codec, service.sink, clock)
    sender = Sender(options.database, service.destination, clock.now_milliseconds, service.tell)
    gauge = Periodic(GAUGE_SECONDS, lambda: _measure(options.database, service, clock, metrics))
    ended = threading.Event()
    failures: list[str] = []

    def stop() -> None:
        reader.stop()
        sender.stop()
        ended.set()

    def send() -> None:
        try:
            sender.run()
        except SubmissionsStopped as error:
            failures.append(str(error))
        except Exception as error:
            logger.exception("the sender failed")
            failures.append(f"the sender failed: {error!r}")
        finally:
            stop()

    threads = [threading.Thread(target=send)]
    threads += [
        threading.Thread(target=_repeat, args=(each, ended)) for each in (gauge, *service.periodic)
    ]
    stop_on_signals(stop)
    for thread in threads:
        thread.start()
    try:
        reader.run()
    except KafkaException as error:
        failures.append(f"Kafka: {error}")
    finally:
        stop()
        for thread in threads:
            thread.join(END_SECONDS)
    if failures:
        raise OperatorError(failures[0])


def _repeat(periodic: Periodic, ended: threading.Event) -> None:
    while not ended.wait(periodic.seconds):
        try:
            periodic.act()
        except (SinkUnavailable, psycopg.Error) as error:
            logger.warning("the database does not answer: %s", error)


def _measure(address: str, service: Service, clock: Clock, metrics: SubmissionMetrics) -> None:
    name = service.destination.name
    with connect_database(address) as connection:
        found = queue.backlog(connection, name, clock.now_milliseconds())
    metrics.submissions(name, found.oldest_seconds)
