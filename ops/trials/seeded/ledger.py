"""Which seeds were run, of which commit: a file that long runs are continued from, in pieces."""

import csv
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ops.errors import OperatorError
from ops.trials.seeded.report import RunSeed, Write, outcomes_of
from ops.trials.seeded.run import Outcome, simulate

ROOT = Path(__file__).parents[3]
SEEDS_IN_A_PIECE = 20


class Piece(NamedTuple):
    """Some seeds in a row: what they cost, which of them failed, and what happened how often, where
    the ledger is to tell that."""

    first_seed: int
    last_seed: int
    commit: str
    core_seconds: float
    failed: tuple[int, ...]
    happened: tuple[tuple[str, int], ...] = ()

    @property
    def seeds(self) -> range:
        """All of them."""
        return range(self.first_seed, self.last_seed + 1)


UNCOUNTED = Piece._fields[:-1]


def read_ledger(path: Path) -> list[Piece]:
    """Return the pieces of a ledger; none where there is no file. Errors: OperatorError."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if not rows or tuple(rows[0]) not in (Piece._fields, UNCOUNTED):
        raise OperatorError(f"{path} is no ledger of seeds: its first line is another")
    try:
        return [_piece(*row) for row in rows[1:]]
    except (TypeError, ValueError) as error:
        raise OperatorError(f"{path} is no ledger of seeds: {error}") from error


def sum_of(pieces: Sequence[Piece]) -> str:
    """Return what a ledger comes to, as a sentence."""
    seeds = len({seed for piece in pieces for seed in piece.seeds})
    failed = sorted({seed for piece in pieces for seed in piece.failed})
    commits = len({piece.commit for piece in pieces})
    hours = sum(piece.core_seconds for piece in pieces) / 3600
    named = f" ({', '.join(map(str, failed))})" if failed else ""
    return f"{seeds:,} seeds of {commits} commits, {len(failed)} failed{named}, {hours:.1f} h."


def total_of(pieces: Iterable[Piece]) -> Counter[str]:
    """Return what happened in all seeds, and how often."""
    total: Counter[str] = Counter()
    for piece in pieces:
        total.update(dict(piece.happened))
    return total


def run_missing(
    seeds: Iterable[int],
    processes: int,
    path: Path,
    minutes: float,
    write: Write,
    run: RunSeed = simulate,
    is_counted: bool = False,
) -> int:
    """Run the seeds that a ledger doesn't have, for so long, and append each piece as it is done;
    return how many failed. Errors: OperatorError."""
    ends_at = time.monotonic() + minutes * 60
    known = read_ledger(path)
    there = {seed for piece in known for seed in piece.seeds}
    missing = sorted(set(seeds) - there)
    commit = commit_here()
    failed = 0
    outcomes = outcomes_of(missing, processes, run)
    for group in _in_pieces(outcomes):
        wrong = [each for each in group if each.problems]
        happened = sum((each.happened for each in group), Counter()) if is_counted else Counter()
        piece = Piece(
            *(group[0].seed, group[-1].seed, commit),
            sum(each.seconds for each in group),
            tuple(each.seed for each in wrong),
            tuple(sorted(happened.items())),
        )
        _append(path, piece)
        known.append(piece)
        for each in wrong:
            write(f"  FAILED seed {each.seed}: {'; '.join(each.problems)}\n")
        failed += len(wrong)
        if time.monotonic() >= ends_at:
            break
    outcomes.close()
    write(f"  {sum_of(known)}\n")
    return failed


def commit_here() -> str:
    """Return the commit of the code that runs; it ends in `-dirty` where files were changed.
    Errors: OperatorError."""
    asked = ["git", "describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"]
    try:
        told = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise OperatorError(f"git doesn't tell the commit: {error}") from error
    return told.stdout.strip()


def _in_pieces(outcomes: Iterable[Outcome]) -> Iterator[list[Outcome]]:
    """Yield seeds in a row together, not too many."""
    group: list[Outcome] = []
    for each in outcomes:
        if group and (len(group) == SEEDS_IN_A_PIECE or each.seed != group[-1].seed + 1):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _piece(
    first: str, last: str, commit: str, core_seconds: str, failed: str, happened: str = ""
) -> Piece:
    counts = (each.partition("=") for each in happened.split(";") if each)
    return Piece(
        *(int(first), int(last), commit, float(core_seconds)),
        tuple(map(int, failed.split())),
        tuple((what, int(count)) for what, _, count in counts),
    )


def _append(path: Path, piece: Piece) -> None:
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(Piece._fields if piece.happened else UNCOUNTED)
        failed = " ".join(map(str, piece.failed))
        happened = ";".join(f"{what}={count}" for what, count in piece.happened)
        row = (*piece[:3], f"{piece.core_seconds:.1f}", failed)
        writer.writerow((*row, happened) if happened else row)
