"""How many open tasks will miss their deadline, if reviews go on as they do."""

from collections.abc import Sequence
from typing import NamedTuple


class BreachForecast(NamedTuple):
    """Tasks expected late, and their share of those open, 0 to 1."""

    late: int
    share: float


def breach_forecast(
    deadlines_milliseconds: Sequence[int], reviews_per_second: float, now_milliseconds: int
) -> BreachForecast:
    """Forecast breaches of open tasks, whose deadlines are given in ascending order.

    Tasks are taken to be decided by deadline, one after another, at the given rate. Without any
    reviews all are late.
    """
    count = len(deadlines_milliseconds)
    if not count:
        return BreachForecast(0, 0.0)
    if reviews_per_second <= 0:
        return BreachForecast(count, 1.0)
    each = 1_000 / reviews_per_second
    late = sum(
        now_milliseconds + number * each > deadline
        for number, deadline in enumerate(deadlines_milliseconds, 1)
    )
    return BreachForecast(late, late / count)
