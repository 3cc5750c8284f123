"""When complaints of a day arrive."""

import random

from schemas.durations import HOUR_MILLISECONDS

HOURLY_WEIGHTS = (
    *(1.5, 1.2, 1.0, 1.0, 1.2, 1.8, 3.0, 5.0, 7.0, 8.0, 8.0, 7.5),
    *(6.5, 7.0, 7.0, 6.5, 6.0, 5.0, 4.0, 3.5, 3.0, 2.8, 2.3, 1.9),
)
"""Shares of the hours of a day, UTC. An assumption: office hours in Europe, with a tail for other
continents. The busiest hour has twice the mean."""

BURST_SHARE = 0.3
"""So many arrive in batches, as an agent files for many listings at once. An assumption."""

BURST_LARGEST = 300
"""Complaints in one batch at most: the largest that the filing API takes."""


def arrival_times(count: int, source: random.Random) -> list[int]:
    """Return so many times within a day, ascending, in milliseconds from its start."""
    times: list[int] = []
    in_bursts = int(count * BURST_SHARE)
    while in_bursts > 0:
        size = min(in_bursts, source.randint(2, BURST_LARGEST), max(2, count // 20))
        at = _draw(source)
        times += [at + number for number in range(size)]
        in_bursts -= size
    times += [_draw(source) for _ in range(count - len(times))]
    return sorted(times)[:count]


def _draw(source: random.Random) -> int:
    hour = source.choices(range(24), HOURLY_WEIGHTS)[0]
    return hour * HOUR_MILLISECONDS + source.randrange(HOUR_MILLISECONDS)
