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


def add_submission_arguments(parser: argparse.ArgumentParser, group: str, token: str) -> None:
    """Add the arguments that such services share; `token` names the environment variable."""
    parser.add_argument("--address", required=True, help="where to send to, up to before the API")
    parser.add_argument("--token-file", type=Path, help=f"else the variable {token} is read")
    parser.add_argument("--settings", type=Path, help="YAML file about the service")
    add_sink_arguments(parser, group)


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


def run_submissions(
    options: argparse.Namespace,
    sink: SubmissionSink[Any],
    topics: Topics,
    destination: Destination,
    shared: tuple[SinkShell, SubmissionMetrics, Callable[[dict[str, int]], None]],
    parts: Iterable[Part] = (),
) -> None:
    """Read and send until SIGTERM or SIGINT; the last of `shared` is told how attempts ended.

    Errors: as `run_sink`.
    """
    shell, metrics, tell = shared
    now = shell.clock.now_milliseconds
    sender = Sender(options.database, destination, now, tell)

    def measure() -> None:
        with connect(options.database) as connection:
            found = queue.backlog(connection, destination.name, now())
        metrics.submissions(destination.name, found.oldest_seconds)

    own = (
        Part("sender", sender.run, sender.stop),
        periodic("measure", MEASURE_SECONDS, measure),
    )
    try:
        run_sink(options, sink, topics, shell, (*own, *parts))
    finally:
        sink.close()
