"""Business days and months, against dates looked up by hand."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.policies.business_calendar import Calendar
from processors.policies.local_days import calendar_version, local_days
from schemas.durations import DAY_MILLISECONDS


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("country", "start", "days", "end"),
    [
        # Thanksgiving is on 26 November 2026.
        ("US", "2026-11-25T09:00", 3, "2026-12-02"),
        # New Year's Day, Saturday and Sunday lie between.
        ("DE", "2026-12-30T23:59", 2, "2027-01-05"),
        # 1 to 7 October are China's National Day holidays.
        ("CN", "2026-09-30T09:00", 1, "2026-10-09"),
        ("ZZ", "2026-11-28T09:00", 1, "2026-12-01"),
        # Israel rests on Friday and Saturday.
        ("IL", "2026-11-26T09:00", 1, "2026-11-30"),
    ],
)
def test_business_days_leave_out_weekends_and_holidays(country, start, days, end):
    assert Calendar("", (country,)).business_days_end(at(start), days) == at(end)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-11-25T09:00", 6, "2027-05-26"),
        ("2026-08-31T00:00", 6, "2027-03-02"),
        ("2027-08-31T00:00", 6, "2028-03-02"),
        ("2026-12-31T23:59", 2, "2027-03-02"),
    ],
)
def test_months_end_no_earlier_than_the_same_day(start, months, end):
    assert Calendar("", ("US",)).months_end(at(start), months) == at(end)


LOCAL = calendar_version()


@pytest.mark.parametrize(
    ("countries", "start", "days", "end"),
    [
        # It ends when it has ended in Honolulu, ten hours behind.
        (("US",), "2026-11-25T09:00", 3, "2026-12-02T10:00"),
        # At three in the morning it is still the day before in the whole country.
        (("US",), "2026-11-25T03:00", 3, "2026-12-01T10:00"),
        (("DE",), "2026-12-30T22:59", 2, "2027-01-04T23:00"),
        # Half past eleven in the evening, UTC, is the next day in Germany.
        (("DE",), "2026-12-30T23:30", 2, "2027-01-05T23:00"),
        # Summer time has ended in between.
        (("DE",), "2026-10-23T09:00", 1, "2026-10-26T23:00"),
        (("DE",), "2026-10-21T09:00", 1, "2026-10-22T22:00"),
        # A Sunday that China works, for the holidays in October.
        (("CN",), "2026-09-18T09:00", 1, "2026-09-20T18:00"),
        # The later of two: Germany rests on 3 October 2025, the United States do not.
        (("US", "DE"), "2025-10-02T12:00", 1, "2025-10-06T22:00"),
        (("UK",), "2026-12-24T12:00", 1, "2026-12-30T00:00"),
        (("EL",), "2026-01-05T12:00", 1, "2026-01-07T22:00"),
        # Of the Union's states that which ends last: Romania rests on 30 November and 1 December,
        # and in July a day ends last on the Azores.
        (("EU",), "2026-11-27T12:00", 2, "2026-12-03T22:00"),
        (("BX",), "2026-04-24T12:00", 1, "2026-04-28T22:00"),
        (("EM",), "2026-07-07T12:00", 1, "2026-07-09T00:00"),
        (("ZZ",), "2026-11-28T09:00", 1, "2026-12-01"),
        ((), "2026-11-28T09:00", 1, "2026-12-01"),
    ],
)
def test_days_are_those_of_the_territory(countries, start, days, end):
    assert Calendar(LOCAL, countries).business_days_end(at(start), days) == at(end)


def test_months_end_with_the_territorys_day():
    assert Calendar(LOCAL, ("JP",)).months_end(at("2026-11-25T09:00"), 6) == at("2027-05-25T15:00")


@given(
    st.sampled_from(["US", "DE", "CN", "FR", "IN", "KI", "ZZ", ""]),
    st.integers(at("2020-01-01"), at("2033-01-01")),
    st.integers(1, 14),
    st.sampled_from(["", LOCAL]),
)
def test_more_days_end_later_and_none_are_cut_short(country, start, days, version):
    calendar = Calendar(version, (country,))
    end = calendar.business_days_end(start, days)
    assert end - start > days * DAY_MILLISECONDS - 60 * 60_000  # a day of summer time has 23 hours
    assert calendar.business_days_end(start, days + 1) > end
    assert calendar.business_days_end(start + DAY_MILLISECONDS, days) >= end


@given(
    st.sampled_from(["US", "DE", "CN", "RU", "AU", "KI", "ZZ"]),
    st.integers(at("2016-01-01"), at("2045-01-01")),
)
def test_each_moment_lies_in_its_day(country, moment):
    days = local_days(country)
    day = days.day_of(moment)
    assert days.first.at(day) <= moment < days.end_of(day)
    assert moment < days.first.at(day + 1)
