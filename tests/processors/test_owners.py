"""Owners' names and territories as they are written: the same, near, or another's."""

import pytest
from world import START, agent, complaint, owner, trademark

from processors.findings.authority import authority_finding
from processors.findings.other_marks import speaks_against
from processors.findings.owners import likeness, may_be_same_owner
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
        ("阿迪达斯体育（中国）有限公司", "阿迪达斯有限公司", "near"),
        ("DOE, JOHN", "John Doe", "same"),
        ("Müller Spółka z ograniczoną odpowiedzialnością", "MULLER SP. Z O.O.", "same"),
        ("Grupo Bimbo, S.A.B. de C.V.", "GRUPO BIMBO SAB DE CV", "same"),
        (
            "Vestel Elektronik Sanayi ve Ticaret A.Ş.",
            "VESTEL ELEKTRONIK SANAYI VE TICARET AS",
            "same",
        ),
        ("Koton Limited Şirketi", "KOTON LTD. ŞTİ.", "same"),
        ("Công ty Cổ phần Vinamilk", "VINAMILK JSC", "same"),
        ("Общество с ограниченной ответственностью «Ромашка»", 'ООО "Ромашка"', "same"),
        ("株式会社ソニー", "ソニー(株)", "same"),
        ("บริษัท ไทยเบฟ จำกัด (มหาชน)", "ไทยเบฟ", "same"),
        ('תנובה בע"מ', "תנובה", "same"),
        ("PT Astra International Tbk", "Astra International, PT", "same"),
        ("Orkla ASA", "ORKLA A.S.A.", "same"),
        ("Société des Produits Nestlé S.A.", "Nestle Sarl", "near"),
        ("Adiddas AG", "adidas AG", "near"),
        ("Louisvuitton", "LOUIS VUITTON MALLETIER", "near"),
        ("BMW AG", "Bayerische Motoren Werke Aktiengesellschaft", "near"),
        ("International Business Machines Corporation", "IBM Corp.", "near"),
        ("Müller GmbH", "Mueller GmbH", "near"),
        ("Ромашка", "微笑有限公司", "near"),
        ("VW", "Volkswagen Aktiengesellschaft", "near"),
        ("HP Inc.", "Hewlett-Packard Development Company, L.P.", "near"),
        ("LVMH", "Louis Vuitton Malletier", "near"),
        ("D&G", "Dolce & Gabbana Trademarks S.r.l.", "near"),
        ("Billabong Pty Ltd", "Billabong Proprietary Limited", "same"),
        ("Richter Nyrt.", "Richter Nyilvánosan Működő Részvénytársaság", "same"),
        ("ПрАТ Оболонь", "Приватне акціонерне товариство «Оболонь»", "same"),
        ("AB", "Volkswagen AG", "other"),
        ("Puma SE", "Nike, Inc.", "other"),
        ("Sony Group Corporation", "Nike Group Corporation", "other"),
        ("Gucci S.p.A.", "Prada S.p.A.", "other"),
        ("Lee Cooper Brands Limited", "Wrangler Brands Limited", "other"),
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


def test_what_is_spelled_nearly_so_makes_no_two_owners_one():
    assert may_be_same_owner(["NIKE, Inc."], ["Nike Innovate C.V."])
    assert not may_be_same_owner(["Adiddas AG"], ["adidas AG"])
    assert not may_be_same_owner(["IBM Corp."], ["International Business Machines"])


@pytest.mark.parametrize(
    ("authorised", "asserted", "covered"),
    [
        (("EU",), "DE", True),
        (("EU",), "EM", True),
        (("DE", "FR"), "EU", False),
        (("GB",), "UK", True),
        (("GR",), "EL", True),
        (("BX",), "BE", True),
        ((), "JP", True),
        (("US",), "CA", False),
        (("ZZ",), "ZZ", True),
    ],
)
def test_an_authorisation_covers_what_is_within_its_territories(authorised, asserted, covered):
    given = agent().authorisations[0]._replace(territories=authorised)
    filed = complaint(complainant_id="agent-1", territory=asserted)
    found = authority_finding(filed, agent(authorisations=(given,)), owner(), trademark(), START)
    assert found == ("agent" if covered else "outside_authorisation")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("UK", {"GB"}),
        ("EL", {"GR"}),
        ("de", {"DE"}),
        ("BX", {"BE", "NL", "LU"}),
        ("benelux", {"BE", "NL", "LU"}),
        (" eu ", countries_of("EM")),
        ("OAPI", countries_of("OA")),
        ("ARIPO", countries_of("AP")),
        ("WO", set()),
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


@pytest.mark.parametrize(
    ("marks", "listed", "finding"),
    [
        (("US",), ("US",), "covered"),
        (("US",), ("USA", "US"), "covered"),
        (("US",), ("CA",), "not_offered"),
        (("CA",), ("CA",), "not_covered"),
        # What isn't understood is held against nobody.
        (("US",), ("USA",), "countries_unknown"),
        (("US",), ("Great Britain", "CA"), "countries_unknown"),
        (("US",), (), "countries_unknown"),
        (("U.S.A.",), ("US",), "countries_unknown"),
        (("CA", "ZZ"), ("US",), "countries_unknown"),
        ((), ("US",), "countries_unknown"),
    ],
)
def test_codes_that_are_not_understood_prove_nothing(marks, listed, finding):
    assert territory_finding(marks, "US", listed, "US", by_country=True) == finding


@pytest.mark.parametrize(
    ("territories", "speaks"),
    [(("US",), True), (("JP",), False), ((), True), (("JP", "U.S.A."), True)],
)
def test_another_mark_speaks_against_where_it_may_have_effect(territories, speaks):
    other = trademark(
        application_number="1", owners=(Owner("Other Ltd", None),), territories=territories
    )
    assert speaks_against(other, trademark(), (3,), "US") is speaks
