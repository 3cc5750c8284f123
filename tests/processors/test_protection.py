"""What a register leaves open: marks that are attacked, live on elsewhere, or have a look."""

import pytest
from world import trademark

from processors.registers.protection import (
    is_contested,
    is_more_than_words,
    lives_on_elsewhere,
)

EU_MARK = trademark(office="EM", registration_date="2019-06-01")


@pytest.mark.parametrize(
    ("changes", "contested"),
    [
        ({"status": "opposed", "status_code": "Opposition pending"}, True),
        ({"status": "opposed", "status_code": "any", "registration_date": None}, False),
        ({"status_code": "Invalidity  proceeding pending"}, True),
        ({"status_code": "Cancellation pending"}, True),
        ({"status_code": "790"}, True),
        ({"office": "DE", "status_code": "790"}, False),
        ({"status_code": "Appeal pending"}, True),
        ({"status_code": "Registered"}, False),
        ({"status": "cancelled", "status_code": "Cancellation pending"}, False),
        ({"status": "pending", "status_code": "Opposition pending"}, False),
    ],
)
def test_which_registrations_are_attacked(changes, contested):
    assert is_contested(trademark(**changes)) is contested


@pytest.mark.parametrize(
    ("mark", "country", "lives_on"),
    [
        (EU_MARK, "GB", True),
        (EU_MARK, "UK", True),
        (EU_MARK._replace(office="EU"), "gb", True),
        (EU_MARK, "CH", False),
        (EU_MARK, "EU", False),
        (EU_MARK._replace(registration_date="2020-12-31"), "GB", True),
        (EU_MARK._replace(registration_date="2021-01-01"), "GB", False),
        (EU_MARK._replace(registration_date=None), "GB", False),
        (trademark(), "GB", False),
    ],
)
def test_which_marks_live_on_under_another_number(mark, country, lives_on):
    assert lives_on_elsewhere(mark, country) is lives_on


@pytest.mark.parametrize(
    ("feature", "more"),
    [("word", False), ("standard_characters", False), ("figurative", True), ("combined", True)],
)
def test_which_marks_are_more_than_words(feature, more):
    assert is_more_than_words(trademark(mark_feature=feature)) is more
