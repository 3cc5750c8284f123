"""`python -m ops dispatch`: deliver commands to marketplaces."""

import argparse
import asyncio
import functools
import logging
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from ops.errors import OperatorError
from ops.shell.connections import DATABASE, KAFKA, REGISTRY, add_connection_arguments
from ops.shell.dispatch_metrics import DispatchMetrics
from ops.shell.endpoints import (
    add_endpoint_keys,
    endpoint_book,
    endpoints_of_file,
    watched_endpoints,
)
from ops.shell.parts import Part, RunningParts
from ops.shell.process import Process
from ops.shell.service import (
    add_clock_arguments,
    add_metrics_arguments,
    clock_of,
    needed_topics,
    serve_metrics,
)
from ops.shell.service_database import database_answers, migrate_database, once_it_answers
from schemas.topic_names import ACKNOWLEDGEMENTS_EVENTS, SWITCHES_STATE
from schemas.wire.codec import Codec
from schemas.wire.registry import connect
from sinks.dispatch.endpoint_watch import EndpointWatch
from sinks.dispatch.halt_file import HaltFile
from sinks.dispatch.sender import SenderTiming, WebhookSender
from sinks.dispatch.settings import DispatchSettings
from sinks.dispatch.store import TOPICS, DeliveryStore
from sinks.dispatch.switches import Switches
from streams.clock import Clock
from streams.kafka.sink_reader import SinkReader, SinkSettings, events_by
from streams.kafka.stalls import PartitionsStalled
from streams.metrics.stall_metrics import StallMetrics
from streams.sources.outbox_metrics import OutboxMetrics
from streams.sources.outbox_publisher import OutboxPublisher
from streams.tables.switch_table import SwitchTable

logger = logging.getLogger(__name__)


PROCESS = Process(
    "delivers commands to marketplaces' endpoints",
    (*TOPICS, SWITCHES_STATE),
    (ACKNOWLEDGEMENTS_EVENTS,),
    "PostgreSQL: deliveries, counts of caps, outbox",
    ("sinks/dispatch", "sinks/sending"),
    groups=("ip-dispatch", "ip-switch-table"),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("dispatch", help="deliver commands to marketplaces")
    add_connection_arguments(parser, KAFKA, REGISTRY, DATABASE)
    parser.add_argument("--endpoints", type=Path, required=True, help="endpoints file (YAML)")
    add_endpoint_keys(parser)
    parser.add_argument("--group", default="ip-dispatch")
    parser.add_argument(
        "--halt-file",
        type=Path,
        help="while it is there, the scopes it names are halted, or all; needs no Kafka",
    )
    add_metrics_arguments(parser)
    parser.add_argument(
        *("--lease-margin-seconds", "--lease-margin"),
        type=float,
        default=15.0,
        help="beyond the longest timeout, how long a killed sender's claims are left to it",
    )
    add_clock_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Dispatch until SIGTERM or SIGINT. Errors: OperatorError; whatever ended a part of it."""
    from_file = endpoints_of_file(options.endpoints)
    book = endpoint_book(options) if options.endpoint_keys else None
    migrate_database(options.database)
    endpoints = watched_endpoints(options.database, book, from_file)
    needed_topics(options.bootstrap_servers, (*TOPICS, SWITCHES_STATE, ACKNOWLEDGEMENTS_EVENTS))
    codec = connect(options.schema_registry, register=True)
    clock = clock_of(options)
    store = DeliveryStore(options.database, endpoints[1], clock.now_milliseconds)
    once_it_answers(store.address_again)
    try:
        asyncio.run(_serve(options, endpoints, store, codec, clock))
    except PartitionsStalled as error:
        raise OperatorError(f"{error}; to be started again") from error
    return 0


async def _serve(
    options: argparse.Namespace,
    endpoints: tuple[EndpointWatch | None, DispatchSettings],
    store: DeliveryStore,
    codec: Codec,
    clock: Clock,
) -> None:
    watch, settings = endpoints
    metrics = DispatchMetrics()
    loop = asyncio.get_running_loop()
    switches = Switches()

    stalls = StallMetrics(metrics.registry)

    def ready() -> bool:
        answers = switches.in_sight and database_answers(options.database)
        return answers and not stalls.any_stalled

    serve_metrics(options, metrics.registry, ready)
    sender = WebhookSender(
        options.database,
        settings,
        switches,
        clock.now_milliseconds,
        metrics,
        SenderTiming(lease_margin_seconds=options.lease_margin_seconds),
    )
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, sender.stop)
    shared = (clock, OutboxMetrics(metrics.registry), stalls)
    parts = _parts(
        options, store, codec, shared, switches, stopping,
        functools.partial(loop.call_soon_threadsafe, sender.switched),
    )  # fmt: skip
    if watch is not None:

        def told(settings: DispatchSettings) -> None:
            store.go_by(settings)
            loop.call_soon_threadsafe(sender.go_by, settings)

        watch.tell_to(told)
        parts.append(Part("endpoints", lambda: watch.run(stopping.wait), stopping.set))
    running = RunningParts(parts, functools.partial(loop.call_soon_threadsafe, sender.stop))
    try:
        await sender.run()
    finally:
        await asyncio.to_thread(running.end)


def _parts(
    options: argparse.Namespace,
    store: DeliveryStore,
    codec: Codec,
    shared: tuple[Clock, OutboxMetrics, StallMetrics],
    switches: Switches,
    stopping: threading.Event,
    changed: Callable[[], object],
) -> list[Part]:
    servers = options.bootstrap_servers
    clock, metrics, stalls = shared
    reading = SinkSettings(servers, options.group, TOPICS)
    reader = SinkReader(reading, events_by(codec), store, clock, stalls.stalled)
    table = SwitchTable(servers, codec, switches, clock, changed)
    publisher = OutboxPublisher(options.database, servers, codec, clock, metrics)
    parts = [] if options.halt_file is None else [_halt_file(options, switches, stopping, changed)]
    return [
        *parts,
        Part("switches", lambda: table.run(stopping.wait), stopping.set),
        Part("reader", reader.run, reader.stop),
        Part("publisher", lambda: publisher.run(stopping.wait), stopping.set),
    ]


def _halt_file(
    options: argparse.Namespace,
    switches: Switches,
    stopping: threading.Event,
    changed: Callable[[], object],
) -> Part:
    file = HaltFile(options.halt_file, switches, changed)
    return Part("halt file", lambda: file.run(stopping.wait), stopping.set)
