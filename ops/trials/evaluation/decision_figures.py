"""Precision and recall of automatic decisions, with limits, by kind and doctrine."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from scipy.stats import binomtest

from ops.trials.evaluation.decisions import JudgedComplaint

CONFIDENCE = 0.95
OUTCOMES = ("take_down", "decline", "send_to_review", "ask_for_clarification")


class Share(NamedTuple):
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share; 1 of nothing."""
        return self.part / self.whole if self.whole else 1.0

    @property
    def lower_limit(self) -> float:
        """The one-sided lower limit at 95 % (exact binomial); 0 of nothing."""
        if not self.whole:
            return 0.0
        test = binomtest(self.part, self.whole, alternative="greater")
        return float(test.proportion_ci(CONFIDENCE, method="exact").low)

    @property
    def upper_limit(self) -> float:
        """The one-sided upper limit at 95 % (exact binomial); 1 of nothing."""
        if not self.whole:
            return 1.0
        test = binomtest(self.part, self.whole, alternative="less")
        return float(test.proportion_ci(CONFIDENCE, method="exact").high)

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.part} of {self.whole}, at least {self.lower_limit:.3f})"


class DecisionFigures(NamedTuple):
    """What was decided by machine on some complaints, and how much of it was right."""

    take_down_precision: Share
    take_down_recall: Share
    decline_precision: Share
    mismatch_recall: Share
    wrongly_unfounded: int

    def named(self) -> dict[str, float]:
        """Return each figure that may have a floor by its name."""
        return {
            "take_downs": float(self.take_down_precision.whole),
            "take_down_precision": self.take_down_precision.value,
            "take_down_recall": self.take_down_recall.value,
            "decline_precision": self.decline_precision.value,
            "mismatch_recall": self.mismatch_recall.value,
            "not_wrongly_unfounded": float(-self.wrongly_unfounded),
        }


FLOORS = (
    "take_downs",
    "take_down_precision",
    "take_down_recall",
    "decline_precision",
    "mismatch_recall",
    "not_wrongly_unfounded",
)
"""Names of figures. `not_wrongly_unfounded` is a number of complaints, told below zero."""


def figures(judged: Iterable[JudgedComplaint]) -> DecisionFigures:
    """Count what was decided."""
    judged = list(judged)
    down = [each for each in judged if each.outcome == "take_down"]
    declined = [each for each in judged if each.outcome == "decline"]
    clear = [each for each in judged if each.complaint.label == "infringing_clear"]
    mismatch = [each for each in judged if each.complaint.label == "mismatch"]
    return DecisionFigures(
        _share(down, lambda each: not each.wrong_take_down),
        _share(clear, lambda each: each.outcome == "take_down"),
        _share(declined, lambda each: not each.wrong_decline),
        _share(mismatch, lambda each: each.outcome == "decline"),
        sum(each.wrongly_unfounded for each in judged),
    )


def below(found: DecisionFigures, floors: dict[str, float]) -> list[str]:
    """Return a line for each floor that a figure stays under."""
    named = found.named()
    return [
        f"{name} is {named[name]:.4f}, under its floor {floor:g}"
        for name, floor in floors.items()
        if named[name] < floor
    ]


def outcomes_by(
    judged: Iterable[JudgedComplaint], heading: Callable[[JudgedComplaint], str]
) -> dict[str, Counter[str]]:
    """Return how often each outcome came under each heading."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for each in judged:
        counts[heading(each)][each.outcome] += 1
    return dict(sorted(counts.items()))


def _share(judged: list[JudgedComplaint], right: Callable[[JudgedComplaint], bool]) -> Share:
    return Share(sum(right(each) for each in judged), len(judged))
