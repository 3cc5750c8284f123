"""Workers killed with kill -9 at each labelled step, over and over, under load."""

import random
import sys
import time
from collections import Counter

from ops.trials.chaos.test_bed import TestBed, ended
from ops.trials.chaos.verify import Verdict, verify
from ops.trials.chaos.worker_command import STEPS
from ops.trials.load import complaints, listing_changes
from ops.trials.worker_processes import end_worker

INSTANCE = "worker"
LATEST_TRANSACTION = 4


def kill_at_each_step(test_bed: TestBed, inputs: int, seed: int, kills: int) -> Verdict:
    """Kill a worker `kills` times at each step while it takes the inputs; compare with the log.

    Listings come first and complaints after, so that the log fixes what each complaint meets.
    """
    source = random.Random(seed)
    started = time.monotonic()
    test_bed.clear()
    plan = [step for step in STEPS for _ in range(kills)]
    source.shuffle(plan)
    half = len(plan) // 2
    listings = max(100, inputs // 5)
    done: Counter[str] = Counter()
    phases = (
        (listing_changes(inputs - inputs // 2, listings, seed), plan[:half]),
        (complaints(inputs // 2, listings, seed), plan[half:]),
    )
    progress = test_bed.progress()
    for events, steps in phases:
        test_bed.send(events)
        wanted = progress.end()
        for step in steps:
            transaction = source.randint(1, LATEST_TRANSACTION)
            words = ("--fault", "kill", "--step", step, "--transaction", str(transaction))
            worker = test_bed.start(INSTANCE, words, "chaos-worker")
            if ended(worker, progress, wanted):
                done[step] += 1
            else:
                end_worker(worker)
        worker = test_bed.start(INSTANCE)
        progress.wait(wanted, worker)
        end_worker(worker)
    progress.close()
    verdict = verify(test_bed, (test_bed.directory / INSTANCE,))
    killed = ", ".join(f"{step} {done[step]}" for step in STEPS)
    seconds = time.monotonic() - started
    sys.stdout.write(f"kill, seed {seed}: {inputs:,} inputs in {seconds:.0f} s, kills: {killed}\n")
    missed = sum(kills > done[step] for step in STEPS)
    if missed:
        problem = f"{missed} steps were reached fewer than {kills} times"
        return verdict._replace(problems=(*verdict.problems, problem))
    return verdict
