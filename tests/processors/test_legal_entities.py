"""An owner is told from others of its name by its legal form and its country."""

import pytest
from world import START, complaint, owner, trademark

from processors.findings.authority import authority_finding
from processors.findings.legal_entities import is_exact_entity
from processors.policies.service_level import STEPS_EDITION
from schemas.events.complaints import Evidence
from schemas.events.trademarks import Owner


@pytest.mark.parametrize(
    ("name", "registered", "exact"),
    [
        ("Cutex Brands LLC", "Cutex Brands, LLC", True),
        ("Cutex Brands LLC", "CUTEX BRANDS, L.L.C.", True),
        ("Cutex Brands LLC", "Cutex Brands Limited Liability Company", True),
        ("Cutex Brands GmbH", "Cutex Brands, LLC", False),
        ("Cutex Brands", "Cutex Brands, LLC", False),
        ("Cutex Brands Inc.", "Cutex Brands Incorporated", True),
        ("Größe GmbH", "Größe Gesellschaft mit beschränkter Haftung", True),
        ("The Cutex Company", "Cutex Co.", True),
        ("任天堂株式会社", "任天堂株式会社", True),
        ("任天堂株式会社", "任天堂合同会社", False),
        ("Jane Smith", "Smith, Jane", True),
        ("Orion Corp.", "Orion Oyj", False),
        ("(株)資生堂", "株式会社 資生堂", True),
        ("㈱資生堂", "資生堂有限会社", False),
        ("㈜아모레퍼시픽", "주식회사 아모레퍼시픽", True),
        ("Yıldız A.Ş.", "YILDIZ ANONİM ŞİRKETİ", True),
        ("Nestlé S.A.", "Nestlé Société Anonyme", True),
        ("CD Projekt Sp. z o.o.", "CD Projekt spółka z ograniczoną odpowiedzialnością", True),
        ("CD Projekt S.A.", "CD Projekt Sp. z o.o.", False),
        ("ООО «Ромашка»", "Общество с ограниченной ответственностью Ромашка", True),
        ("ООО «Ромашка»", "АО Ромашка", False),
        ("Baťa, a.s.", "Bata, akciová společnost", True),
        ("Billabong Pty Ltd", "BILLABONG PROPRIETARY LIMITED", True),
        (
            "Hermès International SCA",
            "Hermès International, société en commandite par actions",
            True,
        ),
    ],
)
def test_a_name_is_exact_with_its_legal_form(name, registered, exact):
    assert is_exact_entity([name], "", [Owner(registered, None)]) is exact


@pytest.mark.parametrize(
    ("country", "registered", "exact"),
    [("US", "US", True), ("DE", "US", False), ("UK", "GB", True), ("", "US", True)],
)
def test_another_country_speaks_against_it(country, registered, exact):
    owners = [Owner("Cutex Brands, LLC", registered)]
    assert is_exact_entity(["Cutex Brands LLC"], country, owners) is exact


@pytest.mark.parametrize("party", [owner(name="Cutex Brands GmbH"), owner(country="DE")])
def test_who_may_be_another_is_looked_up_and_cases_from_before_go_on(party):
    found = authority_finding(complaint(), party, party, trademark(), START, STEPS_EDITION)
    assert found == "owner_unknown"
    assert authority_finding(complaint(), party, party, trademark(), START) == "owner"


def test_a_verified_key_needs_no_name():
    party = owner(name="Cutex Brands GmbH", country="DE", trademark_keys=("US:76044902",))
    assert (
        authority_finding(complaint(), party, party, trademark(), START, STEPS_EDITION) == "owner"
    )


@pytest.mark.parametrize(
    ("name", "registered"),
    [
        ("Kering S.A.", "GUCCIO GUCCI S.P.A."),
        ("Gucci America, Inc.", "Kering Eyewear S.p.A."),
        ("LVMH Fashion Group Services", "Louis Vuitton Malletier"),
        ("Richemont International SA", "Cartier International AG"),
        ("VF International Sagl", "The North Face Apparel Corp."),
        ("Procter & Gamble Service GmbH", "Braun GmbH"),
        ("Volkswagen AG", "Audi AG"),
        ("ANTA Sports Products Limited", "Amer Sports Canada Inc."),
    ],
)
def test_a_company_of_the_owners_group_goes_to_a_person(name, registered):
    party, mark = owner(name=name), trademark(owners=(Owner(registered, None),))
    found = authority_finding(complaint(), party, party, mark, START, STEPS_EDITION)
    assert found == "owner_unknown"


def test_others_do_not_unless_a_document_of_authority_is_filed():
    party, mark = owner(name="Best Kicks Ltd"), trademark(owners=(Owner("Nike, Inc.", None),))

    def found(kind):
        filed = complaint(evidence=(Evidence("d1", kind, None),))
        return authority_finding(filed, party, party, mark, START, STEPS_EDITION)

    assert found("photo") == "not_owner"
    assert found("letter_of_authorisation") == "owner_unknown"
    assert found("registration_certificate") == "owner_unknown"
