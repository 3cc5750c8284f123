"""Which services are killed when: PostgreSQL twice, each marketplace once, at seeded moments."""

import random
from typing import NamedTuple

from ops.trials.simulation.day import Day
from ops.trials.simulation.scenario import MARKETPLACES
from ops.trials.simulation.services import Services
from schemas.durations import HOUR_MILLISECONDS

FIRST_HOUR, LAST_HOUR = 1, 22
DATABASE_KILLS = 2
DOWN_MINUTES = (2.0, 10.0)
"""How long a killed service is away, in simulated time; its own start comes on top."""


class Kill(NamedTuple):
    """A kill -9 to come: when after the day's start, of what, and for how long."""

    at_milliseconds: int
    name: str
    down_seconds: float


def planned_kills(day: Day) -> list[Kill]:
    """Return all kills of a day, the earliest first."""
    source = random.Random(f"{day.seed}:kills")
    kills = []
    for name in (*MARKETPLACES, *("postgres",) * DATABASE_KILLS):
        at = int(source.uniform(FIRST_HOUR, LAST_HOUR) * HOUR_MILLISECONDS)
        down_seconds = source.uniform(*DOWN_MINUTES) * 60 / day.factor
        kills.append(Kill(at, name, down_seconds))
    return sorted(kills)


def kill_due(kills: list[Kill], passed_milliseconds: int, services: Services) -> list[Kill]:
    """Carry out what is due; give what is still to come."""
    for kill in kills:
        if kill.at_milliseconds <= passed_milliseconds:
            services.kill(kill.name, kill.down_seconds)
    return [kill for kill in kills if kill.at_milliseconds > passed_milliseconds]
