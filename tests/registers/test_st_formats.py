"""WIPO ST.66 and ST.96: real marks of the USPTO and EUIPO, and made ones of other offices."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registers.documents_made import st66_document
from registers.generated import DATA
from schemas.events.trademarks import Owner, TrademarkRecorded
from streams.sources.registers.reader import read
from streams.sources.registers.records import GOODS_LENGTH, ImportRejection


def only(path: Path) -> TrademarkRecorded:
    (item,) = read(path)
    assert isinstance(item, TrademarkRecorded), item
    return item


def made(directory: Path, mark: str, header: str = "", beside: str = "") -> TrademarkRecorded:
    path = directory / "made.xml"
    path.write_bytes(st66_document(mark, header, beside))
    return only(path)


@pytest.mark.parametrize("serial", ["74631225", "87881347"])
def test_one_mark_reads_alike_in_both_standards(serial: str) -> None:
    older = only(DATA / f"uspto-{serial}-st66.xml")
    newer = only(DATA / f"uspto-{serial}-st96.xml")
    assert older._replace(source="") == newer._replace(source="")
    assert (older.source[:5], newer.source[:5]) == ("st66:", "st96:")


def test_real_mark_of_the_uspto() -> None:
    java = only(DATA / "uspto-74631225-st66.xml")
    assert (java.office, java.application_number, java.registration_number) == (
        "US",
        "74631225",
        "2178784",
    )
    assert (java.mark_text, java.mark_feature, java.status) == ("JAVA", "word", "registered")
    assert java.application_date == "1995-02-07"  # written 1995-02-07-05:00
    assert java.nice_classes == (9,)  # its domestic classes are 21, 23, 26, 36 and 38
    assert java.owners == (Owner("Oracle America, Inc.", "US"),)
    assigned = datetime(2010, 5, 6, tzinfo=UTC)
    assert java.effective_from_milliseconds == assigned.timestamp() * 1000


def test_real_eu_trade_mark() -> None:
    mark = only(DATA / "euipo-018224153.xml")
    assert (mark.office, mark.application_number) == ("EM", "018224153")
    assert mark.status == "registered"
    assert mark.registration_number == mark.application_number
    assert mark.expiry_date is not None
    assert len(mark.territories) == 27
    assert {"DE", "FR", "PL"} <= set(mark.territories)
    assert not {"GB", "EM"} & set(mark.territories)
    assert mark.mark_kind == "individual"


def test_real_eu_application() -> None:
    mark = only(DATA / "euipo-018222474.xml")
    assert (mark.status, mark.mark_text, mark.nice_classes) == ("pending", "HiCare", (5, 9))
    assert [each.nice_class for each in mark.goods] == [5, 9]
    produced = datetime(2020, 9, 1, 23, 0, 49, tzinfo=UTC)
    assert mark.recorded_at_milliseconds == produced.timestamp() * 1000
    assert mark.registration_number is None


def test_international_registration_holds_where_designated(tmp_path: Path) -> None:
    countries = "".join(
        f"<DesignatedCountry><DesignatedCountryCode>{code}</DesignatedCountryCode></DesignatedCountry>"
        for code in ("JP", "BX", "CH")
    )
    mark = made(
        tmp_path,
        "<RegistrationOfficeCode>WO</RegistrationOfficeCode>"
        "<ApplicationNumber>1466954</ApplicationNumber>"
        "<RegistrationDate>2019-05-30</RegistrationDate>"
        "<MarkCurrentStatusCode>Registered</MarkCurrentStatusCode>"
        "<MarkCurrentStatusDate>2019-05-30</MarkCurrentStatusDate>"
        f"<DesignatedCountryDetails>{countries}</DesignatedCountryDetails>",
    )
    assert mark.territories == ("BE", "CH", "JP", "LU", "NL")


@pytest.mark.parametrize(
    ("code", "registered", "status"),
    [
        ("Registered", "2019-01-01", "registered"),
        ("  EXPIRED ", "2009-01-01", "expired"),
        ("Opposition pending", "", "opposed"),
        ("Appeal pending", "", "pending"),
        ("Appeal pending", "2019-01-01", "registered"),
        ("Invalidity proceeding pending", "2019-01-01", "registered"),
        ("1058", "2019-01-01", "unknown"),
        ("", "2019-01-01", "unknown"),
    ],
)
def test_status_words(tmp_path: Path, code: str, registered: str, status: str) -> None:
    mark = made(
        tmp_path,
        "<RegistrationOfficeCode>TO</RegistrationOfficeCode>"
        "<ApplicationNumber>2000/511</ApplicationNumber>"
        f"<RegistrationDate>{registered}</RegistrationDate>"
        f"<MarkCurrentStatusCode>{code}</MarkCurrentStatusCode>"
        "<MarkCurrentStatusDate>2020-01-01</MarkCurrentStatusDate>",
    )
    assert mark.status == status
    assert mark.status_code == code.strip()
    assert mark.territories == ("TO",)


def test_total_transfer_begins_a_state(tmp_path: Path) -> None:
    mark = made(
        tmp_path,
        "<RegistrationOfficeCode>EM</RegistrationOfficeCode>"
        "<ApplicationNumber>018000001</ApplicationNumber>"
        "<RegistrationDate>2019-01-01</RegistrationDate>"
        "<MarkCurrentStatusCode>Registered</MarkCurrentStatusCode>"
        "<MarkCurrentStatusDate>2019-01-02</MarkCurrentStatusDate>"
        "<MarkRecordDetails><MarkRecord><BasicRecord>"
        "<BasicRecordKind>Proprietor - Total transfers</BasicRecordKind>"
        "<RecordCurrentStatusDate>2020-03-04</RecordCurrentStatusDate>"
        "</BasicRecord></MarkRecord></MarkRecordDetails>",
        header="<RequestProducerDateTime>2020-09-01T23:00:49+02:00</RequestProducerDateTime>",
    )
    assert mark.effective_from_milliseconds == datetime(2020, 3, 4, tzinfo=UTC).timestamp() * 1000
    produced = datetime(2020, 9, 1, 21, 0, 49, tzinfo=UTC)
    assert mark.recorded_at_milliseconds == produced.timestamp() * 1000


@pytest.mark.parametrize(
    ("office", "extra", "reason"),
    [
        ("TO", "", "no_recorded_date"),
        ("Tonga", "<MarkCurrentStatusDate>2020-01-01</MarkCurrentStatusDate>", "bad_office"),
        ("", "<MarkCurrentStatusDate>2020-01-01</MarkCurrentStatusDate>", "bad_office"),
        ("TO", "<MarkCurrentStatusDate>2020-02-30</MarkCurrentStatusDate>", "bad_date"),
    ],
)
def test_bad_marks(tmp_path: Path, office: str, extra: str, reason: str) -> None:
    path = tmp_path / "made.xml"
    path.write_bytes(
        st66_document(
            f"<RegistrationOfficeCode>{office}</RegistrationOfficeCode>"
            f"<ApplicationNumber>1</ApplicationNumber>{extra}"
        )
    )
    (item,) = read(path)
    assert isinstance(item, ImportRejection)
    assert (item.application_number, item.reason) == ("1", reason)


def test_a_deletion_ends_the_right_when_it_was_recorded(tmp_path: Path) -> None:
    path = tmp_path / "made.xml"
    whole = (DATA / "euipo-018224153.xml").read_bytes()
    path.write_bytes(whole.replace(b'operationCode="Insert"', b'operationCode="Delete"'))
    mark = only(path)
    assert (mark.application_number, mark.status) == ("018224153", "cancelled")
    assert mark.status_code == "Delete"
    assert mark.effective_from_milliseconds == mark.recorded_at_milliseconds


def test_a_deletion_in_the_newer_standard_too(tmp_path: Path) -> None:
    path = tmp_path / "made.xml"
    whole = (DATA / "uspto-87881347-st96.xml").read_text(encoding="utf-8")
    whole = re.sub(r' \w+:operationCategory="\w+"', "", whole)
    deleted = r'\1 xmlns:o="urn:any" o:operationCategory="Delete"'
    path.write_text(re.sub(r"(<(?:\w+:)?Trademark)(?=[ >])", deleted, whole, count=1))
    mark = only(path)
    assert (mark.application_number, mark.status) == ("87881347", "cancelled")
    assert mark.effective_from_milliseconds == mark.recorded_at_milliseconds


@pytest.mark.parametrize(
    ("older", "told"),
    [
        (True, 'xmlns:t="urn:any" t:operationCode="DELETE"'),
        (True, 'operationCategory="Delete"'),
        (False, 'operationCategory="Delete"'),
        (False, 'xmlns:t="urn:any" t:operationCode=" delete "'),
    ],
)
def test_a_deletion_is_told_by_its_word_in_any_dialect(
    tmp_path: Path, older: bool, told: str
) -> None:
    path = tmp_path / "made.xml"
    name = "euipo-018224153.xml" if older else "uspto-87881347-st96.xml"
    whole = (DATA / name).read_text(encoding="utf-8")
    whole = re.sub(r' (?:\w+:)?operation(?:Code|Category)="\w+"', "", whole)
    tag = "TradeMark" if older else "Trademark"
    path.write_text(
        re.sub(rf"(<(?:\w+:)?{tag})(?=[ >])", rf"\1 {told}", whole, count=1), encoding="utf-8"
    )
    assert only(path).status == "cancelled"


def test_a_mark_that_is_not_known_may_be_deleted_by_its_number_alone(tmp_path: Path) -> None:
    path = tmp_path / "made.xml"
    header = "<RequestProducerDateTime>2020-09-01T23:00:49</RequestProducerDateTime>"
    numbers = (
        "<RegistrationOfficeCode>EM</RegistrationOfficeCode>"
        "<ApplicationNumber>1</ApplicationNumber>"
    )
    whole = st66_document(numbers, header=header)
    path.write_bytes(whole.replace(b"<TradeMark>", b'<TradeMark operationCode="Delete">'))
    mark = only(path)
    assert (mark.status, mark.effective_from_milliseconds) == (
        "cancelled",
        mark.recorded_at_milliseconds,
    )


def test_a_day_may_come_with_a_time(tmp_path: Path) -> None:
    mark = made(
        tmp_path,
        "<RegistrationOfficeCode>EM</RegistrationOfficeCode>"
        "<ApplicationNumber>1</ApplicationNumber>"
        "<RegistrationDate>2019-05-30T00:00:00</RegistrationDate>"
        "<ExpiryDate>2029-05-30T23:59:59.999+02:00</ExpiryDate>"
        "<MarkCurrentStatusCode>Registered</MarkCurrentStatusCode>"
        "<MarkCurrentStatusDate>2019-05-30T00:00:00Z</MarkCurrentStatusDate>",
    )
    assert (mark.registration_date, mark.expiry_date) == ("2019-05-30", "2029-05-30")


@pytest.mark.parametrize(
    "namespace",
    [
        ' xmlns="http://bg.tmview.europa.eu/trademark/data"',
        ' xmlns="http://www.oami.europa.eu/TM-Search"',
        ' xmlns="urn:of:anyone"',
        "",
    ],
)
def test_a_standard_is_told_by_shape_whatever_its_namespace(tmp_path: Path, namespace: str) -> None:
    path = tmp_path / "made.xml"
    older = (DATA / "euipo-018224153.xml").read_text(encoding="utf-8")
    path.write_text(re.sub(r' xmlns="[^"]*"', namespace, older, count=1), encoding="utf-8")
    assert only(path) == only(DATA / "euipo-018224153.xml")._replace(source="st66:made.xml")
    newer = (DATA / "uspto-87881347-st96.xml").read_text(encoding="utf-8")
    other = re.sub(r'xmlns:(\w+)="[^"]*"', r'xmlns:\1="urn:of:anyone:\1"', newer)
    path.write_text(other, encoding="utf-8")
    assert only(path) == only(DATA / "uspto-87881347-st96.xml")._replace(source="st96:made.xml")


@pytest.mark.parametrize(
    ("office", "written", "code", "number"),
    [
        ("EU", "EM500000018224153", "EM", "018224153"),
        ("EM", "018224153", "EM", "018224153"),
        ("UK", "GB500000003012345", "GB", "UK00003012345"),
        ("USPTO", "US500000087881347", "US", "87881347"),
        ("TO", "TO502019000000123", "TO", "TO502019000000123"),
    ],
)
def test_offices_and_numbers_have_one_form(
    tmp_path: Path, office: str, written: str, code: str, number: str
) -> None:
    mark = made(
        tmp_path,
        f"<RegistrationOfficeCode>{office}</RegistrationOfficeCode>"
        f"<ApplicationNumber>{written}</ApplicationNumber>"
        "<RegistrationDate>2019-05-30</RegistrationDate>"
        "<MarkCurrentStatusCode>Registered</MarkCurrentStatusCode>"
        "<MarkCurrentStatusDate>2019-05-30</MarkCurrentStatusDate>",
    )
    assert (mark.office, mark.application_number) == (code, number)


def test_goods_are_kept_in_english_and_in_part(tmp_path: Path) -> None:
    long = "soap for hands; " * 100
    texts = f"""<GoodsServicesDescription languageCode="de">Seifen</GoodsServicesDescription>
        <GoodsServicesDescription languageCode="en">{long}</GoodsServicesDescription>"""
    mark = made(
        tmp_path,
        "<RegistrationOfficeCode>EM</RegistrationOfficeCode>"
        "<ApplicationNumber>018000001</ApplicationNumber>"
        "<MarkCurrentStatusCode>Registered</MarkCurrentStatusCode>"
        "<MarkCurrentStatusDate>2020-01-01</MarkCurrentStatusDate>"
        "<GoodsServicesDetails><GoodsServices><ClassDescriptionDetails><ClassDescription>"
        f"<ClassNumber>3</ClassNumber>{texts}"
        "</ClassDescription></ClassDescriptionDetails></GoodsServices></GoodsServicesDetails>",
    )
    [goods] = mark.goods
    assert goods.nice_class == 3
    assert goods.text.startswith("soap for hands;")
    assert goods.text.endswith("…")
    assert len(goods.text) <= GOODS_LENGTH
