"""Many seeds one after another, or one of them with all that happened in it."""

import logging
import multiprocessing
import statistics
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial

from ops.trials.load import START_MILLISECONDS
from ops.trials.seeded.run import Outcome, simulate

TOLD_EVERY = 500
SEEDS_IN_ONE_GO = 20

Write = Callable[[str], object]
RunSeed = Callable[[int], Outcome]


def seeds_of(text: str) -> range:
    """Return the seeds of `7` or `1-200`. Errors: ValueError."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def run_seeds(seeds: Sequence[int], processes: int, write: Write, run: RunSeed = simulate) -> int:
    """Run seeds and write a report; return how many of them failed."""
    failed = 0
    happened: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    seconds = []
    for number, outcome in enumerate(outcomes_of(seeds, processes, run), 1):
        seconds.append(outcome.seconds)
        totals.update(inputs=outcome.inputs, decisions=outcome.decisions, commands=outcome.commands)
        happened.update(outcome.happened)
        if outcome.problems:
            failed += 1
            write(f"  FAILED seed {outcome.seed}: {'; '.join(outcome.problems)}\n")
        if number % TOLD_EVERY == 0:
            write(f"  {number:,} seeds, {failed:,} failed\n")
    write(
        f"  {'FAILED' if failed else 'passed'} {len(seconds):,} seeds, {failed:,} failed: "
        f"{totals['inputs']:,} records sent, {totals['decisions']:,} decisions, "
        f"{totals['commands']:,} commands; {statistics.median(seconds):.2f} s of a core in the "
        f"median, {max(seconds):.2f} s at most\n"
    )
    for what, count in sorted(happened.items()):
        write(f"    {what}: {count:,}\n")
    return failed


def show_seed(seed: int, write: Write, run: RunSeed = simulate) -> int:
    """Run one seed and write what happened in it; return 1 where it failed, else 0."""
    outcome = run(seed)
    for at, who, what, facts in outcome.trace:
        passed = at - START_MILLISECONDS
        days, rest = divmod(passed, 86_400_000)
        hours, rest = divmod(rest, 3_600_000)
        minutes, rest = divmod(rest, 60_000)
        time = f"{days}d {hours:02d}:{minutes:02d}:{rest / 1000:06.3f}"
        write(f"{time}  {who:<12} {what} {' '.join(map(str, facts))}".rstrip() + "\n")
    for problem in outcome.problems:
        write(f"FAILED seed {seed}: {problem}\n")
    if not outcome.problems:
        write(
            f"passed seed {seed}: {outcome.inputs} records sent, {outcome.decisions} decisions, "
            f"{outcome.commands} commands, {outcome.seconds:.2f} s\n"
        )
    return 1 if outcome.problems else 0


def quieten() -> None:
    """Log nothing from now on: what goes wrong in a simulated process is meant to."""
    logging.disable(logging.CRITICAL)


@contextmanager
def quiet() -> Iterator[None]:
    """Log nothing for a while."""
    before = logging.root.manager.disable
    quieten()
    try:
        yield
    finally:
        logging.disable(before)


def outcomes_of(
    seeds: Sequence[int], processes: int, run: RunSeed = simulate
) -> Generator[Outcome]:
    """Yield what seeds led to, in their order, as they are done; without their traces."""
    if processes == 1:
        yield from _without_traces(map(run, seeds))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, quieten) as pool:
        yield from pool.map(partial(_run_quietly, run), seeds, chunksize=SEEDS_IN_ONE_GO)


def _run_quietly(run: RunSeed, seed: int) -> Outcome:
    return next(iter(_without_traces([run(seed)])))


def _without_traces(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    for outcome in outcomes:
        yield outcome._replace(trace=[])
