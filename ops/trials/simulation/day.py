"""What a simulated day is run with: its size, its speed, its seed, and its time."""

from typing import NamedTuple

from schemas.durations import HOUR_MILLISECONDS
from streams.clock import ScaledClock

LONGEST_HOURS = 60
"""What is left at midnight is worked off for so long, by the day's clock."""

ROOM_SECONDS = 420.0
"""Real time besides, for a slow machine: to start services, load listings, and finish. However
fast the day, it begins less than the shortest retention of a topic ago."""


class Day(NamedTuple):
    """One simulated day. Simulated time meets real time long after it, so no record's time is
    ahead of the broker's clock, which would refuse it."""

    complaints: int
    factor: float
    reviewers: int
    seed: int
    meets_at_milliseconds: int

    @property
    def clock(self) -> ScaledClock:
        """The day's clock, the same in each process."""
        return ScaledClock(self.factor, self.meets_at_milliseconds)

    @property
    def has_time_left(self) -> bool:
        """Whether simulated time has yet to meet real time."""
        return self.clock.now_milliseconds() < self.meets_at_milliseconds

    @property
    def clock_arguments(self) -> tuple[str, ...]:
        """The arguments by which a service takes this clock."""
        return (
            *("--clock-factor", str(self.factor)),
            *("--clock-started-at-milliseconds", str(self.meets_at_milliseconds)),
        )


def meets_at(now_milliseconds: int, factor: float) -> int:
    """Return when simulated and real time are to meet, for a day that is prepared now."""
    length = (LONGEST_HOURS + 4) * HOUR_MILLISECONDS / factor
    return now_milliseconds + int(ROOM_SECONDS * 1000 + length)
