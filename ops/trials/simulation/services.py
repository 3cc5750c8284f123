"""The services of a simulated day: started, watched, killed on purpose, and started again."""

import socket
import sys
import time
from collections import Counter
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import yaml

from ops.errors import OperatorError
from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.registry import SchemaRegistryServer
from ops.local.postgres import PostgresServer
from ops.local.process import ServerProcess, free_port
from ops.topics import create_topics
from ops.trials.simulation.day import Day
from ops.trials.simulation.marketplace import Behaviour
from ops.trials.simulation.scenario import MARKETPLACES
from ops.trials.worker_processes import LIMITS_LIFTED, is_ready
from sinks.database.database import migrate
from sinks.dispatch.webhook_signing import new_secret

GROUP = "simulated-day"
BATCH_RECORDS = 1_000
"""Of complaints so many take about a second, which is over a simulated minute at 100 times."""

ARCHIVE_SECONDS = 3.0
"""How long a record is held before it is archived, real time."""

RESTART_SECONDS = 1.0
MAXIMUM_RESTARTS = 50
BEHAVIOURS = {
    "harbour": Behaviour(),
    "bazaar": Behaviour(failed=0.005),
    "lantern": Behaviour(busy=0.02),
    "meridian": Behaviour(error=0.02),
    "orchard": Behaviour(hang=0.002),
    "cobalt": Behaviour(busy=0.01, error=0.01, failed=0.005),
}
"""How often each marketplace's requests go wrong. An assumption."""


class Services:
    """Kafka, registry, PostgreSQL and our services, within a `with` block."""

    def __init__(self, directory: Path, day: Day) -> None:
        self._directory = directory
        self._day = day
        self._stack = ExitStack()
        self._kafka = KafkaCluster(directory / "kafka", for_load=True)
        self._registry = SchemaRegistryServer(directory / "registry")
        self._postgres = PostgresServer()
        self._lines: dict[str, list[str]] = {}
        self._processes: dict[str, ServerProcess] = {}
        self._start_at: dict[str, float] = {}
        self.restarts: Counter[str] = Counter()
        self.kills: Counter[str] = Counter()

    def __enter__(self) -> "Services":
        """Start the servers and make topics and database. Errors: OperatorError."""
        with self._stack as stack:
            for server in (self._kafka, self._registry, self._postgres):
                stack.enter_context(server)
            create_topics(self._kafka.bootstrap_servers)
            migrate(self._postgres.address)
            stack.callback(self._end)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_details: object) -> None:
        """End all that was started."""
        self._stack.close()

    @property
    def addresses(self) -> tuple[str, str]:
        """Addresses of Kafka and of the schema registry."""
        return self._kafka.bootstrap_servers, self._registry.address

    @property
    def database(self) -> str:
        """Address of the database."""
        return self._postgres.address

    def start(self, name: str, command: str, *arguments: str) -> None:
        """Start a service of ours by its command, on the day's clock."""
        line = [sys.executable, "-m", "ops", "--verbose", command, *self._brokers, *arguments]
        self._lines[name] = [*line, *self._day.clock_arguments]
        self._launch(name)

    def start_worker(self, metrics_port: int) -> None:
        """Start the worker."""
        state = str(self._directory / "worker")
        self.start(
            *("worker", "worker", "--instance", "worker", "--group", GROUP),
            *("--state-directory", state, "--metrics-port", str(metrics_port)),
            *("--batch-records", str(BATCH_RECORDS), "--standing-policy", str(LIMITS_LIFTED)),
        )

    def start_stores(self, endpoints: Path) -> None:
        """Start what works on the database, dispatch, case store and outbox, and wait for it."""
        ports = {name: free_port() for name in ("dispatch", "case-store", "desk-outbox")}
        further = {"dispatch": ("--endpoints", str(endpoints))}
        for name, port in ports.items():
            arguments = ("--database", self.database, "--metrics-port", str(port))
            self.start(name, name, *arguments, *further.get(name, ()))
        for name, port in ports.items():
            self._processes[name].wait_until(partial(is_ready, port), name)

    def start_archiver(self) -> None:
        """Start what writes all topics to the archive."""
        self.start(
            *("archiver", "archiver", "--archive", str(self.archive)),
            *("--file-seconds", str(ARCHIVE_SECONDS), "--session-timeout-milliseconds", "6000"),
        )

    def start_marketplaces(self) -> Path:
        """Start all marketplaces; give the endpoints file for dispatch."""
        endpoints = []
        ports = {name: free_port() for name in MARKETPLACES}
        for name, port in ports.items():
            secret = self._directory / f"{name}.secret"
            secret.write_text(new_secret())
            shares = [f"--{key}={share}" for key, share in BEHAVIOURS[name]._asdict().items()]
            self.start(
                *(name, "simulated-marketplace", "--name", name, "--port", str(port)),
                *("--secret-file", str(secret), "--journal", str(self.journal(name))),
                *("--seed", str(self._day.seed), *shares),
            )
            url = f"http://127.0.0.1:{port}/commands"
            endpoints.append({"marketplace": name, "url": url, "secrets": [{"file": str(secret)}]})
        for name, port in ports.items():
            self._processes[name].wait_until(partial(_listens, port), name)
        path = self._directory / "endpoints.yaml"
        path.write_text(yaml.safe_dump({"allowed_hosts": ["127.0.0.1"], "endpoints": endpoints}))
        return path

    def journal(self, marketplace: str) -> Path:
        """Return the file with what a marketplace did."""
        return self._directory / "journals" / f"{marketplace}.jsonl"

    @property
    def archive(self) -> Path:
        """Where the archive is."""
        return self._directory / "archive"

    def process(self, name: str) -> ServerProcess:
        """Return a service's process."""
        return self._processes[name]

    def running(self) -> dict[str, ServerProcess]:
        """Return the processes of ours that run, by name."""
        return {name: each for name, each in self._processes.items() if each.running}

    def kill(self, name: str, down_seconds: float) -> None:
        """End a service by force (kill -9); `keep` starts it again after a while."""
        self.kills[name] += 1
        if name == "postgres":
            self._postgres.kill()
        else:
            self._processes[name].kill()
        self._start_at[name] = time.monotonic() + down_seconds

    def keep(self) -> None:
        """Start what does not run and is to. Errors: OperatorError for what ends time and again."""
        now = time.monotonic()
        if "postgres" in self._start_at and now >= self._start_at["postgres"]:
            del self._start_at["postgres"]
            self._postgres.start()
        for name, process in self._processes.items():
            if process.running:
                continue
            if name not in self._start_at:
                self.restarts[name] += 1
                if self.restarts[name] > MAXIMUM_RESTARTS:
                    raise OperatorError(f"{name} ends time and again:\n{process.tail()}")
                self._start_at[name] = now + RESTART_SECONDS
            elif now >= self._start_at[name]:
                del self._start_at[name]
                self._launch(name)

    def stop(self, name: str) -> None:
        """End a service cleanly."""
        self._processes.pop(name).stop()

    @property
    def _brokers(self) -> tuple[str, ...]:
        servers, registry = self.addresses
        return ("--bootstrap-servers", servers, "--schema-registry", registry)

    def _launch(self, name: str) -> None:
        log = self._directory / "logs" / f"{name}.log"
        self._processes[name] = ServerProcess(self._lines[name], log, {})

    def _end(self) -> None:
        for process in self._processes.values():
            process.stop()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
