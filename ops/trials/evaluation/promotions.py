"""Candidates with a known truth, through the gates of a promotion, which see labels only.

A candidate is known by what it takes down that the live rules do not. Cases are drawn by their
number: whether one is wrong, whether people look at it, and whether what they say is right.
"""

from typing import Final, NamedTuple

import numpy as np

from replay.promotion.compared import Compared
from replay.promotion.gates import Bounds, canary_gates, reasons_to_return, shadow_gates
from replay.promotion.record import SHARES_PERCENT

BACKTEST_DAYS: Final = 90
MAXIMUM_SHADOW_DAYS: Final = 90
"""After so long without enough labels a candidate is given up."""

REVIEWS_SHARE: Final = 0.2
_BACKTEST: Final = Bounds(shadow_days=BACKTEST_DAYS)


class World(NamedTuple):
    """What is true of all candidates."""

    decisions_a_day: int = 10_000
    wrong_share: float = 0.001
    """Of takedowns that nobody planted."""
    labelled_share: float = 0.1
    contested_times: float = 3.0
    """Wrong takedowns are looked at so many times as often."""
    label_wrong_share: float = 0.01


class Candidate(NamedTuple):
    """What a candidate would newly take down, as shares of all decisions."""

    new_share: float
    wrong_share: float
    """Of all decisions too."""


class Ending(NamedTuple):
    """How a promotion went: by which gate it was stopped, empty where by none, and its days."""

    stopped_by: str
    days: int
    wrong_takedowns: int
    """Those that were made on the way, before it was stopped or decided on all."""


def planted(chance: np.random.Generator, world: World, bad_share: float) -> list[Candidate]:
    """Return a bad candidate and a good one, which differ as often."""
    new_share = float(chance.uniform(bad_share, 10 * bad_share))
    return [
        Candidate(new_share, bad_share),
        Candidate(new_share, new_share * world.wrong_share),
    ]


def promote(
    candidate: Candidate, world: World, bounds: Bounds, chance: np.random.Generator
) -> Ending:
    """Take a candidate through backtest, shadow and its shares of listings."""
    tested = _drawn(candidate, world, BACKTEST_DAYS, 1.0, chance)[0]
    if not all(gate.met for gate in shadow_gates(tested, _BACKTEST)):
        return Ending("backtest", 0, 0)
    days = shadow_days(candidate, world, bounds, chance)
    if days is None:
        return Ending("shadow", MAXIMUM_SHADOW_DAYS, 0)
    wrong = 0
    for share_percent in SHARES_PERCENT[:-1]:
        found = Compared(0, 0, 0, 0, 0, 0, 0)
        for _ in range(bounds.canary_days):
            day, wrong_today = _drawn(candidate, world, 1, share_percent / 100, chance)
            found, wrong = _sum(found, day), wrong + wrong_today
            days += 1
            if reasons_to_return(found, bounds):
                return Ending(f"canary at {share_percent} %", days, wrong)
        if not all(gate.met for gate in canary_gates(found, bounds)):
            return Ending(f"canary at {share_percent} %", days, wrong)
    return Ending("", days, wrong)


def shadow_days(
    candidate: Candidate, world: World, bounds: Bounds, chance: np.random.Generator
) -> int | None:
    """Return after how many days in shadow the gate is met; None where it is not in time."""
    found = Compared(0, 0, 0, 0, 0, 0, 0)
    for day in range(1, MAXIMUM_SHADOW_DAYS + 1):
        found = _sum(found, _drawn(candidate, world, 1, 1.0, chance)[0])
        if all(gate.met for gate in shadow_gates(found, bounds)):
            return day
    return None


def _drawn(
    candidate: Candidate, world: World, days: int, part: float, chance: np.random.Generator
) -> tuple[Compared, int]:
    """Return what is seen of some days on a part of listings, and how many takedowns are wrong."""
    cases = int(chance.binomial(world.decisions_a_day * days, part))
    new = int(chance.binomial(cases, candidate.new_share))
    wrong = int(chance.binomial(new, min(candidate.wrong_share / candidate.new_share, 1.0)))
    seen_wrong = int(chance.binomial(wrong, world.labelled_share * world.contested_times))
    seen_right = int(chance.binomial(new - wrong, world.labelled_share))
    mistaken = chance.binomial([seen_wrong, seen_right], world.label_wrong_share)
    lawful = seen_wrong - int(mistaken[0]) + int(mistaken[1])
    reviews = int(chance.binomial(cases - new, REVIEWS_SHARE))
    # Half of what is newly taken down went to people before.
    before = reviews + int(chance.binomial(new, 0.5))
    infringing = seen_wrong + seen_right - lawful
    return Compared(cases, days, new, infringing, lawful, before, reviews), wrong


def _sum(one: Compared, other: Compared) -> Compared:
    return Compared(*(a + b for a, b in zip(one, other, strict=True)))
