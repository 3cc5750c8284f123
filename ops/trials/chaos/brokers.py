"""Brokers killed, stopped cleanly, frozen or without room under load, and back again."""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from ops.errors import OperatorError
from ops.local.kafka.cluster import KafkaCluster
from ops.local.patience import wait_for
from ops.local.process import ServerProcess
from ops.local.small_disk import SmallDisk
from ops.trials.chaos.test_bed import TestBed
from ops.trials.chaos.verify import Verdict, verify
from ops.trials.load import complaints, listing_changes
from ops.trials.worker_processes import NO_ANSWER, Progress, end_worker

INSTANCE = "survivor"
RATE = 2_000.0
DOWN_SECONDS = 2.0
BETWEEN_SECONDS = 6.0
LOG_DISK_BYTES = 512 << 20
FROZEN_SECONDS = 20.0
"""Longer than the sessions of workers (6 s) and brokers (9 s), and than transactions (8 s)."""


def bounce(test_bed: TestBed, kafka: KafkaCluster, inputs: int, seed: int) -> Verdict:
    """Bounce each node, by kill -9 and cleanly, while events are sent and taken."""

    def harms(keep: Callable[[], None]) -> int:
        for node in range(kafka.replication_factor):
            for end in (kafka.kill, kafka.stop_node):
                time.sleep(BETWEEN_SECONDS)
                keep()
                end(node)
                time.sleep(DOWN_SECONDS)
                kafka.restart(node)
        return 2 * kafka.replication_factor

    return _harmed(test_bed, "bounces", harms, inputs, seed)


def freeze_brokers(test_bed: TestBed, kafka: KafkaCluster, inputs: int, seed: int) -> Verdict:
    """Stop each node with SIGSTOP for longer than all timeouts of sessions, and continue it."""

    def harms(keep: Callable[[], None]) -> int:
        for node in range(kafka.replication_factor):
            time.sleep(BETWEEN_SECONDS)
            keep()
            kafka.freeze(node)
            time.sleep(FROZEN_SECONDS)
            kafka.thaw(node)
        return kafka.replication_factor

    return _harmed(test_bed, "freezes", harms, inputs, seed)


def fill_log(test_bed: TestBed, inputs: int, seed: int) -> Verdict:
    """Fill the disk of a broker's logs until the broker ends, make room, and start it again."""
    with SmallDisk(LOG_DISK_BYTES) as disk, KafkaCluster(disk.path / "kafka") as kafka:

        def harms(keep: Callable[[], None]) -> int:
            disk.fill()
            wait_for("the broker's end", lambda: not kafka.runs())
            keep()
            disk.make_room()
            kafka.restart()
            return 1

        own = replace(
            test_bed, addresses=(kafka.bootstrap_servers, test_bed.addresses[1]), copies=1
        )
        return _harmed(own, "full disks", harms, inputs, seed)


def _harmed(
    test_bed: TestBed,
    name: str,
    harms: Callable[[Callable[[], None]], int],
    inputs: int,
    seed: int,
) -> Verdict:
    """Do harm to brokers while events are sent and taken; `harms` gives how often it did.

    The producer is idempotent and its acknowledgements are counted; a worker that gives up is
    started again, as a supervisor would.
    """
    test_bed.clear()
    listings = max(100, inputs // 5)
    keeper = _Keeper(test_bed)
    progress = test_bed.progress()
    test_bed.send(listing_changes(inputs // 2, listings, seed))
    keeper.wait(progress, progress.end())
    acknowledged: list[int] = []
    events = complaints(inputs - inputs // 2, listings, seed)
    sender = threading.Thread(target=lambda: acknowledged.append(test_bed.send(events, RATE)))
    before = progress.end()
    sender.start()
    watcher = _Watcher(test_bed)
    watcher.start()
    count = harms(keeper.keep)
    while sender.is_alive():
        keeper.keep()
        time.sleep(0.1)
    if not acknowledged:
        raise OperatorError("the load could not be sent")
    missing = before + acknowledged[0] - progress.end()
    keeper.wait(progress, progress.end())
    watcher.stop()
    keeper.end()
    progress.close()
    verdict = verify(test_bed, (test_bed.directory / INSTANCE,))
    sys.stdout.write(
        f"brokers, {test_bed.copies} nodes, seed {seed}: {inputs:,} inputs, {count} "
        f"{name}; longest time without a commit {watcher.longest_seconds:.1f} s; "
        f"worker started again {keeper.restarts} times\n"
    )
    if missing:
        problem = f"{missing} acknowledged records are missing"
        return verdict._replace(problems=(*verdict.problems, problem))
    return verdict


class _Keeper:
    """Starts a worker again when it has ended, as a supervisor does."""

    def __init__(self, test_bed: TestBed) -> None:
        self._field = test_bed
        self._process: ServerProcess = test_bed.start(INSTANCE)
        self.restarts = 0

    def keep(self) -> None:
        if not self._process.running:
            self.restarts += 1
            self._process = self._field.start(INSTANCE)

    def wait(self, progress: Progress, wanted: int) -> None:
        def done() -> bool:
            self.keep()
            return progress.committed() >= wanted

        wait_for("the worker", done, progress.committed, self.tail)

    def tail(self) -> str:
        return self._process.tail()

    def end(self) -> None:
        end_worker(self._process)


class _Watcher(threading.Thread):
    """Measures the longest time in which nothing was committed."""

    def __init__(self, test_bed: TestBed) -> None:
        super().__init__(daemon=True)
        self._progress = test_bed.progress()
        self._stopped = threading.Event()
        self.longest_seconds = 0.0

    def run(self) -> None:
        last, since = NO_ANSWER, time.monotonic()
        while not self._stopped.wait(0.05):
            now = self._progress.committed()
            if now > last:
                self.longest_seconds = max(self.longest_seconds, time.monotonic() - since)
                last, since = now, time.monotonic()

    def stop(self) -> None:
        self._stopped.set()
        self.join()
        self._progress.close()
