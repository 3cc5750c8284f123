"""What a backtest finds."""

from collections.abc import Mapping
from typing import NamedTuple

DIMENSIONS = ("ground", "marketplace", "territory", "rights_holder_id", "trademark_key")
"""By what new and lost takedowns are told apart; all are columns of the differences."""
STRATA = ("ground", "marketplace", "territory")
"""By what precision and recall are told apart."""


class Effect(NamedTuple):
    """Takedowns that the candidate would make and the live rules did not, and the other way."""

    name: str
    new: int
    lost: int
    new_lawful: int
    """New ones that people found to be lawful."""
    new_infringing: int
    """New ones that people found to infringe."""
    lost_lawful: int
    """Lost ones that people found to be lawful."""
    lost_infringing: int
    """Lost ones that people found to infringe."""


class Change(NamedTuple):
    """Decisions that change from one outcome to another, by the two rules and what decides."""

    outcome: str
    candidate_outcome: str
    live_rule: str
    candidate_rule: str
    finding: str
    word: str
    decisions: int


class Share(NamedTuple):
    """A share with its 95 % confidence interval, exact (Clopper and Pearson); of none it is
    unknown."""

    hits: int
    of: int
    low: float
    high: float


class Accuracy(NamedTuple):
    """How takedowns of labelled cases agree with their labels, by both rule sets."""

    stratum: str
    cases: int
    live_precision: Share
    candidate_precision: Share
    live_recall: Share
    candidate_recall: Share


class Load(NamedTuple):
    """Reviews asked for on a day, and what is left of them when it ends with so many done a day."""

    day: str
    live: int
    candidate: int
    live_backlog: int
    candidate_backlog: int


class FirstOrder(NamedTuple):
    """The effect of the rules alone, with all else as it was."""

    decisions: int
    by_rules: int
    combinations: int
    not_comparable: int
    """Decisions whose findings lack one that rules ask for now."""
    differing: int
    other_reasons: int
    """Decisions with the same outcome for other reasons."""
    effect: Effect
    changes: tuple[Change, ...]
    effects: Mapping[str, tuple[Effect, ...]]
    labels: Mapping[str, int]
    """Labelled cases by the source of their label."""
    accuracy: Mapping[str, tuple[Accuracy, ...]]
    """By dimension; the first is of all."""
    loads: tuple[Load, ...]


class Gap(NamedTuple):
    """Differing decisions that end otherwise when all steps are taken."""

    candidate_outcome: str
    replayed_outcome: str
    decided_by: str
    decisions: int


class SecondOrder(NamedTuple):
    """What the differing cases come to when all their steps are taken."""

    listings: int
    as_archived: int
    """Differing decisions that the live rules made again as the archive has them."""
    as_expected: int
    """Those that the candidate made as its rules alone say."""
    gaps: tuple[Gap, ...]
    events: tuple[tuple[str, int, int], ...]
    """Events of these listings' cases, as the live rules and as the candidate lead to them."""
    new_takedowns: int
    lost_takedowns: int


class Gate(NamedTuple):
    """Something a candidate has to show, and what was found."""

    name: str
    met: bool
    found: str


class Backtest(NamedTuple):
    """A candidate against what decided, over a period."""

    candidate_hash: str
    live_hashes: tuple[str, ...]
    begin: str
    """The first day, UTC."""
    end: str
    """The last day."""
    reviews_a_day: int | None
    first: FirstOrder
    second: SecondOrder | None
    """None where only the first order was asked for."""
    gates: tuple[Gate, ...] = ()
