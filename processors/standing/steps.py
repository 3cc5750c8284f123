"""What counts towards the next step of a sanction: nothing that came too soon after the last."""

from collections import Counter, deque
from collections.abc import Hashable, Iterable
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")


class Counting(NamedTuple):
    """By which numbers conduct leads to steps; times are milliseconds."""

    steps: tuple[int, ...]
    """Numbers at which the steps are."""
    length: int
    """How long a piece of conduct counts."""
    rest: int
    """How long after a step nothing counts towards the next; 0 for not at all."""


def counted(
    items: Iterable[tuple[Item, Hashable, int]], counting: Counting
) -> tuple[list[Item], int]:
    """Return what counts of conduct, and the most that ever counted at once.

    Each item comes with what it counts once with, such as its listing, and its time, ascending.
    """
    kept: list[Item] = []
    standing: deque[tuple[Hashable, int]] = deque()
    names: Counter[Hashable] = Counter()
    peak, rests_until = 0, None
    for item, name, at in items:
        while standing and standing[0][1] + counting.length <= at:
            gone, _ = standing.popleft()
            names[gone] -= 1
            if not names[gone]:
                del names[gone]
        is_new = name not in names
        if is_new and rests_until is not None and at < rests_until:
            continue
        standing.append((name, at))
        names[name] += 1
        kept.append(item)
        peak = max(peak, len(names))
        if is_new and counting.rest and len(names) in counting.steps:
            rests_until = at + counting.rest
    return kept, peak
