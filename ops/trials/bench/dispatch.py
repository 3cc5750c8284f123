"""Measures dispatch: deliveries a second, latency with and without endpoints that hang, and the
limit that a bare loop of requests reaches on the same machine in the same run.

The sender runs in this process, on one core. Receivers, PostgreSQL and the loader, which offers
commands at a steady rate, are processes of their own.
"""

import asyncio
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp

from ops.local.process import ServerProcess, free_port
from ops.trials.bench.receivers import endpoints_file
from schemas.events.takedowns import TakeDownListing
from schemas.topic_names import TAKEDOWNS_COMMANDS
from schemas.wire.delivered import Delivered
from sinks.contract import Span
from sinks.database.database import connect, migrate
from sinks.dispatch.sender import WebhookSender
from sinks.dispatch.settings import DispatchSettings, settings_from
from sinks.dispatch.store import DeliveryStore
from sinks.dispatch.switches import Switches
from sinks.dispatch.webhook_message import message_of
from sinks.dispatch.webhook_signing import signed_headers

BATCHES_PER_SECOND = 20
FINISH_SECONDS = 180.0
HANG_SECONDS = 30.0
REQUESTS_AT_ONCE = 64


class Measurement(NamedTuple):
    """Healthy endpoints' deliveries: how many, in what time, and their latencies in seconds."""

    deliveries: int
    seconds: float
    median: float
    p99: float


class Latencies:
    """What a sender tells, kept by marketplace."""

    def __init__(self, healthy: frozenset[str]) -> None:
        self._healthy = healthy
        self.seconds: list[float] = []
        self.began_at: float | None = None

    def delivery(self, marketplace: str, result: str, seconds: float | None) -> None:
        """Keep a latency."""
        if seconds is not None and marketplace in self._healthy:
            self.began_at = self.began_at or time.monotonic()
            self.seconds.append(seconds)

    def deliveries_waiting(self, due: int, held: dict[str, int]) -> None:
        """Need nothing of this."""

    def endpoint_circuits(self, circuits: dict[str, bool]) -> None:
        """Need nothing of this."""


@contextmanager
def receivers(directory: Path, ports: dict[str, int], hanging: list[str]) -> Iterator[None]:
    """Run receivers in a process of their own."""
    arguments = [f"--marketplace={name}:{port}" for name, port in ports.items()]
    arguments += [f"--hanging={name}" for name in hanging]
    log = directory / f"receivers-{len(hanging)}.log"
    process = ServerProcess(
        [
            *(sys.executable, "-m", "ops", "receivers", *arguments),
            *("--hang-seconds", str(HANG_SECONDS)),
        ],
        log,
        {},
    )
    try:
        process.wait_until(lambda: "ready" in log.read_text(), "receivers")
        yield
    finally:
        # Hanging requests would be waited for.
        process.kill()


def command(number: int, marketplaces: list[str], now_milliseconds: int) -> TakeDownListing:
    """Return one command; they go round the marketplaces."""
    return TakeDownListing(
        command_id=f"{os.getpid()}-{now_milliseconds}-{number}",
        case_id=f"case-{number}",
        decision_number=1,
        listing_id=f"listing-{number}",
        marketplace=marketplaces[number % len(marketplaces)],
        seller_id=f"seller-{number % 1000}",
        listing_version=1,
        url=f"https://shop.example/{number}",
        trademark_key="US:85334015",
        mark_text="ACME",
        ground="counterfeit",
        territory="US",
        reason_codes=("counterfeit",),
        received_at_milliseconds=now_milliseconds,
        deadline_at_milliseconds=now_milliseconds + 86_400_000,
        issued_at_milliseconds=now_milliseconds,
        title="ACME shoes, new, all sizes",
        rule_id="take-down-counterfeits",
        complainant_id=f"complainant-{number % 100}",
    )


def load(address: str, given: object, numbers: range, rate: float | None) -> None:
    """Take commands in, all at once or so many a second; run it in a process of its own."""
    settings = settings_from(given, Path())
    store = DeliveryStore(address, settings, _now)
    marketplaces = list(settings.endpoints)
    size = len(numbers) if rate is None else max(1, int(rate / BATCHES_PER_SECOND))
    began = time.monotonic()
    for batch, start in enumerate(range(numbers.start, numbers.stop, size)):
        if rate is not None:
            time.sleep(max(0.0, began + batch * size / rate - time.monotonic()))
        now = _now()
        chosen = range(start, min(start + size, numbers.stop))
        records = [
            Delivered(TAKEDOWNS_COMMANDS, 0, number, command(number, marketplaces, now), now)
            for number in chosen
        ]
        store.write(records, {(TAKEDOWNS_COMMANDS, 0): Span(chosen.start, chosen.stop)})
    store.close()


def measure(
    address: str,
    ports: dict[str, int],
    hanging: list[str],
    numbers: range,
    rate: float | None,
) -> Measurement:
    """Deliver these commands; without a rate they are all there when the sender starts."""
    given = endpoints_file(ports, concurrency=8)
    process = multiprocessing.get_context("spawn").Process(
        target=load, args=(address, given, numbers, rate)
    )
    process.start()
    if rate is None:
        process.join()
    settings = settings_from(given, Path())
    healthy = frozenset(set(ports) - set(hanging))
    try:
        return asyncio.run(_deliver(address, settings, healthy, numbers))
    finally:
        process.join()


async def _deliver(
    address: str, settings: DispatchSettings, healthy: frozenset[str], numbers: range
) -> Measurement:
    names = list(settings.endpoints)
    wanted = sum(names[number % len(names)] in healthy for number in numbers)
    switches = Switches()
    switches.see(True)
    told = Latencies(healthy)
    sender = WebhookSender(address, settings, switches, _now, told)
    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(FINISH_SECONDS):
        while len(told.seconds) < wanted:
            if running.done():
                await running
            await asyncio.sleep(0.01)
    seconds = time.monotonic() - (told.began_at or 0.0)
    sender.stop()
    await running
    ordered = sorted(told.seconds)
    median, p99 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return Measurement(len(ordered), seconds, median, p99)


async def bare(ports: dict[str, int], count: int) -> float:
    """Post as many bodies in a bare loop, to the same receivers; give requests a second.

    All requests to a receiver are one, signed beforehand, so that receivers do the same work.
    """
    given = settings_from(endpoints_file(ports), Path())
    requests = []
    for endpoint in given.endpoints.values():
        message = message_of(command(0, [endpoint.marketplace], _now()))
        if message is not None:
            body = message.body.encode()
            headers = signed_headers(endpoint.secrets, message.command_id, body, _now())
            requests.append((endpoint.url, body, headers))
    numbers = iter(range(count))

    async def post(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            url, body, headers = requests[number % len(requests)]
            async with session.post(url, data=body, headers=headers) as response:
                await response.read()

    connector = aiohttp.TCPConnector(limit=REQUESTS_AT_ONCE)
    async with aiohttp.ClientSession(connector=connector) as session:
        began = time.monotonic()
        await asyncio.gather(*(post(session) for _ in range(REQUESTS_AT_ONCE)))
        return count / (time.monotonic() - began)


def prepare(address: str) -> None:
    """Make the tables, or empty them."""
    migrate(address)
    connection = connect(address)
    connection.execute("TRUNCATE deliveries, positions, recorded_acknowledgements, outbox CASCADE")
    connection.close()


def marketplaces(count: int) -> dict[str, int]:
    """Return so many marketplaces with ports."""
    return {f"market-{number}": free_port() for number in range(count)}


def _now() -> int:
    return time.time_ns() // 1_000_000
