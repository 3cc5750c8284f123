"""`python -m ops bench-filing`: requests a second on the filing API, and who waits for whom.

Server and load have a core each. A request's time counts from when it was to be sent, so that a
server that falls behind is not spared the requests that wait for it.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import aiohttp
import httpx

from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.registry import SchemaRegistryServer
from ops.local.patience import wait_for
from ops.local.postgres import PostgresServer
from ops.local.process import ServerProcess, free_port
from ops.tools.filing_tokens import make_key, sign
from ops.topics import create_topics
from ops.trials.worker_processes import cpu_seconds
from sinks.private_texts.wrapping_keys import new_line
from streams.sources.filing.tokens import AUDIENCE, ISSUER

PARTIES = 200
CONNECTIONS = 20
TOKEN_SECONDS = 3_600
FLOOD = "flood"
LIMITED = 429


class Figures(NamedTuple):
    """What was seen of requests: how many of each status, a second, and the times of those that
    were taken, ascending, in milliseconds."""

    statuses: Counter[int]
    rate: float
    times: list[float]

    def at(self, share: float) -> float:
        """Return the time within which a share of the requests was answered."""
        return self.times[min(len(self.times) - 1, int(share * len(self.times)))]

    def told(self) -> str:
        """Return the figures as words."""
        statuses = ", ".join(f"{count:,} of {status}" for status, count in self.statuses.items())
        return (
            f"{self.rate:,.0f} a second, p50 {self.at(0.5):.1f} ms, p99 {self.at(0.99):.1f} ms "
            f"({statuses})"
        )


class Load:
    """Requests of many parties at a rate, over as many connections as one address may have."""

    def __init__(self, session: aiohttp.ClientSession, address: str, key: dict[str, str]) -> None:
        self._session = session
        self._address = address
        self._headers = {party: _headers(key, party) for party in [*_parties(), FLOOD]}
        self._places: dict[str, str] = {}

    async def file(self, party: str) -> int:
        """File a complaint."""
        headers = {**self._headers[party], "Idempotency-Key": uuid4().hex}
        url = f"{self._address}/v1/complaints"
        async with self._session.post(url, json=_complaint(party), headers=headers) as answer:
            await answer.read()
            self._places[party] = answer.headers.get("Location", "")
            return answer.status

    async def look(self, party: str) -> int:
        """Ask how a party's complaint stands."""
        url = self._address + self._places[party]
        async with self._session.get(url, headers=self._headers[party]) as answer:
            await answer.read()
            return answer.status

    async def run(self, act: str, parties: list[str], rate: float, seconds: float) -> Figures:
        """Have parties act in turn, so many times a second."""
        statuses: Counter[int] = Counter()
        times: list[float] = []
        count = int(rate * seconds)
        began = time.perf_counter()

        async def one(number: int) -> None:
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            status = await getattr(self, act)(parties[number % len(parties)])
            statuses[status] += 1
            if status < 400:
                times.append((time.perf_counter() - due) * 1000)

        await asyncio.gather(*map(one, range(count)))
        return Figures(statuses, count / (time.perf_counter() - began), sorted(times))


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("bench-filing", help="measure the filing API under load")
    parser.add_argument("--status-pages", type=int, default=1_000, help="a second")
    parser.add_argument("--filings", type=int, default=100, help="a second")
    parser.add_argument("--flood", type=int, default=500, help="requests a second of one party")
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure, and print a line for each load."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    sys.stdout.write(f"{os.cpu_count()} cores, load {load} before\n")
    with (
        tempfile.TemporaryDirectory(prefix="ip-bench-filing-") as scratch,
        PostgresServer() as postgres,
        KafkaCluster(Path(scratch) / "kafka") as kafka,
        SchemaRegistryServer(Path(scratch) / "registry") as registry,
    ):
        directory = Path(scratch)
        create_topics(kafka.bootstrap_servers, 4, 1)
        make_key(directory / "keys.json", directory / "signing.json", "bench")
        (directory / "wrapping-keys").write_text(new_line("bench"))
        port = free_port()
        line = [
            *(sys.executable, "-m", "ops", "filing", "--database", postgres.address),
            *("--bootstrap-servers", kafka.bootstrap_servers),
            *("--schema-registry", registry.address, "--vault", str(directory / "vault")),
            *("--keys", str(directory / "keys.json"), "--port", str(port)),
            *("--wrapping-keys", str(directory / "wrapping-keys")),
        ]
        server = ServerProcess(line, directory / "log", {})
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(server.pid, cores[:1])
        os.sched_setaffinity(0, cores[-1:])
        try:
            asyncio.run(_measure(options, server, f"http://127.0.0.1:{port}", directory))
        finally:
            server.stop()
    return 0


async def _measure(
    options: argparse.Namespace, server: ServerProcess, address: str, directory: Path
) -> None:
    key = json.loads((directory / "signing.json").read_text())
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.to_thread(wait_for, "the filing API", lambda: _answers(address))
        load = Load(session, address, key)
        parties, seconds = _parties(), options.seconds
        for party in [*parties, FLOOD]:
            await load.file(party)

        async def told(what: str, act: str, rate: float) -> Figures:
            used = cpu_seconds(server.pid)
            found = await load.run(act, parties, rate, seconds)
            share = (cpu_seconds(server.pid) - used) / seconds
            sys.stdout.write(f"{what}: {found.told()}, {share:.0%} of a core\n")
            sys.stdout.flush()
            return found

        await told("status pages", "look", options.status_pages)
        await told("filings", "file", options.filings)
        alone = await told("status pages without a flood", "look", options.status_pages / 4)
        flooding = asyncio.create_task(load.run("look", [FLOOD], options.flood, seconds))
        beside = await told("status pages beside one", "look", options.status_pages / 4)
        flood = await flooding
        sys.stdout.write(
            f"the flood: {flood.statuses[LIMITED]:,} of {flood.statuses.total():,} refused; "
            f"others' p99 {beside.at(0.99) / alone.at(0.99) - 1:+.0%}\n"
        )


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health").is_success
    except httpx.HTTPError:
        return False


def _parties() -> list[str]:
    return [f"holder-{number}" for number in range(PARTIES)]


def _headers(key: dict[str, str], party: str) -> dict[str, str]:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": party, "role": "rights_holder"}
    return {"Authorization": f"Bearer {sign(key, claims, TOKEN_SECONDS)}"}


def _complaint(party: str) -> dict[str, object]:
    return {
        "rights_holder_id": party,
        "ground": "counterfeit",
        "trademark": {"office": "EM", "number": "018229012", "number_kind": "application"},
        "territory": "DE",
        "statement": "The listing offers copies of our shoes under our mark.",
        "declarations": {"good_faith": True, "accuracy_and_authority": True},
        "signature": "Erika Mustermann",
        "contact": {"email": "ip@brand.example"},
        "listings": [{"listing_id": f"listing-{uuid4().hex}", "marketplace": "taobao"}],
    }
