"""A worker stopped past all its timeouts at a labelled step, and continued: a zombie."""

import signal
import sys
import time

from ops.local.process import ServerProcess
from ops.trials.chaos.test_bed import (
    SESSION_TIMEOUT_MILLISECONDS,
    TRANSACTION_TIMEOUT_MILLISECONDS,
    TestBed,
)
from ops.trials.chaos.verify import Verdict, verify
from ops.trials.load import complaints, listing_changes
from ops.trials.worker_processes import end_worker

ZOMBIE_SECONDS = 8.0
"""How long the zombie may try after it is continued."""


def freeze_at(test_bed: TestBed, inputs: int, seed: int, step: str) -> Verdict:
    """Freeze one of two workers at a step, let the other take over, and continue the first."""
    test_bed.clear()
    listings = max(100, inputs // 5)
    progress = test_bed.progress()
    test_bed.send(listing_changes(inputs // 2, listings, seed))
    words = ("--fault", "freeze", "--step", step, "--transaction", "3")
    zombie = test_bed.start("zombie", words, "chaos-worker")
    frozen_after = _await_frozen(zombie)
    heir = test_bed.start("heir")
    progress.wait(progress.end(), heir)
    timeouts = max(SESSION_TIMEOUT_MILLISECONDS, TRANSACTION_TIMEOUT_MILLISECONDS) / 1000
    time.sleep(timeouts)
    test_bed.send(complaints(inputs - inputs // 2, listings, seed))
    zombie.send(signal.SIGCONT)
    progress.wait(progress.end(), heir)
    time.sleep(ZOMBIE_SECONDS)
    left = "ended" if not zombie.running else "joined again"
    for process in (zombie, heir):
        if process.running:
            end_worker(process)
    progress.close()
    verdict = verify(test_bed, ())
    sys.stdout.write(
        f"freeze {step}, seed {seed}: {inputs:,} inputs; frozen after {frozen_after:.1f} s; "
        f"the zombie {left}\n"
    )
    return verdict


def _await_frozen(zombie: ServerProcess) -> float:
    started = time.monotonic()

    def is_frozen() -> bool:
        with open(f"/proc/{zombie.pid}/stat", encoding="ascii") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "T"

    zombie.wait_until(is_frozen, "the worker to be frozen")
    return time.monotonic() - started
