"""When days begin in each country, from a table made of the time zone database."""

import json
from bisect import bisect_right
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import NamedTuple

from schemas.durations import DAY_MILLISECONDS

MINUTE_MILLISECONDS = 60_000


class Begins(NamedTuple):
    """From which days on a country's days begin how many minutes after midnight UTC."""

    days: tuple[int, ...]
    minutes: tuple[int, ...]

    def at(self, day: int) -> int:
        """Return the beginning of a day, by its number since 1970, in milliseconds UTC."""
        if not self.days:
            return day * DAY_MILLISECONDS
        place = max(0, bisect_right(self.days, day) - 1)
        return day * DAY_MILLISECONDS + self.minutes[place] * MINUTE_MILLISECONDS


class LocalDays(NamedTuple):
    """A country's days. Where it has several time zones, a day begins `first` in one and `last`
    in another."""

    first: Begins
    last: Begins

    def day_of(self, milliseconds: int) -> int:
        """Return the latest day that it is anywhere in the country at a moment."""
        day = milliseconds // DAY_MILLISECONDS
        return next(each for each in (day + 1, day, day - 1) if self.first.at(each) <= milliseconds)

    def end_of(self, day: int) -> int:
        """Return when a day has ended everywhere in the country, in milliseconds UTC."""
        return self.last.at(day + 1)


UTC_DAYS = LocalDays(Begins((), ()), Begins((), ()))
"""Days of a country that the table does not have."""


@cache
def _table() -> tuple[str, dict[str, LocalDays]]:
    text = files(__package__).joinpath("local_days.json").read_text(encoding="utf-8")
    plain = json.loads(text)
    countries = {
        country: LocalDays(*(Begins(*map(tuple, zip(*begins, strict=True))) for begins in both))
        for country, both in plain["countries"].items()
    }
    return plain["version"], countries


def local_days(country: str) -> LocalDays:
    """Return the days of a country by its ISO 3166-1 alpha-2 code."""
    return _table()[1].get(country, UTC_DAYS)


def calendar_version() -> str:
    """Return the version of the calendar: that of the time zones and that of the holidays."""
    return f"{_table()[0]}/{version('holidays')}"
