"""What every service has: its clock, its end, its metrics and health."""

import argparse
import logging
import signal
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from confluent_kafka import KafkaException
from prometheus_client import CollectorRegistry

from ops.errors import OperatorError
from ops.shell.endpoint import Endpoint
from ops.shell.jumping_clock import JumpingClock
from schemas.handled_errors import HANDLED
from streams import garbage
from streams.clock import Clock, ScaledClock, SystemClock
from streams.kafka.stalls import PartitionsStalled
from streams.kafka.topic_checks import TopicsUnfit, existing_topics, fit_topics
from streams.kafka.topic_facts import ClusterFacts
from streams.metrics.error_metrics import ErrorMetrics
from streams.state.local_state import LocalState, StateCorrupted, StateUnavailable, set_aside
from streams.state.state_origin import OffsetsMissing, StateForeign, check_origin

logger = logging.getLogger(__name__)


class StatefulProcess(Protocol):
    """A worker or a monitor."""

    def run(self) -> None:
        """Work until `stop` is called."""

    def stop(self) -> None:
        """Ask it to end; safe in a signal handler."""


def add_clock_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments by which a service's time may run faster than the machine's, or jump."""
    parser.add_argument("--clock-factor", type=float, default=1.0, help="1 is the machine's time")
    parser.add_argument(
        "--clock-started-at-milliseconds",
        type=int,
        default=0,
        help="when both times agree; may lie ahead, and the service's time is then behind until it",
    )
    parser.add_argument(
        "--clock-file", type=Path, help="says by how many milliseconds its time is another, at once"
    )


def clock_of(options: argparse.Namespace) -> Clock:
    """Return the machine's clock, or one that jumps or is scaled where that is asked for."""
    if options.clock_file is not None:
        return JumpingClock(options.clock_file)
    if options.clock_factor == 1.0:
        return SystemClock()
    return ScaledClock(options.clock_factor, options.clock_started_at_milliseconds)


def add_metrics_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say where metrics and health are served."""
    parser.add_argument("--metrics-port", type=int, default=0, help="0 serves none")
    parser.add_argument(
        "--metrics-address", default="127.0.0.1", help="what /metrics, /live and /ready listen on"
    )


def serve_metrics(
    options: argparse.Namespace, registry: CollectorRegistry, ready: Callable[[], bool]
) -> Endpoint | None:
    """Serve metrics and health, where a port is given. Errors: OperatorError."""
    if not options.metrics_port:
        return None
    ErrorMetrics(registry, HANDLED.counts)
    try:
        return Endpoint(options.metrics_address, options.metrics_port, registry, ready)
    except OSError as error:
        where = f"{options.metrics_address}:{options.metrics_port}"
        raise OperatorError(f"metrics can't be served on {where}: {error}") from error


def stop_on_signals(stop: Callable[[], object]) -> None:
    """Have SIGTERM and SIGINT ask a service to end."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stop())


def stopping_event() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stopping = threading.Event()
    stop_on_signals(stopping.set)
    return stopping


def needed_topics(bootstrap_servers: str, topics: Collection[str]) -> ClusterFacts:
    """Return what the cluster says of the topics that a process needs. Errors: OperatorError."""
    return _asked(bootstrap_servers, lambda: existing_topics(bootstrap_servers, topics))


def divided_topics(
    bootstrap_servers: str, topics: Collection[str], partitions: int | None = None
) -> ClusterFacts:
    """Return the same where partition n of one topic goes with n of another. Errors: OperatorError
    also where they are divided otherwise, or not into so many."""
    return _asked(bootstrap_servers, lambda: fit_topics(bootstrap_servers, topics, partitions))


def _asked(bootstrap_servers: str, ask: Callable[[], ClusterFacts]) -> ClusterFacts:
    try:
        return ask()
    except TopicsUnfit as error:
        raise OperatorError(str(error)) from error
    except KafkaException as error:
        raise OperatorError(f"Kafka at {bootstrap_servers} does not answer: {error}") from error


def open_state(directory: Path, group: str, topics: ClusterFacts) -> LocalState:
    """Open a process's local state; what is broken is set aside, and made anew.

    Errors: OperatorError where it can't be used now, or is of other logs, and is left as it is.
    """
    with _state_told():
        try:
            state = LocalState(directory)
        except StateCorrupted as error:
            logger.error("local state broke, and is %s now: %s", set_aside(directory), error)
            state = LocalState(directory)
        try:
            check_origin(state, group, topics)
        except StateForeign as error:
            state.close()
            raise OperatorError(f"{directory}: {error}") from error
    return state


@contextmanager
def _state_told() -> Iterator[None]:
    try:
        yield
    except (StateCorrupted, StateUnavailable) as error:
        raise OperatorError(f"local state can't be used: {error}") from error


def run_with_state(process: StatefulProcess, directory: Path) -> None:
    """Run a process that has local state until SIGTERM or SIGINT. Errors: OperatorError."""
    garbage.take_charge()
    stop_on_signals(process.stop)
    try:
        with _state_told():
            _run_or_set_aside(process, directory)
    except PartitionsStalled as error:
        raise OperatorError(f"{error}; to be started again") from error
    except (TopicsUnfit, OffsetsMissing) as error:
        raise OperatorError(str(error)) from error


def _run_or_set_aside(process: StatefulProcess, directory: Path) -> None:
    try:
        process.run()
    except StateCorrupted as error:
        # The supervisor's next start then makes it anew, rather than fail again.
        raise OperatorError(f"local state broke, and is {set_aside(directory)}: {error}") from error
