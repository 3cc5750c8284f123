"""The service as it is run: Kafka, PostgreSQL, receivers and dispatch in processes of their own,
killed in the middle."""

import json
import signal
import sys
import time

import psycopg
import pytest
import yaml
from confluent_kafka import Consumer

from dispatch.marketplace import reinstate, take_down
from ops.local.postgres import PostgresServer
from ops.local.process import ServerProcess, free_port
from ops.tools.switch import throw
from ops.trials.bench.receivers import endpoints_file
from schemas.events.enforcement import EnforcementOverdue
from schemas.events.switches import DispatchSwitched
from schemas.wire.registry import connect
from streams.kafka.producing import producer_to, send

TIMEOUT_SECONDS = 60.0
MARKETPLACES = ("alpha", "beta", "gamma")
TOPIC = "ip.takedowns.commands"
ACKNOWLEDGEMENTS = "ip.acknowledgements.events"


START_COMMAND = """
import argparse, logging
from ops.services import dispatch as dispatch_command
from ops.trials.bench import receivers
logging.basicConfig(level=logging.INFO)
parser = argparse.ArgumentParser()
subparsers = parser.add_subparsers()
dispatch_command.add_parser(subparsers)
receivers.add_parser(subparsers)
options = parser.parse_args()
raise SystemExit(options.run(options))
"""
"""`python -m ops`, but for the import of all other commands, which takes seconds each time."""


class Service:
    """Dispatch and receivers as processes over given servers."""

    def __init__(self, directory, servers, registry, database):
        self.directory = directory
        self.servers, self.registry, self.database = servers, registry, database
        self.codec = connect(registry, register=True)
        self.producer = producer_to(servers)
        self.ports = {name: free_port() for name in MARKETPLACES}
        self.file = directory / "endpoints.yaml"
        given = endpoints_file(self.ports, concurrency=4, timeout_seconds=2)
        self.file.write_text(yaml.safe_dump(given))
        self.effects_path = directory / "effects"
        self.processes = {}

    def start_receivers(self):
        names = [f"--marketplace={name}:{port}" for name, port in self.ports.items()]
        self._start("receivers", ["receivers", *names, "--effects", str(self.effects_path)])
        log = self.directory / "receivers.log"
        wait_until(lambda: "ready" in log.read_text())

    def start_dispatch(self, name="dispatch"):
        arguments = [
            *("--database", self.database, "--bootstrap-servers", self.servers),
            *("--schema-registry", self.registry, "--endpoints", str(self.file)),
            *("--lease-margin-seconds", "-1"),
        ]
        self._start(name, ["dispatch", *arguments])

    def _start(self, name, arguments):
        log = self.directory / f"{name}.log"
        self.processes[name] = ServerProcess(
            [sys.executable, "-c", START_COMMAND, *arguments], log, {}
        )

    def send(self, *events):
        for event in events:
            send(self.producer, self.codec, (TOPIC, event.listing_id, event))
        self.producer.flush(TIMEOUT_SECONDS)

    def effects(self):
        if not self.effects_path.exists():
            return []
        return [json.loads(line) for line in self.effects_path.read_text().splitlines()]

    def switch(self, scope, halted):
        throw(self.servers, self.codec, DispatchSwitched(scope, halted, "test", "olga", 0))

    def acknowledged(self, count):
        """Read so many acknowledgements from their topic."""
        consumer = Consumer(
            {
                "bootstrap.servers": self.servers,
                "group.id": "reads-acknowledgements",
                "auto.offset.reset": "earliest",
            }
        )
        consumer.subscribe([ACKNOWLEDGEMENTS])
        found = []
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while len({each.acknowledgement_id for each in found}) < count:
            assert time.monotonic() < deadline, f"{len(found)} acknowledgements"
            for message in consumer.consume(500, 0.2):
                assert message.error() is None
                found.append(self.codec.decode(ACKNOWLEDGEMENTS, message.value(), None))
        consumer.close()
        return {each.acknowledgement_id: each for each in found}

    def stop(self):
        for process in self.processes.values():
            process.stop()


def wait_until(condition, what="it"):
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.05)


@pytest.fixture
def own_postgres():
    with PostgresServer() as server:
        yield server


@pytest.fixture
def service(tmp_path, topics, schema_registry, own_postgres):
    made = Service(tmp_path, topics, schema_registry.address, own_postgres.address)
    yield made
    made.stop()


def commands(first, last):
    for number in range(first, last):
        name = MARKETPLACES[number % len(MARKETPLACES)]
        yield take_down(number, name)
        if number % 3 == 0:
            yield reinstate(number, name)


def test_sender_postgresql_and_receivers_are_killed_and_all_agree_in_the_end(service, own_postgres):
    service.start_receivers()
    service.start_dispatch()
    service.send(*commands(0, 100))
    wait_until(lambda: len(service.effects()) >= 20, "the first deliveries")
    service.processes["dispatch"].kill()
    service.start_dispatch()
    service.send(*commands(100, 200))
    wait_until(lambda: len(service.effects()) >= 150, "deliveries after the sender's death")
    own_postgres.kill()
    service.send(*commands(200, 300))
    own_postgres.start()
    service.processes["receivers"].kill()
    service.start_receivers()
    service.processes["dispatch"].kill()
    service.start_dispatch("dispatch-1")
    service.start_dispatch("dispatch-2")
    wanted = {event.command_id for event in commands(0, 300)}
    wait_until(lambda: len(service.effects()) >= len(wanted), "all deliveries")
    effects = service.effects()
    assert len(effects) == len(wanted)
    assert {each["command_id"] for each in effects} == wanted
    order = {}
    for each in effects:
        order.setdefault(each["listing_id"], []).append(each["type"])
    in_order = ["listing.take_down", "listing.reinstate"]
    assert all(types in (in_order, in_order[:1]) for types in order.values())
    acknowledged = service.acknowledged(len(wanted))
    assert {each.command_id for each in acknowledged.values()} == wanted
    with psycopg.connect(service.database) as connection:
        states = connection.execute(
            "SELECT state, count(*) FROM deliveries GROUP BY state"
        ).fetchall()
    assert states == [("delivered", len(wanted))]
    for name in ("dispatch-1", "dispatch-2"):
        service.processes[name].send(signal.SIGTERM)
        wait_until(lambda name=name: not service.processes[name].running, f"the end of {name}")
        assert "Traceback" not in service.processes[name].tail()


def test_the_kill_switch_holds_through_restarts(service):
    service.start_receivers()
    service.start_dispatch()
    service.send(*commands(0, 3))
    wait_until(lambda: len(service.effects()) == 4, "the first deliveries")
    service.switch("all", True)
    log = service.directory / "dispatch.log"
    wait_until(lambda: "halted: all" in log.read_text(), "the switch")
    service.send(*commands(3, 30))
    with psycopg.connect(service.database, autocommit=True) as connection:
        counted = "SELECT count(*) FROM deliveries"
        wait_until(lambda: connection.execute(counted).fetchone()[0] == 40, "the commands")
    service.processes["dispatch"].kill()
    service.start_dispatch()
    wait_until(lambda: log.read_text().count("switches are in sight") == 2, "the switches")
    assert log.read_text().count("halted: all") == 2
    time.sleep(0.5)
    assert len(service.effects()) == 4
    service.switch("all", False)
    wait_until(lambda: len(service.effects()) == 40, "the other deliveries")
    overdue = EnforcementOverdue(
        "takedown-1", "case-1", "listing-1", "beta", "take_down", "acknowledgement", 1, 0, 0
    )
    send(service.producer, service.codec, ("ip.sla.events", "listing-1", overdue))
    service.producer.flush(TIMEOUT_SECONDS)
    reminded = (
        "SELECT state, reminder_number FROM deliveries WHERE command_id = 'takedown-1' "
        "AND claims = 2"
    )
    with psycopg.connect(service.database, autocommit=True) as connection:
        wait_until(
            lambda: connection.execute(reminded).fetchone() == ("delivered", 1), "the reminder"
        )
    assert len(service.effects()) == 40
