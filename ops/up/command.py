"""`python -m ops up`: the whole platform on this machine, until interrupted.

What it keeps is made anew at each start: it is there to see the platform work, and to build
against.
"""

import argparse
import json
import shutil
import sys
import threading
from pathlib import Path

from ops.local.kafka.artifacts import RUN_DIRECTORY
from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.registry import SchemaRegistryServer
from ops.local.patience import wait_for
from ops.local.postgres import PostgresServer
from ops.local.process import running
from ops.shell.service import stop_on_signals
from ops.topics import create_topics
from ops.up.places import Places, places, write_settings
from ops.up.plan import Service, chosen, plan
from ops.up.supervisor import Supervisor, health
from ops.up.trial import bind_people, load_data, next_steps, write_trial
from sinks.database.database import migrate

TURN_SECONDS = 0.5
SERVICES_FILE = "services.json"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the parsers of both commands."""
    up = subparsers.add_parser("up", help="run the whole platform on this machine")
    up.add_argument("--directory", type=Path, default=RUN_DIRECTORY / "up", help="made anew")
    up.add_argument("--only", action="append", default=[], metavar="SERVICE")
    up.add_argument("--without", action="append", default=[], metavar="SERVICE")
    up.add_argument("--no-data", action="store_true", help="without the demo's marks and listings")
    up.add_argument("--logs", action="store_true", help="pass on what the services log")
    up.add_argument("--any-ports", action="store_true", help="not the usual ones")
    up.set_defaults(run=run)
    status = subparsers.add_parser("status", help="ask all services that `up` runs how they are")
    status.add_argument("--directory", type=Path, default=RUN_DIRECTORY / "up")
    status.set_defaults(run=run_status)


def run(options: argparse.Namespace) -> int:
    """Start all, show where it is and what to try, and keep it running. Errors: OperatorError."""
    shutil.rmtree(options.directory, ignore_errors=True)
    options.directory.mkdir(parents=True)
    stopping = threading.Event()
    stop_on_signals(stopping.set)
    here = places(options.directory, options.any_ports)
    services = chosen(plan(here), options.only, options.without)
    _tell("Starting Kafka, the schema registry and PostgreSQL (the first time brings them in)")
    registry = SchemaRegistryServer(here.directory / "registry", here.ports["registry"])
    kafka = KafkaCluster(here.directory / "kafka", port=here.ports["kafka"])
    postgres = PostgresServer()
    with running(registry, kafka, postgres):
        create_topics(kafka.bootstrap_servers)
        migrate(postgres.address)
        write_settings(here, kafka.bootstrap_servers, registry.address, postgres.address)
        write_trial(here)
        bind_people(here, postgres.address)
        if not options.no_data:
            _tell("Bringing in the demo's register records, parties and listings")
            load_data(kafka.bootstrap_servers, registry.address, _tell)
        _write_services(here, services)
        supervisor = Supervisor(here, services, _tell)
        try:
            _supervise(supervisor, here, services, options.logs, stopping)
        finally:
            _tell("Stopping")
            supervisor.stop()
    return 0


def _supervise(
    supervisor: Supervisor,
    here: Places,
    services: list[Service],
    logs: bool,
    stopping: threading.Event,
) -> None:
    def all_ready() -> bool:
        supervisor.turn(logs)
        healths = supervisor.healths()
        return stopping.wait(TURN_SECONDS) or {*healths.values()} <= {"ready"}

    wait_for("the services", all_ready, lambda: tuple(supervisor.healths().values()))
    if not stopping.is_set():
        _show(here, services, supervisor.healths())
    while not stopping.wait(TURN_SECONDS):
        supervisor.turn(logs)


def run_status(options: argparse.Namespace) -> int:
    """Print how each service is; 1 where one is not ready, or none runs."""
    path = options.directory / SERVICES_FILE
    if not path.exists():
        _tell("nothing runs here: `python -m ops up` starts it")
        return 1
    healths = {name: health(ready) for name, ready in json.loads(path.read_text()).items()}
    for name, told in healths.items():
        _tell(f"{name:12} {told}")
    return 0 if {*healths.values()} <= {"ready"} else 1


def _write_services(here: Places, services: list[Service]) -> None:
    ready = {each.name: each.ready for each in services}
    (here.directory / SERVICES_FILE).write_text(json.dumps(ready))


def _show(here: Places, services: list[Service], healths: dict[str, str]) -> None:
    _tell(f"\n{'service':12} {'health':9} address")
    for each in services:
        _tell(f"{each.name:12} {healths[each.name]:9} {each.address}")
    _tell(f"\nLogs are in {here.directory / 'logs'}, settings in {here.settings}.")
    _tell("`python -m ops status` asks all; Ctrl-C stops all. To try next:\n")
    for line in next_steps(here):
        _tell(f"  {line}")


def _tell(line: str) -> None:
    sys.stdout.write(f"{line.rstrip()}\n")
    sys.stdout.flush()
