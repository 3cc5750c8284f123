"""Which services are killed when: PostgreSQL twice, each marketplace once, at seeded moments; the
archiver ten times, each time when it has written something since it was started."""

import random
import time
from typing import NamedTuple

from ops.trials.simulation.day import Day
from ops.trials.simulation.scenario import MARKETPLACES
from ops.trials.simulation.services import Services
from schemas.catalog import load_topics
from schemas.durations import HOUR_MILLISECONDS
from sinks.archive.storage import storage_at

FIRST_HOUR, LAST_HOUR = 1, 22
DATABASE_KILLS = 2
ARCHIVER_KILLS = 10
ARCHIVER_GOES_ON_SECONDS = (0.0, 3.0)
"""How long it goes on after its first file, real time."""

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


class ArchiverKills:
    """Kills the archiver while it has something to lose, as often as is planned."""

    def __init__(self, services: Services, day: Day) -> None:
        self._services = services
        self._source = random.Random(f"{day.seed}:archiver")
        self._left = ARCHIVER_KILLS
        self._files = 0
        self._due_at: float | None = None

    def turn(self) -> None:
        """Kill it where it is due."""
        if not self._left or "archiver" not in self._services.running():
            return
        if self._due_at is None:
            if self._file_count() > self._files:
                goes_on = self._source.uniform(*ARCHIVER_GOES_ON_SECONDS)
                self._due_at = time.monotonic() + goes_on
        elif time.monotonic() >= self._due_at:
            self._services.kill("archiver", 0.0)
            self._left, self._due_at = self._left - 1, None
            self._files = self._file_count()

    def _file_count(self) -> int:
        storage = storage_at(str(self._services.archive))
        return sum(len(storage.files(topic)) for topic in load_topics())
