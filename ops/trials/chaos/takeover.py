"""A worker's standby takes over at each labelled step; and a live worker loses its name."""

import sys
from functools import partial

from ops.errors import OperatorError
from ops.local.patience import wait_for
from ops.local.process import ServerProcess
from ops.trials.chaos.test_bed import TestBed, ended
from ops.trials.chaos.verify import Verdict, verify
from ops.trials.chaos.worker_command import STEPS
from ops.trials.load import complaints, listing_changes
from ops.trials.worker_processes import Progress, end_worker
from streams.topology import ALL_INPUTS

INSTANCE = "pair"
LEASES = ("host-a", "host-b")
STANDING_BY, WORKING = "standing by", " restored "
"""What a worker tells in its log."""


def take_over_at_each_step(test_bed: TestBed, inputs: int, seed: int) -> Verdict:
    """Kill a worker at each step under load, each time with a standby that goes on and finishes.

    Where the standby ends, its state stays for the next round's; it is compared in the end.
    """
    test_bed.clear()
    progress = test_bed.progress()
    everything = Progress(test_bed.addresses[0], ALL_INPUTS, test_bed.group)
    listings = max(100, inputs // 5)
    share = inputs // (2 * len(STEPS))
    for number, step in enumerate(STEPS, 1):
        dying = _start(test_bed, "first", LEASES[0], step)
        dying.wait_until(partial(_told, dying, WORKING), "the worker")
        standby = _start(test_bed, f"standby-{number}", LEASES[0], None)
        standby.wait_until(partial(_told, standby, STANDING_BY), "the standby")
        test_bed.send(listing_changes(share, listings, seed + number))
        test_bed.send(complaints(share, listings, seed + number))
        if not ended(dying, progress, progress.end()):
            raise OperatorError(f"{step} was not reached:\n{dying.tail()}")
        # Conduct of parties too, or the next worker would die of it before its standby waits.
        everything.wait_for_all(standby)
        end_worker(standby)
        # What it told is not to be taken for what the next one tells.
        (test_bed.directory / "first.log").unlink()
    progress.close()
    everything.close()
    sys.stdout.write(f"takeover, seed {seed}: {inputs:,} inputs, {len(STEPS)} times\n")
    return verify(test_bed, (test_bed.directory / f"standby-{len(STEPS)}",))


def lose_the_name(test_bed: TestBed, inputs: int, seed: int) -> Verdict:
    """Start a second worker of one name on what is another host to it, under load.

    The first is fenced, writes nothing more, and ends by itself.
    """
    test_bed.clear()
    progress = test_bed.progress()
    listings = max(100, inputs // 5)
    test_bed.send(listing_changes(inputs // 2, listings, seed))
    first = _start(test_bed, "first", LEASES[0], None)
    progress.wait(inputs // 8, first)
    second = _start(test_bed, "second", LEASES[1], None)
    test_bed.send(complaints(inputs - inputs // 2, listings, seed), rate=inputs / 10)
    wait_for("the end of the first", lambda: not first.running, progress.committed, first.tail)
    progress.wait(progress.end(), second)
    end_worker(second)
    progress.close()
    sys.stdout.write(f"lost name, seed {seed}: {inputs:,} inputs; the first ended\n")
    return verify(test_bed, (test_bed.directory / "second",))


def _start(test_bed: TestBed, name: str, lease: str, step: str | None) -> ServerProcess:
    words = ["--lease-directory", str(test_bed.directory / lease)]
    if step is not None:
        words += ["--fault", "kill", "--step", step, "--transaction", "2"]
    # The process's own name is that of its state and log; the worker's comes after it, and counts.
    words = ["--state-directory", str(test_bed.directory / name), *words]
    return test_bed.start(name, ["--instance", INSTANCE, *words], "chaos-worker")


def _told(process: ServerProcess, words: str) -> bool:
    return words in process.tail()
