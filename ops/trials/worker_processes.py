"""Worker processes and helpers for the commands that run the whole pipeline."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import httpx
from confluent_kafka import Consumer, KafkaException, TopicPartition

from ops.local.patience import PATIENCE_SECONDS, Patience
from ops.local.process import ServerProcess
from ops.trials.build import OWN, Build
from streams.kafka.clients import client_settings
from streams.topology import INTERNAL_INPUTS

GROUP = "ip-takedowns"
NO_OFFSET = -1001
NO_ANSWER = 0
TIMEOUT_SECONDS = 10.0
POLL_SECONDS = 0.02
LIMITS_LIFTED = Path(__file__).with_name("limits_lifted.yaml")


def start_worker(
    addresses: tuple[str, str],
    instance: str,
    directory: Path,
    arguments: Iterable[str] = (),
    command: str = "worker",
    core: int | None = None,
    build: Build = OWN,
) -> ServerProcess:
    """Start a worker process; `addresses` are Kafka's and the registry's; `core` pins it.

    Limits of automatic actions are lifted unless the arguments name a policy.
    """
    words = list(arguments)
    if command != "monitor" and "--standing-policy" not in words:
        words += ["--standing-policy", str(LIMITS_LIFTED)]
    line = [
        sys.executable, "-m", "ops", "--verbose", command,
        "--bootstrap-servers", addresses[0],
        "--schema-registry", addresses[1],
        "--instance", instance,
        "--state-directory", str(directory / instance),
        *words,
    ]  # fmt: skip
    process = ServerProcess(line, directory / f"{instance}.log", build.environment)
    if core is not None:
        os.sched_setaffinity(process.pid, {core})
    return process


def end_worker(process: ServerProcess) -> None:
    """Ask a worker to end, and see that it does. Errors: OperatorError with the end of its log."""
    process.send(signal.SIGTERM)
    process.stop()


class Progress:
    """What a group has committed on some topics."""

    def __init__(self, bootstrap_servers: str, topics: tuple[str, ...], group: str = GROUP) -> None:
        self._consumer = Consumer(client_settings(bootstrap_servers, {"group.id": group}))
        self._inputs = [
            TopicPartition(topic, number)
            for topic in topics
            for number in self._consumer.list_topics(topic, TIMEOUT_SECONDS)
            .topics[topic]
            .partitions
        ]

    def committed(self) -> int:
        """Return the number of records committed so far; NO_ANSWER where no broker tells."""
        try:
            return self._committed()
        except KafkaException:
            return NO_ANSWER

    def start(self) -> int:
        """Return the number of records committed, to go on from. Errors: KafkaException."""
        return self._answered(self._committed)

    def end(self) -> int:
        """Return the number of records there are. Errors: KafkaException when no broker answers."""
        return self._answered(
            lambda: sum(
                self._consumer.get_watermark_offsets(each, TIMEOUT_SECONDS)[1]
                for each in self._inputs
            )
        )

    def _committed(self) -> int:
        offsets = self._consumer.committed(self._inputs, TIMEOUT_SECONDS)
        return sum(each.offset for each in offsets if each.offset != NO_OFFSET)

    def _answered(self, question: Callable[[], int]) -> int:
        patience = Patience()
        while True:
            try:
                return question()
            except KafkaException:
                # Leaders and coordinators move while brokers come and go.
                if patience.runs_out(None):
                    raise
                time.sleep(POLL_SECONDS)

    def wait(
        self, wanted: int, process: ServerProcess, patience_seconds: float = PATIENCE_SECONDS
    ) -> float:
        """Wait until so many are committed; give the time. Errors: OperatorError."""
        process.wait_until(
            lambda: self.committed() >= wanted, "the worker", self.committed, patience_seconds
        )
        return time.monotonic()

    def wait_for_all(self, process: ServerProcess) -> float:
        """Wait until nothing is left to be read; give the time. Errors: OperatorError."""
        process.wait_until(lambda: not self._unread(), "the worker", self.committed)
        return time.monotonic()

    def _unread(self) -> bool:
        try:
            committed = self._consumer.committed(self._inputs, TIMEOUT_SECONDS)
            return any(map(self._is_behind, committed))
        except KafkaException:
            # A broker that has just started does not answer for its groups yet.
            return True

    def _is_behind(self, committed: TopicPartition) -> bool:
        end = self._consumer.get_watermark_offsets(committed, TIMEOUT_SECONDS)[1]
        # The last transaction's marker stands behind its records, and is never read.
        last = end - 1 if committed.topic in INTERNAL_INPUTS else end
        return max(0, committed.offset) < last

    def close(self) -> None:
        """Close the client."""
        self._consumer.close()


def is_ready(port: int) -> bool:
    """Tell whether a service says on its metrics' port that it does its work."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_resident_bytes(pid: int) -> int:
    """Return the most memory that a process has held so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


def table_position(port: int, topics: tuple[str, ...]) -> float:
    """Return how far a worker or monitor says that it has read tables, all together; less than
    nothing where it says nothing yet."""
    try:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=2.0).text
    except httpx.HTTPError:
        return -1.0
    names = tuple(f'ip_table_position_records{{topic="{topic}"}}' for topic in topics)
    found = [float(x.split()[1]) for x in text.splitlines() if x.startswith(names)]
    return sum(found) if found else -1.0
