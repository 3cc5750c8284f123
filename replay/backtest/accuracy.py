"""Precision and recall of takedowns against what people found, with confidence intervals."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from scipy.special import betaincinv

from replay.backtest.result import Accuracy, Share

CONFIDENCE: Final = 0.95


def accuracies(counts: Iterable[tuple[Any, ...]]) -> tuple[Accuracy, ...]:
    """Return accuracy by stratum, the largest first, of counts by stratum, label, and whether each
    of the rule sets takes down."""
    strata: dict[str, list[tuple[bool, bool, bool, int]]] = defaultdict(list)
    for stratum, infringing, live, candidate, cases in counts:
        strata[stratum].append((infringing, live, candidate, cases))
    found = [_accuracy(stratum, rows) for stratum, rows in strata.items()]
    return tuple(sorted(found, key=lambda each: (-each.cases, each.stratum)))


def _accuracy(stratum: str, rows: list[tuple[bool, bool, bool, int]]) -> Accuracy:
    infringing = sum(cases for is_so, _, _, cases in rows if is_so)
    down = [sum(row[3] for row in rows if row[place]) for place in (1, 2)]
    right = [sum(row[3] for row in rows if row[place] and row[0]) for place in (1, 2)]
    return Accuracy(
        stratum,
        sum(row[3] for row in rows),
        *(share(hits, of) for hits, of in zip(right, down, strict=True)),
        *(share(hits, infringing) for hits in right),
    )


def share(hits: int, of: int) -> Share:
    """Return a share with its confidence interval, as Clopper and Pearson have it."""
    # scipy.stats has the same, and takes seconds to be imported: who takes rules back waits.
    beyond = (1 - CONFIDENCE) / 2
    low = betaincinv(hits, of - hits + 1, beyond) if hits else 0.0
    high = betaincinv(hits + 1, of - hits, 1 - beyond) if hits < of else 1.0
    return Share(hits, of, float(low), float(high))
