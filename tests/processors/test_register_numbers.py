"""Numbers of marks in one form for each office, and the records that are found by them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import complaint, trademark

from processors.identifiers import reference_of
from processors.registers.numbers import has_form, local_number, register_number
from processors.registers.offices import office_of, profiles
from processors.registers.references import (
    formed_key,
    formed_reference,
    history_found,
    names_key,
    other_references,
    own_reference,
)
from schemas.events.trademarks import Owner

KINDS = ("application", "registration")
OFFICES = [*profiles(), "IL", "PL", "EU", "UK"]
WRITTEN = st.text(
    st.sampled_from("0123456789٣7第号№ /-.,°'AUKSTMAIREDWNOoа()#\u00a0\u200b"), max_size=24
)


@pytest.mark.parametrize(
    ("office", "kind", "form", "written"),
    [
        ("US", "application", "76044902", ["76/044,902", "76044902", "76/44,902", "76 044 902"]),
        ("US", "application", "76044902", ["Serial No. 76/044902", "SN 76044902", "#76-044902"]),
        ("US", "application", "76044902", ["US500000076044902", "U.S. Serial Number: 76/044,902"]),
        (
            "US",
            "application",
            "76044902",
            [
                "\uff17\uff16\uff0f\uff10\uff14\uff14\uff0c\uff19\uff10\uff12",
                "٧٦٠٤٤٩٠٢",
                "76\u2013044902",
            ],
        ),
        (
            "US",
            "registration",
            "1234567",
            ["No. 1234567", "1,234,567", "Reg. No. 1.234.567", "01234567"],
        ),
        ("US", "registration", "1234567", ["№ 1234567", "N° 1 234 567", "RN1234567", "1'234'567"]),
        ("USPTO", "registration", "1234567", ["US 1234567", "USPTO Reg. No. 1,234,567"]),
        (
            "EM",
            "application",
            "018123456",
            ["EU 018123456", "18123456", "018 123 456", "EUTM 18123456"],
        ),
        ("EU", "registration", "018123456", ["EM500000018123456", "CTM No. 018123456"]),
        ("EUIPO", "application", "000123456", ["123456", "000123456", "EUIPO 123 456"]),
        (
            "EM",
            "registration",
            "018123456",
            ["Unionsmarke Nr. 018 123 456", "marca UE 18123456", "MUE 018123456"],
        ),
        ("EM", "registration", "018123456", ["marque de l'Union européenne n° 018123456"]),
        ("UK IPO", "registration", "UK00003456789", ["UK TM No. 3,456,789", "UK-00003456789"]),
        ("WO", "registration", "1234567", ["internationale Registrierung Nr. 1234567"]),
        ("US PTO", "application", "88123456", ["USSN 88/123,456", "S/N 88123456"]),
        ("INPI France", "registration", "4432123", ["Marque française n° 18/4432123"]),
        ("특허청", "registration", "4012345670000", ["제40-1234567호", "４０－１２３４５６７"]),
        ("国家知识产权局", "registration", "12345678", ["第１２３４５６７８号"]),
        (
            "GB",
            "registration",
            "UK00003123456",
            ["3123456", "UK3123456", "UK00003123456", "GB 3,123,456"],
        ),
        ("UK", "application", "UK00918123456", ["UK00918123456", "918123456", "GB500000918123456"]),
        ("WO", "registration", "1234567", ["IR 1 234 567", "1234567", "IR1234567", "01234567"]),
        ("WIPO", "application", "1234567A", ["Int'l Reg. No. 1234567A", "1 234 567 A"]),
        ("JP", "application", "2020012345", ["2020-012345", "商願2020-12345", "T2020-012345"]),
        ("JP", "registration", "6123456", ["登録第6123456号", "第6123456号", "6123456"]),
        ("KR", "application", "4020200123456", ["40-2020-0123456", "4020200123456"]),
        ("KR", "registration", "4012345670000", ["40-1234567", "401234567", "제40-1234567-0000호"]),
        ("CN", "registration", "12345678", ["第12345678号", "12345678", "商标注册号：12345678"]),
        ("FR", "application", "4432123", ["18 4 432 123", "18/4432123", "4432123", "FR 4432123"]),
        ("CA", "registration", "1012345", ["TMA1012345", "TMA 1,012,345", "1012345"]),
        ("TR", "application", "202001234", ["2020/01234", "2020/1234", "202001234"]),
        ("DE", "registration", "302020123456", ["30 2020 123 456", "DE 302020123456"]),
        ("IT", "application", "302020000012345", ["302020000012345", "IT302020000012345"]),
        ("PL", "registration", "R345678", ["R.345678", "R-345678", "r 345 678"]),
        ("IL", "application", "123456", ["0123456", "No 123456", "IL-123456"]),
    ],
)
def test_a_number_has_one_form_however_it_is_written(office, kind, form, written):
    for each in (form, *written):
        assert register_number(office, kind, each) == form, each


@pytest.mark.parametrize(
    ("office", "number"),
    [
        ("EM", "IR 1234567"),
        ("EM", "W01234567"),
        ("DE", "EU 018123456"),
        ("US", "EM500000018123456"),
        ("WO", "1234567A"),
        ("US", "1234567 and 7654321"),
    ],
)
def test_what_tells_of_another_register_or_mark_is_no_number_of_this_one(office, number):
    digits = "".join(filter(str.isdigit, number))[-9:]
    assert register_number(office, "registration", number) != register_number(
        office, "registration", digits
    )


@given(st.sampled_from(OFFICES), st.sampled_from(KINDS), WRITTEN)
def test_a_form_is_its_own_form(office, kind, number):
    form = register_number(office, kind, number)
    assert register_number(office, kind, form) == form
    reference = formed_reference(f"{office}:{kind}:{number}")
    assert formed_reference(reference) == reference


@given(
    st.sampled_from(OFFICES),
    st.sampled_from(KINDS),
    st.one_of(WRITTEN, st.from_regex("(UK)?[0-9]{1,15}", fullmatch=True)),
)
def test_what_has_its_form_at_a_glance_has_it(office, kind, number):
    if has_form(office.encode(), kind)(number.encode()):
        assert register_number(office, kind, number) == number
        assert office_of(office) == office


@pytest.mark.parametrize("office", profiles())
def test_most_numbers_have_their_form_at_a_glance(office):
    for kind in KINDS:
        form = register_number(office, kind, "4432123" if office == "FR" else "2012345678901")
        assert has_form(office.encode(), kind)(form.encode())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("uspto", "US"),
        ("U.S.", "US"),
        ("The United States Patent and Trademark Office", "US"),
        ("EUIPO", "EM"),
        ("EU", "EM"),
        ("UK", "GB"),
        ("EL", "GR"),
        ("wipo", "WO"),
        ("BOIP", "BX"),
        ("OAPI", "OA"),
        ("XX", "XX"),
        ("", None),
        (None, None),
    ],
)
def test_offices_by_their_names(name, code):
    assert office_of(name) == code


def test_an_identifier_of_st13_is_the_offices_own_number_where_it_is_told():
    assert local_number("EM500000018123456") == "018123456"
    assert local_number("GB500000003123456") == "UK00003123456"
    assert local_number("IT502020000012345") == "IT502020000012345"
    assert local_number("302020000012345") == "302020000012345"
    assert local_number(None) is None


def test_a_complaint_and_a_record_meet_whatever_form_either_has():
    written = trademark(application_number="76/044,902", registration_number="No. 2,824,281")
    plain = trademark()
    for number, kind in (("76044902", "application"), ("2824281", "registration")):
        filed = complaint(trademark_number=number, trademark_number_kind=kind)
        for mark in (written, plain):
            assert reference_of(filed) in (own_reference(mark), *other_references(mark))
    application = {"trademark_number_kind": "application"}
    odd = complaint(trademark_office="U.S.P.T.O.", trademark_number="76/044,902", **application)
    assert reference_of(odd) == own_reference(plain)


def test_keys_meet_in_any_form():
    assert names_key("US:76044902", ("EM:1", "US:76/044,902"))
    assert names_key("EU:18123456", ("EM:018123456",))
    assert not names_key("US:76044902", ("US:76044903", "EM:76044902"))
    assert formed_key("UK:3123456") == "GB:UK00003123456"


def test_of_records_with_one_number_what_they_agree_in_is_relied_on():
    name, other = "US:application:76044902", "US:application:76/044,902"
    plain, written = trademark(), trademark(application_number="76/044,902", source="other")
    assert history_found(name, {name: (plain,), other: (written,)}) == (plain,)
    assert history_found(name, {name: (), other: (written,)}) == (written,)
    assert history_found(name, {name: (), other: ()}) == ()
    [doubtful] = history_found(
        name, {name: (plain,), other: (written._replace(owners=(Owner("Else", None),)),)}
    )
    assert (doubtful.status, doubtful.owners, doubtful.nice_classes) == ("unknown", (), ())


def test_a_record_that_lost_a_number_makes_way_for_one_that_has_it():
    reference = "US:registration:2824281"
    former = (trademark(), trademark(registration_number="2824282", mark_text="ELSE"))
    present = (trademark(application_number="76044903"),)
    histories = {"US:application:76044902": former, "US:application:76044903": present}
    assert history_found(reference, histories) == present
    del histories["US:application:76044903"]
    assert history_found(reference, histories) == former
