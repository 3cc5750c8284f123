"""Business days and months, against dates looked up by hand."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.policies.business_calendar import business_days_end, months_end
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
    assert business_days_end(country, at(start), days) == at(end)


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
    assert months_end(at(start), months) == at(end)


@given(
    st.sampled_from(["US", "DE", "CN", "FR", "IN", "ZZ", ""]),
    st.integers(at("2020-01-01"), at("2033-01-01")),
    st.integers(1, 14),
)
def test_more_days_end_later_and_none_are_cut_short(country, start, days):
    end = business_days_end(country, start, days)
    assert end % DAY_MILLISECONDS == 0
    assert end - start > days * DAY_MILLISECONDS
    assert business_days_end(country, start, days + 1) > end
    assert business_days_end(country, start + DAY_MILLISECONDS, days) >= end
