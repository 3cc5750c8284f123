"""Owners' names and territories as they are written: the same, near, or another's."""

import pytest
from world import START, complaint, owner, trademark

from processors.findings.authority import authority_finding
from processors.findings.owners import likeness
from processors.findings.registry_match import territory_finding
from processors.findings.territories import countries_of
from schemas.events.trademarks import Owner


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Cutex Brands, LLC", "CUTEX BRANDS LLC", "same"),
        ("CUTEX COMPANY, THE", "The Cutex Company", "same"),
        ("Johnson & Johnson", "Johnson and Johnson", "same"),
        ("L'Oréal S.A.", "LOREAL", "same"),
        ("adidas AG", "adidas International Marketing B.V.", "near"),
        ("NIKE, Inc.", "Nike Innovate C.V.", "near"),
        ("耐克创新有限合伙公司", "Nike, Inc.", "near"),
        ("Best Kicks Distribution LLC", "NIKE, Inc.", "other"),
        ("Brand Group Holdings", "Nike Group Holdings", "near"),
        ("Alpha Trading International Ltd", "Beta Trading International Ltd", "other"),
        ("广州运动贸易有限公司", "阿迪达斯有限公司", "other"),
    ],
)
def test_names_of_owners_compared(one, other, expected):
    assert likeness([one], [other]) == expected
    assert likeness([other], [one]) == expected


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("Cutex Brands LLC", "owner"),
        ("Cutex Cosmetics International", "owner_unknown"),
        ("キューテックス株式会社", "owner_unknown"),
        ("Somebody Else Ltd", "not_owner"),
    ],
)
def test_a_near_name_is_looked_up_and_held_against_nobody(name, finding):
    mark = trademark(owners=(Owner("Cutex Brands, LLC", "US"),))
    party = owner(name=name)
    assert authority_finding(complaint(), party, party, mark, START) == finding


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("UK", {"GB"}),
        ("EL", {"GR"}),
        ("de", {"DE"}),
        ("BX", {"BE", "NL", "LU"}),
        ("ZZ", set()),
        ("", set()),
        ("usa", set()),
    ],
)
def test_codes_of_countries_and_unions(code, expected):
    assert countries_of(code) == expected


@pytest.mark.parametrize(
    ("marks", "asserted", "listed", "finding"),
    [
        (("GB",), "UK", (), "covered"),
        (("GB",), "UK", ("GB",), "covered"),
        (("DE", "FR"), "EU", ("FR",), "covered"),
        (("DE",), "EU", ("FR",), "not_offered"),
        (("US",), "EU", (), "not_covered"),
        (("GR",), "EL", (), "covered"),
        (("US",), "UK", (), "not_covered"),
    ],
)
def test_territories_are_understood_however_they_are_named(marks, asserted, listed, finding):
    assert territory_finding(marks, asserted, listed) == finding
