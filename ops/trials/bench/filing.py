"""`python -m ops bench-filing`: requests a second on the filing API, and who waits for whom.

Server and load have a core each. A request's time counts from when it was to be sent, so that a
server that falls behind is not spared the requests that wait for it. On a machine that does much
else, what tells is requests by the second of processor time that the API's process used.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import aiohttp
import httpx

from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.registry import SchemaRegistryServer
from ops.local.patience import wait_for
from ops.local.postgres import PostgresServer
from ops.topics import create_topics
from ops.trials.filing_api import FilingApi, complaint_of, start_filing
from ops.trials.worker_processes import cpu_seconds

PARTIES = 200
CONNECTIONS = 20
CREATED = 201
TOKEN_SECONDS = 3_600
FLOOD = "flood"
CONNECTIONS_LIFTED = ("--connections-of-address", str(4 * CONNECTIONS))
"""Parties and flood come from this machine alone."""
LIMITED = 429


class Figures(NamedTuple):
    """What was seen of requests: how many of each status, a second, and the times of those that
    were taken, ascending, in milliseconds; processor seconds of the API meanwhile."""

    statuses: Counter[int]
    rate: float
    times: list[float]
    core_seconds: float

    def at(self, share: float) -> float:
        """Return the time within which a share of the requests was answered."""
        return self.times[min(len(self.times) - 1, int(share * len(self.times)))]

    def told(self) -> str:
        """Return the figures as words."""
        statuses = ", ".join(f"{count:,} of {status}" for status, count in self.statuses.items())
        count = self.statuses.total()
        return (
            f"{self.rate:,.0f} a second, p50 {self.at(0.5):.1f} ms, p99 {self.at(0.99):.1f} ms "
            f"({statuses}); {self.core_seconds:.1f} core seconds of the API, "
            f"{count / self.core_seconds:,.0f} requests for each"
        )


class Load:
    """Requests of parties at a rate, over connections of their own."""

    def __init__(self, session: aiohttp.ClientSession, api: FilingApi, parties: list[str]) -> None:
        self._session = session
        self._address = api.address
        self._process_id = api.process.pid
        self._parties = parties
        self._headers = {party: api.headers(party, TOKEN_SECONDS) for party in parties}
        self._places: dict[str, str] = {}

    async def file(self, party: str) -> int:
        """File a complaint."""
        headers = {**self._headers[party], "Idempotency-Key": uuid4().hex}
        url = f"{self._address}/v1/complaints"
        body = complaint_of(party, [f"listing-{uuid4().hex}"])
        async with self._session.post(url, json=body, headers=headers) as answer:
            told = await answer.json()
            if answer.status == CREATED:
                self._places[party] = f"/v1/complaints/{told['results'][0]['complaint_id']}"
            return answer.status

    async def look(self, party: str) -> int:
        """Ask how a party's complaint stands."""
        url = self._address + self._places[party]
        async with self._session.get(url, headers=self._headers[party]) as answer:
            await answer.read()
            return answer.status

    async def run(self, act: str, rate: float, seconds: float) -> Figures:
        """Have the parties act in turn, so many times a second."""
        statuses: Counter[int] = Counter()
        times: list[float] = []
        count = int(rate * seconds)
        used = cpu_seconds(self._process_id)
        began = time.perf_counter()

        async def one(number: int) -> None:
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            status = await getattr(self, act)(self._parties[number % len(self._parties)])
            statuses[status] += 1
            if status < 400:
                times.append((time.perf_counter() - due) * 1000)

        await asyncio.gather(*map(one, range(count)))
        rate = count / (time.perf_counter() - began)
        return Figures(statuses, rate, sorted(times), cpu_seconds(self._process_id) - used)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("bench-filing", help="measure the filing API under load")
    parser.add_argument("--status-pages", type=int, default=1_000, help="a second")
    parser.add_argument("--filings", type=int, default=100, help="a second")
    parser.add_argument("--flood", type=int, default=500, help="requests a second of one party")
    parser.add_argument(
        "--beside-flood", type=int, default=100, help="status pages a second without and beside it"
    )
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure, and print a line for each load."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    sys.stdout.write(f"{os.cpu_count()} cores, load {load} before\n")
    with (
        tempfile.TemporaryDirectory(prefix="ip-bench-filing-") as scratch,
        PostgresServer() as postgres,
        KafkaCluster(Path(scratch) / "kafka", for_load=True) as kafka,
        SchemaRegistryServer(Path(scratch) / "registry") as registry,
    ):
        directory = Path(scratch)
        create_topics(kafka.bootstrap_servers, 4, 1)
        addresses = (kafka.bootstrap_servers, registry.address)
        api = start_filing(
            addresses,
            postgres.address,
            directory / "vault",
            directory,
            CONNECTIONS_LIFTED,
            verbose=False,
        )
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(api.process.pid, cores[:1])
        os.sched_setaffinity(0, cores[-1:])
        try:
            asyncio.run(_measure(options, api))
        finally:
            api.process.stop()
    return 0


async def _measure(options: argparse.Namespace, api: FilingApi) -> None:
    await asyncio.to_thread(wait_for, "the filing API", lambda: _answers(api.address))
    async with _session() as session, _session() as another:
        parties, flooding = Load(session, api, _parties()), Load(another, api, [FLOOD])
        seconds = options.seconds
        for load, count in ((parties, PARTIES), (flooding, 1)):
            await load.run("file", count, 1.0)
        await _told("status pages", parties.run("look", options.status_pages, seconds))
        await _told("filings", parties.run("file", options.filings, seconds))
        rate = options.beside_flood
        alone = await _told("status pages without a flood", parties.run("look", rate, seconds))
        flood = asyncio.create_task(flooding.run("look", options.flood, seconds))
        beside = await _told("status pages beside one", parties.run("look", rate, seconds))
        flood_told = await flood
        sys.stdout.write(
            f"the flood: {flood_told.rate:,.0f} a second, {flood_told.statuses[LIMITED]:,} of "
            f"{flood_told.statuses.total():,} refused; others' p99 is "
            f"{beside.at(0.99) / alone.at(0.99):.2f} of what it was, "
            f"p50 {beside.at(0.5) / alone.at(0.5):.2f}\n"
        )


async def _told(what: str, running: Awaitable[Figures]) -> Figures:
    found = await running
    sys.stdout.write(f"{what}: {found.told()}\n")
    sys.stdout.flush()
    return found


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS))


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health").is_success
    except httpx.HTTPError:
        return False


def _parties() -> list[str]:
    return [f"holder-{number}" for number in range(PARTIES)]
