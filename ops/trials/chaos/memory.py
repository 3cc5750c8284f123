"""Memory of a worker and a monitor at a steady rate: after a warm-up it is not to grow.

What is measured is memory of the processes' own: pages of files, such as those of the local state,
come and go as the machine has room.
"""

import csv
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ops.local.process import ServerProcess
from ops.trials.chaos.test_bed import TestBed
from ops.trials.chaos.verify import Verdict
from ops.trials.load import complaints, each_listing, listing_changes
from ops.trials.worker_processes import end_worker, start_worker
from streams.kafka.producing import Keyed

LISTINGS = 50_000
SLICE_SECONDS = 10.0
COMPLAINT_ONE_IN = 200
VERSIONS_OF_A_SLICE = 10_000
WARM_UP_COMPLAINTS = 20_000
"""Sent at once before: rows as objects, and what was read of titles, are kept up to a number each,
which at the rate would take half an hour to reach."""
WARM_UP_SHARE = 1 / 3
MAXIMUM_SLOPE = 0.01
"""Of the memory in the middle of the run, an hour."""

LEDGER = ("seed", "process", "seconds", "records", "memory_bytes")
SECONDS_OF_HOUR = 3_600.0
BATCH_RECORDS = 500
"""As in service: other trials' batches grow with their inputs, and memory with batches."""


class Sample(NamedTuple):
    """Own memory of a process at a time."""

    seconds: float
    memory_bytes: int


def hold_memory(
    test_bed: TestBed, inputs: int, rate: float, seed: int, ledger: Path | None = None
) -> Verdict:
    """Send so many records at a rate a second; tell how memory went from the first third on.

    Each sample is a line of the ledger, if one is given: a run that is ended early has told what
    it saw, and runs of an hour stand beside each other.
    """
    test_bed = replace(test_bed, batch_records=BATCH_RECORDS)
    test_bed.clear()
    test_bed.send(each_listing(LISTINGS, seed))
    test_bed.send(complaints(WARM_UP_COMPLAINTS, LISTINGS, seed))
    indexes = ("--index-directory", str(test_bed.directory / "indexes"))
    monitor = start_worker(
        test_bed.addresses, "memory-monitor", test_bed.directory, indexes, "monitor"
    )
    processes = {"worker": test_bed.start("memory-worker"), "monitor": monitor}
    _drain(test_bed, processes["worker"])
    samples: dict[str, list[Sample]] = {name: [] for name in processes}
    began = time.monotonic()
    sent = 0
    for number in range(1, 1 + int(-(-inputs // (rate * SLICE_SECONDS)))):
        sent += test_bed.send(_slice(int(rate * SLICE_SECONDS), seed, number), rate)
        for name, process in processes.items():
            at = time.monotonic() - began
            sample = Sample(at, own_memory_bytes(process.pid))
            samples[name].append(sample)
            if ledger is not None:
                _record(ledger, (seed, name, f"{at:.0f}", sent, sample.memory_bytes))
    _drain(test_bed, processes["worker"])
    for process in processes.values():
        end_worker(process)
    problems = []
    for name, found in samples.items():
        middle, slope = slope_of(found)
        sys.stdout.write(
            f"memory: {name} {middle / 1e6:.1f} MB, {slope:+.2%} an hour "
            f"over {found[-1].seconds / 60:.0f} minutes\n"
        )
        if slope > MAXIMUM_SLOPE:
            problems.append(f"the {name} grows by {slope:.2%} an hour")
    return Verdict(0, 0, tuple(problems), f"{sent:,} records, memory holds")


def _record(ledger: Path, line: tuple[object, ...]) -> None:
    is_new = not ledger.exists()
    with ledger.open("a", encoding="ascii", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(LEDGER)
        writer.writerow(line)


def slope_of(samples: list[Sample]) -> tuple[float, float]:
    """Return the middle of memory in bytes, and its share of that by which it grows in an hour.

    It is the median of the slopes between any two samples after the warm-up (Theil and Sen), so
    that single peaks count for nothing.
    """
    rest = samples[int(len(samples) * WARM_UP_SHARE) :]
    seconds = np.array([each.seconds for each in rest])
    memory = np.array([float(each.memory_bytes) for each in rest])
    earlier, later = np.triu_indices(len(rest), 1)
    slopes = (memory[later] - memory[earlier]) / (seconds[later] - seconds[earlier])
    middle = float(np.median(memory))
    return middle, float(np.median(slopes)) * SECONDS_OF_HOUR / middle


def own_memory_bytes(pid: int) -> int:
    """Return the memory that a process holds, but for pages of files."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    kilobytes = dict(line.split(":", 1) for line in lines)
    return 1024 * sum(int(kilobytes[name].split()[0]) for name in ("RssAnon", "RssShmem"))


def _slice(count: int, seed: int, number: int) -> Iterator[Keyed]:
    few = max(1, count // COMPLAINT_ONE_IN)
    own = seed * 1_000_000 + number
    changes = listing_changes(count - few, LISTINGS, own, number * VERSIONS_OF_A_SLICE)
    return chain(changes, complaints(few, LISTINGS, own))


def _drain(test_bed: TestBed, worker: ServerProcess) -> None:
    progress = test_bed.progress()
    progress.wait_for_all(worker)
    progress.close()
