"""Where a fault run takes place: topics made anew, load sent, workers watched."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import ClassVar

from ops.errors import OperatorError
from ops.local.patience import wait_for
from ops.local.process import ServerProcess
from ops.topics import renew_topics
from ops.trials.build import OWN, Build
from ops.trials.load import reference_events
from ops.trials.worker_processes import Progress, start_worker
from schemas.wire.registry import connect
from streams.kafka.producing import EventProducer, Keyed, send
from streams.topology import INPUTS

PARTITIONS = 4
TIMEOUT_SECONDS = 60.0
SESSION_TIMEOUT_MILLISECONDS = 6_000
TRANSACTION_TIMEOUT_MILLISECONDS = 8_000


@dataclass(frozen=True)
class TestBed:
    """Addresses of Kafka and registry, a directory, the group, and copies of each topic."""

    __test__: ClassVar[bool] = False
    addresses: tuple[str, str]
    directory: Path
    group: str
    copies: int = 1
    batch_records: int = 500

    def progress(self) -> Progress:
        """Return a view of what the group has committed."""
        return Progress(self.addresses[0], tuple(INPUTS), self.group)

    def start(
        self,
        instance: str,
        arguments: Iterable[str] = (),
        command: str = "worker",
        build: Build = OWN,
    ) -> ServerProcess:
        """Start a worker of the group."""
        shared = {
            "--group": self.group,
            "--partitions": PARTITIONS,
            "--batch-records": self.batch_records,
            "--session-timeout-milliseconds": SESSION_TIMEOUT_MILLISECONDS,
            "--transaction-timeout-milliseconds": TRANSACTION_TIMEOUT_MILLISECONDS,
        }
        words = [str(word) for pair in shared.items() for word in pair]
        given = [*words, *arguments]
        return start_worker(self.addresses, instance, self.directory, given, command, build=build)

    def clear(self) -> None:
        """Make all topics anew, with the load's marks and parties."""
        renew_topics(self.addresses[0], PARTITIONS, self.copies)
        self.send(reference_events())

    def send(self, events: Iterable[Keyed], rate: float | None = None) -> int:
        """Send events, at a rate a second if one is given; give how many were acknowledged."""
        codec = connect(self.addresses[1], register=True)
        producer = EventProducer(self.addresses[0])
        sent = 0
        started = time.monotonic()
        remaining = iter(events)
        while chunk := list(islice(remaining, 100)):
            for keyed in chunk:
                send(producer, codec, keyed)
            sent += len(chunk)
            producer.poll(0.0)
            # Polling ends with each report of delivery, so it waits until its time has come.
            while rate is not None and (wait := started + sent / rate - time.monotonic()) > 0:
                producer.poll(wait)
        if producer.flush(TIMEOUT_SECONDS):
            raise OperatorError("events were not acknowledged in time")
        return sent


def ended(process: ServerProcess, progress: Progress, wanted: int) -> bool:
    """Wait until a worker has died; False where it committed all there is instead."""

    def either() -> bool:
        return not process.running or progress.committed() >= wanted

    wait_for("the worker's work or end", either, progress.committed, process.tail)
    return not process.running
