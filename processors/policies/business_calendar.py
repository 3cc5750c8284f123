"""Business days: weekends, public holidays and make-up working days of a country, in its own days.

Holidays are those of the `holidays` package and days those of the time zone database, of which the
versions are pinned and told by a case's times, so that the same log gives the same deadlines. A
country that they do not know has weekends only, and days in UTC.
"""

from functools import cache, lru_cache
from typing import NamedTuple

import holidays
import numpy as np
from holidays import HolidayBase

from processors.findings.territories import countries_of
from processors.policies.local_days import LocalDays, local_days
from schemas.durations import DAY_MILLISECONDS

_EPOCH_ORDINAL = 719_163
"""The ordinal of 1970-01-01, a Thursday."""

CALENDAR_YEARS = 2
"""Years of holidays taken in from a day on: no clock here runs longer."""


class Calendar(NamedTuple):
    """By whose days is counted: those of countries, and of all countries of unions, by the codes
    of territories, of which the latest end counts. A case from before days were local has no
    version, and UTC days."""

    version: str
    countries: tuple[str, ...]

    def business_days_end(self, start_milliseconds: int, count: int) -> int:
        """Return the end of the last of so many business days that follow a moment's day.

        Times are milliseconds, UTC. The day of the moment itself does not count, so nobody is given
        less than the full number.
        """
        if not self.version:
            day = start_milliseconds // DAY_MILLISECONDS
            country = self.countries[0] if self.countries else ""
            return (_offset(country, day, count) + 1) * DAY_MILLISECONDS
        return max(
            days.end_of(_business_days_later(country, days.day_of(start_milliseconds), count))
            for country, days in self._days()
        )

    def days_end(self, start_milliseconds: int, count: int) -> int:
        """Return the end of the last of so many days that follow a moment's day."""
        if not self.version:
            return (start_milliseconds // DAY_MILLISECONDS + count + 1) * DAY_MILLISECONDS
        return max(days.end_of(days.day_of(start_milliseconds) + count) for _, days in self._days())

    def months_end(self, start_milliseconds: int, months: int) -> int:
        """Return the end of the day so many calendar months after a moment's day, at least.

        Where the later month has no such day, its next month's first day counts.
        """
        if not self.version:
            day = start_milliseconds // DAY_MILLISECONDS
            return (_months_later(day, months) + 1) * DAY_MILLISECONDS
        return max(
            days.end_of(_months_later(days.day_of(start_milliseconds), months))
            for _, days in self._days()
        )

    def months_before(self, end_milliseconds: int, months: int) -> int:
        """Return the start of the day so many calendar months before a moment's day, in UTC."""
        return _months_later(end_milliseconds // DAY_MILLISECONDS, -months) * DAY_MILLISECONDS

    def _days(self) -> list[tuple[str, LocalDays]]:
        codes = self.countries or ("",)
        countries = dict.fromkeys(country for code in codes for country in _countries(code))
        return [(country, local_days(country)) for country in countries]


@lru_cache(maxsize=1_024)
def _countries(code: str) -> tuple[str, ...]:
    return tuple(sorted(countries_of(code))) or (code,)


@lru_cache(maxsize=16_384)
def _months_later(number: int, months: int) -> int:
    day = np.datetime64(number, "D")
    month = day.astype("datetime64[M]")
    within = day - month.astype("datetime64[D]")
    later = month + np.timedelta64(months, "M")
    following = (later + np.timedelta64(1, "M")).astype("datetime64[D]")
    reached = min(later.astype("datetime64[D]") + within, following)
    return int(reached.astype(int))


@lru_cache(maxsize=16_384)
def _business_days_later(country: str, day: int, business_days: int) -> int:
    """Return the day on which so many business days have passed."""
    left = business_days
    while left:
        day += 1
        left -= _is_business_day(country, day)
    return day


@lru_cache(maxsize=65_536)
def _is_business_day(country: str, number: int) -> bool:
    weekday = (number + 3) % 7
    found = _holidays(country)
    if found is None:
        return weekday not in (5, 6)
    # Asked first, as a year's days are taken in when one of them is asked for.
    is_holiday = str(np.datetime64(number, "D")) in found
    made_up = any(each.toordinal() - _EPOCH_ORDINAL == number for each in found.weekend_workdays)
    return made_up or (weekday not in found.weekend and not is_holiday)


@cache
def _holidays(country: str) -> HolidayBase | None:
    """Return a country's holidays, which take in a year when one of its days is asked for."""
    known = country in holidays.list_supported_countries()
    return holidays.country_holidays(country) if known else None


@lru_cache(maxsize=16_384)
def _offset(country: str, day: int, business_days: int) -> int:
    year = int(np.datetime64(day, "D").astype("datetime64[Y]").astype(int)) + 1970
    start = np.datetime64(day, "D")
    # A start on a day off counts from the business day before it.
    end = np.busday_offset(
        start, business_days, roll="backward", busdaycal=_calendar(country, year)
    )
    return int(end.astype(int))


@lru_cache(maxsize=1_024)
def _calendar(country: str, year: int) -> np.busdaycalendar:
    known = country in holidays.list_supported_countries()
    years = range(year - 1, year + CALENDAR_YEARS)
    found = holidays.country_holidays(country, years=years) if known else None
    weekend = {5, 6} if found is None else found.weekend
    days = [] if found is None else sorted(found)
    return np.busdaycalendar(
        weekmask=[number not in weekend for number in range(7)],
        holidays=np.array([str(each) for each in days], dtype="datetime64[D]"),
    )
