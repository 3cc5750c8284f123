"""`python -m ops dispatch`: deliver commands to marketplaces."""

import argparse
import asyncio
import functools
import logging
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ops.errors import OperatorError
from ops.services.dispatch_metrics import DispatchMetrics
from ops.services.service import add_clock_arguments, add_metrics_arguments, clock_of, serve_metrics
from ops.services.service_database import database_answers, migrate_database
from schemas.wire.codec import Codec
from schemas.wire.registry import connect
from sinks.dispatch.sender import SenderTiming, WebhookSender
from sinks.dispatch.settings import DispatchSettings, SettingsInvalid, load_settings
from sinks.dispatch.store import TOPICS, DeliveryStore
from sinks.dispatch.switches import Switches
from streams.clock import Clock
from streams.kafka.sink_reader import SinkReader, SinkSettings
from streams.sources.outbox_metrics import OutboxMetrics
from streams.sources.outbox_publisher import OutboxPublisher
from streams.tables.switch_table import SwitchTable

logger = logging.getLogger(__name__)

JOIN_SECONDS = 5.0


class Part(NamedTuple):
    """A part of the service that runs in a thread: until it ends, or is asked to."""

    name: str
    run: Callable[[], None]
    stop: Callable[[], None]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("dispatch", help="deliver commands to marketplaces")
    parser.add_argument("--database", required=True, help="PostgreSQL's address (postgresql://…)")
    parser.add_argument("--bootstrap-servers", required=True)
    parser.add_argument("--schema-registry", required=True, help="Confluent API's base address")
    parser.add_argument("--endpoints", type=Path, required=True, help="endpoints file (YAML)")
    parser.add_argument("--group", default="ip-dispatch")
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
    try:
        settings = load_settings(options.endpoints)
    except SettingsInvalid as error:
        raise OperatorError(str(error)) from error
    migrate_database(options.database)
    codec = connect(options.schema_registry, register=True)
    metrics = DispatchMetrics()
    asyncio.run(_serve(options, settings, codec, metrics))
    return 0


async def _serve(
    options: argparse.Namespace, settings: DispatchSettings, codec: Codec, metrics: DispatchMetrics
) -> None:
    clock = clock_of(options)
    loop = asyncio.get_running_loop()
    switches = Switches()

    def ready() -> bool:
        return switches.in_sight and database_answers(options.database)

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
    failures: list[BaseException] = []

    def stop() -> None:
        stopping.set()
        sender.stop()

    def guarded(part: Part) -> None:
        try:
            part.run()
        except BaseException as error:
            failures.append(error)
            loop.call_soon_threadsafe(stop)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    parts = _parts(
        options, settings, codec, (clock, OutboxMetrics(metrics.registry)), switches, stopping,
        functools.partial(loop.call_soon_threadsafe, sender.switched),
    )  # fmt: skip
    threads = [
        threading.Thread(target=guarded, args=(part,), name=part.name, daemon=True)
        for part in parts
    ]
    for thread in threads:
        thread.start()
    try:
        await sender.run()
    finally:
        stopping.set()
        for part, thread in zip(parts, threads, strict=True):
            part.stop()
            await asyncio.to_thread(thread.join, JOIN_SECONDS)
    if failures:
        raise failures[0]


def _parts(
    options: argparse.Namespace,
    settings: DispatchSettings,
    codec: Codec,
    shared: tuple[Clock, OutboxMetrics],
    switches: Switches,
    stopping: threading.Event,
    changed: Callable[[], object],
) -> list[Part]:
    servers = options.bootstrap_servers
    clock, metrics = shared
    store = DeliveryStore(options.database, settings, clock.now_milliseconds)
    store.address_again()
    reader = SinkReader(SinkSettings(servers, options.group, TOPICS), codec, store, clock)
    table = SwitchTable(servers, codec, switches, clock, changed)
    publisher = OutboxPublisher(options.database, servers, codec, clock, metrics)
    return [
        Part("switches", lambda: table.run(stopping.wait), stopping.set),
        Part("reader", reader.run, reader.stop),
        Part("publisher", lambda: publisher.run(stopping.wait), stopping.set),
    ]
