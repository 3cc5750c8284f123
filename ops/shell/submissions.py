"""A service that reads topics into a queue and sends what is due to a public database."""

import argparse
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ops.errors import OperatorError
from ops.shell.parts import Part, periodic
from ops.shell.sink_service import (
    MEASURE_SECONDS,
    SinkShell,
    Topics,
    add_sink_arguments,
    run_sink,
)
from ops.shell.submission_metrics import SubmissionMetrics
from sinks.database.database import connect
from sinks.submissions import queue
from sinks.submissions.contract import Destination
from sinks.submissions.sender import Sender
from sinks.submissions.submission_sink import SubmissionSink

Shared = tuple[SinkShell, SubmissionMetrics, Callable[[dict[str, int]], None]]
"""What a service's parts share; the last is told how attempts ended."""


def add_submission_arguments(parser: argparse.ArgumentParser, group: str, token: str) -> None:
    """Add the arguments that such services share; `token` names the environment variable."""
    parser.add_argument("--address", required=True, help="where to send to, up to before the API")
    parser.add_argument("--token-file", type=Path, help=f"else the variable {token} is read")
    parser.add_argument("--settings", type=Path, help="YAML file about the service")
    add_sink_arguments(parser, group)


def token_of(options: argparse.Namespace, variable: str) -> str:
    """Return the token, from its file or the environment. Errors: OperatorError."""
    token = secret_of(options.token_file, variable)
    if not token or not token.isascii() or not token.isprintable():
        raise OperatorError(f"no token: set {variable}, or give --token-file")
    return token


def secret_of(path: Path | None, variable: str) -> str:
    """Return a secret from its file, or else the environment, empty where it is in neither.

    Errors: OperatorError.
    """
    if path is None:
        return os.environ.get(variable, "").strip()
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path}: {error}") from error


def run_submissions(
    options: argparse.Namespace,
    sink: SubmissionSink[Any],
    topics: Topics,
    destination: Destination,
    shared: Shared,
    parts: Iterable[Part] = (),
) -> None:
    """Read and send until SIGTERM or SIGINT. Errors: as `run_sink`."""
    own = sending(options.database, destination, shared)
    try:
        run_sink(options, sink, topics, shared[0], (*own, *parts))
    finally:
        sink.close()


def sending(database: str, destination: Destination, shared: Shared) -> tuple[Part, Part]:
    """Return what sends a destination's queue, and what measures it."""
    shell, metrics, tell = shared
    now = shell.clock.now_milliseconds
    sender = Sender(database, destination, now, tell)

    def measure() -> None:
        with connect(database) as connection:
            found = queue.backlog(connection, destination.name, now())
        metrics.submissions(destination.name, found.oldest_seconds)

    return (
        Part(f"sender of {destination.name}", sender.run, sender.stop),
        periodic(f"measure of {destination.name}", MEASURE_SECONDS, measure),
    )
