"""What a candidate has to show beside the live rules, and when it is taken back.

In shadow the worse end of the interval has to be within the bound: what nobody looked at is not
shown. On a small share of listings too few are looked at for that, and what is sought there is what
shadow can't show; so it goes on, and stays, until the better end is beyond the bound.
"""

from typing import Final, NamedTuple

from replay.backtest.accuracy import share
from replay.backtest.result import Gate, Share
from replay.promotion.compared import Compared

MINIMUM_CASES: Final = 100
"""Of fewer no review load is told."""


class Bounds(NamedTuple):
    """What is allowed."""

    shadow_days: int = 7
    canary_days: int = 3
    """On each share of listings."""
    wrong_percent: float = 5.0
    """Of new takedowns that people looked at."""
    reviews_percent: float = 10.0
    """More reviews than the live rules lead to."""


def shadow_gates(found: Compared, bounds: Bounds) -> tuple[Gate, ...]:
    """Return what a candidate showed that decided nothing."""
    wrong = _wrong(found)
    return (
        _days(found, bounds.shadow_days),
        Gate(
            f"at most {bounds.wrong_percent:g} % of new takedowns are wrong",
            not found.new_takedowns or 100 * wrong.high <= bounds.wrong_percent,
            f"up to {100 * wrong.high:.1f} %: {wrong.hits:,} of {wrong.of:,} looked at"
            if found.new_takedowns
            else "no new takedowns",
        ),
        _reviews(found, bounds),
    )


def canary_gates(found: Compared, bounds: Bounds) -> tuple[Gate, ...]:
    """Return what a candidate showed on its share of listings."""
    wrong = _wrong(found)
    return (
        _days(found, bounds.canary_days),
        Gate(
            f"not surely more than {bounds.wrong_percent:g} % of new takedowns are wrong",
            100 * wrong.low <= bounds.wrong_percent,
            f"at least {100 * wrong.low:.1f} %: {wrong.hits:,} of {wrong.of:,} looked at",
        ),
        _reviews(found, bounds),
    )


def reasons_to_return(found: Compared, bounds: Bounds) -> tuple[str, ...]:
    """Return why a candidate that decides is to be taken back; nothing where it may stay."""
    told = []
    wrong = _wrong(found)
    if 100 * wrong.low > bounds.wrong_percent:
        told.append(
            f"at least {100 * wrong.low:.1f} % of new takedowns are wrong: "
            f"{wrong.hits:,} of {wrong.of:,} looked at"
        )
    reviews = _reviews_percent(found)
    if found.cases >= MINIMUM_CASES and reviews > bounds.reviews_percent:
        told.append(f"{reviews:.1f} % more reviews: {found.candidate_reviews:,}")
    return tuple(told)


def _wrong(found: Compared) -> Share:
    return share(found.new_lawful, found.new_infringing + found.new_lawful)


def _days(found: Compared, days: int) -> Gate:
    name = f"compared on {days} days"
    return Gate(name, found.days >= days, f"{found.days} days, {found.cases:,} cases")


def _reviews(found: Compared, bounds: Bounds) -> Gate:
    more = _reviews_percent(found)
    return Gate(
        f"at most {bounds.reviews_percent:g} % more reviews",
        found.cases >= MINIMUM_CASES and more <= bounds.reviews_percent,
        f"{more:+.1f} %: {found.candidate_reviews:,}, by the live rules "
        f"{found.live_reviews:,}, of {found.cases:,} cases",
    )


def _reviews_percent(found: Compared) -> float:
    """Return how many more reviews there are; one more where there were none is all of them."""
    more = found.candidate_reviews - found.live_reviews
    return 100 * more / max(found.live_reviews, 1)
