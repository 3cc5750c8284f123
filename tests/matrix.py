"""The matrix of seeds and cases, of which a run of the tests takes a part.

`make test` takes the part that the commit's hash chooses, the same for the same commit; in
`make test-all`, with MATRIX_PART=all, each case is taken, and more examples are drawn.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

PARTS = 4
MORE_EXAMPLES = 10
ROOT = Path(__file__).parents[1]

Case = TypeVar("Case")


def part_of(named: str, commit: str) -> int | None:
    """Return the part that is named or that a commit chooses; None is all of it."""
    if named == "all":
        return None
    if named:
        if named not in map(str, range(1, PARTS + 1)):
            raise ValueError(f"MATRIX_PART is all or 1 to {PARTS}, not {named}")
        return int(named)
    return int(commit[:8], 16) % PARTS + 1 if commit else 1


def _commit() -> str:
    """Return the checked out commit's hash, or nothing without git."""
    try:
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return found.stdout.strip()


COMMIT = _commit()
PART = part_of(os.environ.get("MATRIX_PART", ""), COMMIT)


def told() -> str:
    """Return what a run takes, in words."""
    if PART is None:
        return "matrix: all parts"
    return f"matrix: part {PART} of {PARTS}, commit {COMMIT[:12] or 'unknown'}"


def parted(every: Sequence[Case], part: int | None) -> list[Case]:
    """Return the cases of a part: each fourth, or all."""
    return list(every) if part is None else list(every[part - 1 :: PARTS])


def cases(every: Sequence[Case]) -> list[Case]:
    """Return the cases that this run takes."""
    return parted(every, PART)


def size(usual: int, of_all: int) -> int:
    """Return how large a case is made: as usual, or as in a run of all."""
    return usual if PART else of_all


def examples(usual: int) -> int:
    """Return how many examples of a property are drawn."""
    return size(usual, usual * MORE_EXAMPLES)
