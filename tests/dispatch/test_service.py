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
from ops.local.patience import Patience, wait_for
from ops.local.postgres import PostgresServer
from ops.local.process import ServerProcess, free_port
from ops.tools.switch import throw
from ops.trials.bench.receivers import endpoints_file
from schemas.events.enforcement import EnforcementOverdue
from schemas.events.switches import DispatchSwitched
from schemas.wire.registry import connect
from sinks.dispatch.operator import OperatorAction
from sinks.dispatch.recorded_endpoints import EndpointBook, EndpointFields
from sinks.private_texts.wrapping_keys import new_line, read_wrapping_keys
from streams.kafka.producing import EventProducer, send

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
        self.producer = EventProducer(servers)
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
        self.processes["receivers"].wait_until(lambda: "ready" in log.read_text(), "receivers")

    def start_dispatch(self, name="dispatch", *more):
        arguments = [
            *("--database", self.database, "--bootstrap-servers", self.servers),
            *("--schema-registry", self.registry, "--endpoints", str(self.file)),
            *("--lease-margin-seconds", "-1"),
            *more,
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
        # What stands behind the last line's end is being written.
        whole, _, _ = self.effects_path.read_text().rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def switch(self, scope, halted):
        throw(self.servers, DispatchSwitched(scope, halted, "test", "olga", 0))

    def wait_for_effects(self, count):
        """Wait until so many commands took effect."""
        wait_for("deliveries", lambda: len(self.effects()) >= count, lambda: len(self.effects()))

    def acknowledged(self, count):
        """Read so many acknowledgements from their topic."""
        consumer = Consumer(
            {
                "bootstrap.servers": self.servers,
                "group.id": f"reads-acknowledgements-{count}",
                "auto.offset.reset": "earliest",
            }
        )
        consumer.subscribe([ACKNOWLEDGEMENTS])
        found = []
        patience = Patience()
        while len({each.acknowledgement_id for each in found}) < count:
            assert not patience.runs_out(len(found)), f"{len(found)} acknowledgements"
            for message in consumer.consume(500, 0.2):
                assert message.error() is None
                found.append(self.codec.decode(ACKNOWLEDGEMENTS, message.value(), None))
        consumer.close()
        return {each.acknowledgement_id: each for each in found}

    def stop(self):
        for process in self.processes.values():
            process.stop()


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
    service.wait_for_effects(20)
    service.processes["dispatch"].kill()
    service.start_dispatch()
    service.send(*commands(100, 200))
    service.wait_for_effects(150)
    own_postgres.kill()
    service.send(*commands(200, 300))
    own_postgres.start()
    service.processes["receivers"].kill()
    service.start_receivers()
    service.processes["dispatch"].kill()
    service.start_dispatch("dispatch-1")
    service.start_dispatch("dispatch-2")
    wanted = {event.command_id for event in commands(0, 300)}
    service.wait_for_effects(len(wanted))
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
        process = service.processes[name]
        wait_for(f"the end of {name}", lambda process=process: not process.running)
        assert "Traceback" not in process.tail()


def test_the_kill_switch_holds_through_restarts(service):
    service.start_receivers()
    service.start_dispatch()
    service.send(*commands(0, 3))
    service.wait_for_effects(4)
    service.switch("all", True)
    log = service.directory / "dispatch.log"
    wait_for("the switch", lambda: "halted: all" in log.read_text())
    service.send(*commands(3, 30))
    with psycopg.connect(service.database, autocommit=True) as connection:

        def counted():
            return connection.execute("SELECT count(*) FROM deliveries").fetchone()[0]

        wait_for("the commands", lambda: counted() == 40, counted)
    service.processes["dispatch"].kill()
    service.start_dispatch()
    wait_for("the switches", lambda: log.read_text().count("switches are in sight") == 2)
    assert log.read_text().count("halted: all") == 2
    time.sleep(0.5)
    assert len(service.effects()) == 4
    service.switch("all", False)
    service.wait_for_effects(40)
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
        wait_for(
            "the reminder", lambda: connection.execute(reminded).fetchone() == ("delivered", 1)
        )
    assert len(service.effects()) == 40


def test_an_endpoint_recorded_meanwhile_is_delivered_to(service, tmp_path):
    service.file.write_text(yaml.safe_dump({"allowed_hosts": ["127.0.0.1"]}))
    keys, secret_file, port = tmp_path / "endpoint-keys", tmp_path / "secret", free_port()
    keys.write_text(new_line("first"))
    service.start_dispatch("dispatch", "--endpoint-keys", str(keys))
    service.send(take_down(1, "late"))
    held = "SELECT count(*) FROM deliveries WHERE reason = 'no_endpoint'"
    with psycopg.connect(service.database, autocommit=True) as connection:
        made = "SELECT to_regclass('marketplace_endpoints')"
        wait_for("the table", lambda: connection.execute(made).fetchone() != (None,))
        book = EndpointBook(read_wrapping_keys(keys), lambda: time.time_ns() // 1_000_000)
        wait_for("the command", lambda: connection.execute(held).fetchone() == (1,))
        fields = EndpointFields("late", f"http://127.0.0.1:{port}/commands")
        secret = book.record(connection, fields, frozenset({"127.0.0.1"}), "olga")
        secret_file.write_text(secret)
        marketplace = ServerProcess(
            [
                *(sys.executable, "-m", "ops", "sample-marketplace"),
                *("--port", str(port), "--secret-file", str(secret_file)),
                *("--bootstrap-servers", service.servers, "--schema-registry", service.registry),
            ],
            tmp_path / "marketplace.log",
            {},
        )
        service.processes["marketplace"] = marketplace
        service.acknowledged(1)
        act = OperatorAction("olga", "moves house", 0)
        book.disable(connection, "late", act)
        service.send(take_down(2, "late"))
        gone = "SELECT detail FROM deliveries WHERE reason = 'endpoint_gone'"
        told = ("disabled by olga: moves house",)
        wait_for("the hold", lambda: connection.execute(gone).fetchone() == told)
        assert book.enable(connection, "late", act) == 1
    service.acknowledged(2)
    assert "Traceback" not in service.processes["dispatch"].tail()
