"""A worker whose state directory's disk is full: it ends, says so, and goes on when there is
room."""

import sys

from ops.local.small_disk import SmallDisk
from ops.trials.chaos.test_bed import TestBed, ended
from ops.trials.chaos.verify import Verdict, verify
from ops.trials.load import complaints, listing_changes
from ops.trials.worker_processes import end_worker

INSTANCE = "cramped"
DISK_BYTES = 64 << 20
STARTS_WHILE_FULL = 1
WANTED_WORDS = ("error: local state can't be used", "make room")


def fill_state(test_bed: TestBed, inputs: int, seed: int) -> Verdict:
    """Fill the disk under a worker, start it again while it is full, and make room."""
    test_bed.clear()
    listings = max(100, inputs // 5)
    progress = test_bed.progress()
    problems: list[str] = []
    with SmallDisk(DISK_BYTES) as disk:
        state = disk.path / "state"
        words = ("--state-directory", str(state))
        worker = test_bed.start(INSTANCE, words)
        test_bed.send(listing_changes(inputs // 2, listings, seed))
        progress.wait(progress.end(), worker)
        disk.fill()
        test_bed.send(complaints(inputs - inputs // 2, listings, seed))
        for _ in range(1 + STARTS_WHILE_FULL):
            if not ended(worker, progress, progress.end()):
                problems.append("the disk was full, and the worker went on")
                break
            last = worker.tail().splitlines()[-1]
            if not all(word in last for word in (*WANTED_WORDS, str(state))):
                problems.append(f"it ended by another word: {last}")
            worker = test_bed.start(INSTANCE, words)
        ended(worker, progress, progress.end())
        disk.make_room()
        worker = test_bed.start(INSTANCE, words)
        progress.wait(progress.end(), worker)
        end_worker(worker)
        progress.close()
        problems += [f"{path.name} was set aside" for path in state.glob("broken-*")]
        verdict = verify(test_bed, (state,))
    sys.stdout.write(f"full state, seed {seed}: {inputs:,} inputs; ended, and went on with room\n")
    return verdict._replace(problems=(*problems, *verdict.problems))
