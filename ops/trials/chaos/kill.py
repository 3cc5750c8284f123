"""Workers killed with kill -9 at each labelled step, over and over, under load."""

import random
import sys
import time
from collections import Counter

from ops.trials.chaos.test_bed import RUN_TIMEOUT_SECONDS, Field, ended
from ops.trials.chaos.verify import Verdict, verify
from ops.trials.chaos.worker_command import STEPS
from ops.trials.load import complaints, listing_changes
from ops.trials.worker_processes import end_worker

INSTANCE = "victim"
LATEST_TRANSACTION = 4


def kill_at_each_step(field: Field, inputs: int, seed: int, kills: int) -> Verdict:
    """Kill a worker `kills` times at each step while it takes the inputs; compare with the log.

    Listings come first and complaints after, so that the log fixes what each complaint meets.
    """
    source = random.Random(seed)
    started = time.monotonic()
    field.clear()
    plan = [step for step in STEPS for _ in range(kills)]
    source.shuffle(plan)
    half = len(plan) // 2
    listings = max(100, inputs // 5)
    done: Counter[str] = Counter()
    phases = (
        (listing_changes(inputs - inputs // 2, listings, seed), plan[:half]),
        (complaints(inputs // 2, listings, seed), plan[half:]),
    )
    progress = field.progress()
    for events, steps in phases:
        field.send(events)
        wanted = progress.end()
        for step in steps:
            transaction = source.randint(1, LATEST_TRANSACTION)
            words = ("--fault", "kill", "--step", step, "--transaction", str(transaction))
            victim = field.start(INSTANCE, words, "chaos-worker")
            if ended(victim, progress, wanted):
                done[step] += 1
            else:
                end_worker(victim)
        worker = field.start(INSTANCE)
        progress.wait(wanted, worker, RUN_TIMEOUT_SECONDS)
        end_worker(worker)
    progress.close()
    verdict = verify(field, (field.directory / INSTANCE,))
    killed = ", ".join(f"{step} {done[step]}" for step in STEPS)
    seconds = time.monotonic() - started
    sys.stdout.write(f"kill, seed {seed}: {inputs:,} inputs in {seconds:.0f} s, kills: {killed}\n")
    missed = sum(kills > done[step] for step in STEPS)
    if missed:
        problem = f"{missed} steps were reached fewer than {kills} times"
        return verdict._replace(problems=(*verdict.problems, problem))
    return verdict
