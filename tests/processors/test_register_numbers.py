"""Numbers of marks are read alike, however they are written."""

import pytest

from processors.identifiers import registry_reference
from processors.register_numbers import plain_number


@pytest.mark.parametrize(
    ("office", "plain", "written"),
    [
        ("US", "76044902", ["76/044,902", "76044902", "US 76/044,902", "Serial No. 76/044,902"]),
        ("US", "4281391", ["4,281,391", "Reg. No. 4,281,391", "04281391", "４２８１３９１"]),
        ("EM", "18123456", ["018123456", "018 123 456", "EU018123456", "EUTM 018123456"]),
        ("GB", "3123456", ["UK00003123456", "3123456", "UK 3123456", "GB3123456"]),
        ("GB", "903123456", ["UK00903123456", "UK903123456"]),
        ("DE", "302015012345", ["30 2015 012 345", "302015012345", "DE302015012345"]),
        ("WO", "1234567", ["1 234 567", "IR 1234567", "IR1234567", "1.234.567"]),
        ("WO", "1234567A", ["1234567A", "IR 1 234 567 A"]),
        ("JP", "5512345", ["第5512345号", "登録第5512345号", "5512345", "JP 5512345"]),
        ("JP", "2015012345", ["2015-012345", "商願2015-012345"]),
        ("CA", "123456", ["TMA123,456", "TMA 123456", "123456"]),
        ("CN", "G1234567", ["G1234567", "g 1234567"]),
        ("FR", "4123456", ["4 123 456", "4123456", "N° 4123456"]),
    ],
)  # fmt: skip
def test_one_number_in_many_forms(office, plain, written):
    assert {plain_number(office, each) for each in written} == {plain}
    names = {registry_reference(office, "application", each) for each in written}
    assert names == {f"{office}:application:{plain}"}


@pytest.mark.parametrize("number", ["0", "000", "-", "x", "REGAL1", "USA"])
def test_a_number_is_never_lost(number):
    assert plain_number("US", number)


def test_different_numbers_stay_different():
    numbers = ["76044902", "76044903", "1234567A", "1234567B", "EU1", "UK1", "5512345"]
    assert len({plain_number("XX", each) for each in numbers}) == len(numbers)
