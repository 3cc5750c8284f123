"""Statements and notices as services: real Kafka, registry, PostgreSQL, and HTTP to fakes."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import psycopg
import pytest
from databases import database_on
from fake_lumen import FakeLumen
from fake_transparency_database import FakeTransparencyDatabase
from statement_events import NOON, decided, removal, sanction
from world import complaint

from ops.local.patience import wait_for
from ops.local.process import ServerProcess
from schemas.events.takedowns import TakeDownListing
from schemas.wire.registry import connect
from streams.kafka.producing import EventProducer, send

CASES = 150
NOW = time.time_ns() // 1_000_000


def take_down(number):
    return TakeDownListing(
        f"c{number}", f"case-{number}", 1, f"listing-{number}", "shop", "seller-9", 1,
        f"https://shop.example/{number}", "US:1", "CUTEX", "counterfeit", "US", (), NOON, NOON,
        NOON, "title",
    )  # fmt: skip


def events():
    for number in range(CASES):
        key = f"listing-{number}"
        yield "ip.complaints.events", key, complaint(complaint_id=f"case-{number}", listing_id=key)
        decision = decided(
            case_id=f"case-{number}", listing_id=key, command_id=f"c{number}",
            received_at_milliseconds=NOW, decided_at_milliseconds=NOW,
        )  # fmt: skip
        yield "ip.decisions.events", key, decision
        yield "ip.takedowns.commands", key, take_down(number)
    yield "ip.takedowns.commands", "listing-1", removal(issued_at_milliseconds=NOW)
    yield "ip.accounts.commands", "seller-9", sanction(issued_at_milliseconds=NOW)


def ops(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "ops", *arguments], capture_output=True, text=True, check=False
    )


@pytest.fixture
def database(postgres):
    with database_on(postgres) as address:
        yield address


@pytest.fixture
def start(topics, schema_registry, database, tmp_path):
    """Start a service; those that still run in the end are ended by their ids."""
    started = []

    def begin(command, fake):
        variable = {"statements": "DSA_TRANSPARENCY_TOKEN", "lumen": "LUMEN_TOKEN"}[command]
        line = [
            sys.executable, "-m", "ops", "--verbose", command, "run",
            "--bootstrap-servers", topics, "--schema-registry", schema_registry.address,
            "--database", database, "--address", fake.address,
            "--session-timeout-milliseconds", "6000",
        ]  # fmt: skip
        log = tmp_path / f"{command}-{len(started)}.log"
        started.append(ServerProcess(line, log, {variable: fake.token}))
        return started[-1]

    yield begin
    for process in started:
        process.stop()


def wait_until(count, wanted, processes):
    """Wait until a count is as wanted, while the processes run."""

    def done():
        assert all(process.running for process in processes), tails()
        return wanted(count())

    def tails():
        return "\n".join(process.tail() for process in processes)

    wait_for("the services", done, count, tails)


@pytest.mark.slow
def test_services_bring_each_to_its_database_once_though_killed(
    topics, schema_registry, database, start, tmp_path
):
    codec = connect(schema_registry.address, register=True)
    producer = EventProducer(topics)
    with FakeTransparencyDatabase() as transparency, FakeLumen() as lumen:
        transparency.faults += [("status", 503), ("lost", None), ("drop", None)]

        def statements():
            return len(transparency.statements)

        first = start("statements", transparency)
        notices = start("lumen", lumen)
        for keyed in events():
            send(producer, codec, keyed)
        producer.flush()
        wait_until(statements, lambda count: count > 100, [first, notices])
        os.kill(first.pid, signal.SIGKILL)
        second = start("statements", transparency)
        both = [second, notices]
        wait_until(statements, lambda count: count >= CASES + 2, both)
        wait_until(lambda: len(lumen.notices), lambda count: count >= CASES, both)
        wait_until(lambda: pending(database), lambda count: count == 0, both)
        assert len(transparency.statements) == CASES + 2
        assert len(lumen.notices) == CASES
        for process in (second, notices):
            process.send(signal.SIGTERM)
            process.stop()
        found = ops("statements", "audit", "--database", database)
        assert (found.returncode, found.stderr) == (0, "")
        assert found.stdout.startswith(f"{CASES + 2} statements in 24 h\n")
        told = notices_reported(topics, schema_registry, tmp_path)
        assert told["items"] == told["notices"] == CASES
        send(producer, codec, ("ip.decisions.events", "a", decided(command_id="new")))
        producer.flush()
        third = start("statements", transparency)
        transparency.token = "another"
        wait_for("the end of the third", lambda: not third.running)
        assert "error: the Transparency Database answered 401" in third.tail()
    assert pending(database) == 1


def notices_reported(bootstrap_servers, schema_registry, directory):
    today = datetime.fromtimestamp(NOW / 1000, UTC).date()
    found = ops(
        "transparency-report", "--bootstrap-servers", bootstrap_servers,
        "--schema-registry", schema_registry.address, "--from", str(today), "--to", str(today),
        "--service", "Shop", "--output", str(directory / "report"),
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert len(list((directory / "report").glob("part_*.csv"))) == 10
    return json.loads((directory / "report" / "report.json").read_text())["figures"]["notices"]


def pending(database):
    with psycopg.connect(database) as connection:
        query = "SELECT count(*) FROM submissions WHERE state = 'pending'"
        return connection.execute(query).fetchone()[0]
