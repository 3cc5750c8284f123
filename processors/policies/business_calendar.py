"""Business days: weekends and public holidays of a country, in UTC days.

Holidays are those of the `holidays` package, of which the version is pinned, so that the same log
gives the same deadlines. A country that it does not know has weekends only.
"""

from functools import lru_cache

import holidays
import numpy as np

from schemas.durations import DAY_MILLISECONDS

CALENDAR_YEARS = 2
"""Years of holidays taken in from a day on: no clock here runs longer."""


def business_days_end(country: str, start_milliseconds: int, business_days: int) -> int:
    """Return the end of the last of so many business days that follow a moment's day.

    `country` is an ISO 3166-1 alpha-2 code; times are milliseconds, UTC. The day of the moment
    itself does not count, so nobody is given less than the full number.
    """
    day = start_milliseconds // DAY_MILLISECONDS
    return (_offset(country, day, business_days) + 1) * DAY_MILLISECONDS


def months_end(start_milliseconds: int, months: int) -> int:
    """Return the end of the day so many calendar months after a moment's day, at least.

    Where the later month has no such day, its next month's first day counts.
    """
    day = start_milliseconds // DAY_MILLISECONDS
    return (_months_later(day, months) + 1) * DAY_MILLISECONDS


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
