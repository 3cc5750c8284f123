"""WIPO Standard ST.66 in its dialects: WIPO's model, the USPTO's TSDR and EUIPO's open data.

Facts: the model schema of ST.66 and the offices' own records. EUIPO gives owners as keys into
files of their own, so its marks come without owners. Elements are told by their local names, as
dialects put the same element into different namespaces.
"""

from collections.abc import Iterable
from datetime import date

from processors.registers.numbers import local_number
from processors.registers.offices import DELETED, keeps_number, office_of
from schemas.events.trademarks import MarkFeature, Owner
from streams.sources.registers import tdxf
from streams.sources.registers.records import Days, Facts, latest, milliseconds_of_day
from streams.sources.registers.records import milliseconds_of_time as time_of
from streams.sources.registers.vocabulary import (
    country_code,
    feature_of,
    feature_of_drawing,
    kind_of,
    nice_class,
    small_number,
    status_of,
)
from streams.sources.registers.xml_records import Element

RECORD_TAG = "{*}TradeMark"
ENVELOPE_TAG = "{*}TransactionData"
HEADER_TAG = "{*}RequestProducerDateTime"

_ACTIVE_CLASS = "6"
_OPERATIONS = ("operationCode", "operationCategory")
"""Attributes of ST.66 and ST.96 that say what the office did to a record."""
_TRANSFER = "proprietor - total transfers"
_NAME_PARTS = ("{*}FirstName", "{*}MiddleName", "{*}LastName")
_COUNTRIES = (
    "AddressCountryCode",
    "FormattedAddressCountryCode",
    "ApplicantIncorporationCountryCode",
    "ApplicantNationalityCode",
)


def application_number(element: Element) -> str | None:
    """Return the application number, if the record has one."""
    return local_number(text(element, "ApplicationNumber"))


def facts(element: Element, header: str, days: Days, source: str) -> Facts:
    """Read a TradeMark. header: when the file was produced. Raises RecordError on bad times."""
    office = office_of(text(element, "RegistrationOfficeCode"))
    deleted = is_deletion(element)
    code = DELETED if deleted else text(element, "MarkCurrentStatusCode") or ""
    registered = days.read(text(element, "RegistrationDate"), "RegistrationDate")
    status = "cancelled" if deleted else status_of(office or "", code, registered is not None)
    status_date = days.read(text(element, "MarkCurrentStatusDate"), "MarkCurrentStatusDate")
    owners, owned_since = _owners(element, office, days)
    expiry = days.read(text(element, "ExpiryDate"), "ExpiryDate")
    termination = days.read(text(element, "TerminationDate"), "TerminationDate")
    return Facts(
        office=office,
        application_number=application_number(element),
        registration_number=text(element, "RegistrationNumber")
        or (application_number(element) if registered and keeps_number(office) else None),
        mark_text=text(element, "WordMarkSpecification/{*}MarkVerbalElementText"),
        mark_feature=_feature(element, office),
        mark_kind=kind_of(kind.text for kind in element.iterfind("{*}KindMark")),
        status=status,
        status_code=code,
        status_date=status_date,
        application_date=days.read(text(element, "ApplicationDate"), "ApplicationDate"),
        registration_date=registered,
        expiry_date=expiry,
        nice_classes=_classes(element),
        designated=[
            code.text
            for code in element.iterfind(
                "{*}DesignatedCountryDetails/{*}DesignatedCountry/{*}DesignatedCountryCode"
            )
        ],
        owners=owners,
        ended=termination or (expiry if status == "expired" else None),
        changed=owned_since,
        recorded_at_milliseconds=_recorded_at(element, header, status_date, days),
        source=source,
        deleted=deleted,
        goods=_goods(element),
    )


def is_deletion(element: Element) -> bool:
    """Tell whether the office took the record back, by an attribute of any namespace."""
    told = (
        str(value).strip().lower()
        for name, value in element.items()
        if str(name).rpartition("}")[2].rpartition(":")[2] in _OPERATIONS
    )
    return any(word in ("delete", "deleted") for word in told)


def text(element: Element, path: str) -> str | None:
    """Return the text of the first element at a path, spaces folded; None if empty or missing."""
    return " ".join((element.findtext("{*}" + path) or "").split()) or None


def _classes(element: Element) -> list[int]:
    found = []
    for entry in element.iterfind("{*}GoodsServicesDetails//{*}ClassDescription"):
        number = nice_class(text(entry, "ClassNumber"))
        if number and text(entry, "ClassNumberStatusCode") in (None, _ACTIVE_CLASS):
            found.append(number)
    return found


def _goods(element: Element) -> list[tuple[int, str]]:
    """Return the goods of each active class, those in English first."""
    entries = (
        entry
        for entry in element.iterfind("{*}GoodsServicesDetails//{*}ClassDescription")
        if text(entry, "ClassNumberStatusCode") in (None, _ACTIVE_CLASS)
    )
    return listed_goods(entries, "GoodsServicesDescription")


def listed_goods(entries: Iterable[Element], name: str) -> list[tuple[int, str]]:
    """Return the goods that entries list by class, those in English first."""
    found = []
    for entry in entries:
        number = nice_class(text(entry, "ClassNumber")) or 0
        for told in entry.iterfind("{*}" + name):
            language = next((v for n, v in told.items() if str(n).endswith("languageCode")), "")
            found.append((str(language) != "en", number, " ".join((told.text or "").split())))
    found.sort(key=lambda each: each[0])
    return [(number, words) for _, number, words in found if words]


def _feature(element: Element, office: str | None) -> MarkFeature:
    drawing = element.findtext("{*}TradeMarkExt//{*}MarkFeatureCode")
    if office == "US" and drawing is not None:
        claimed = text(element, "WordMarkSpecification/{*}MarkStandardCharacterIndicator")
        return feature_of_drawing(drawing, claimed == "true")
    return feature_of(text(element, "MarkFeature"))


def _owners(
    element: Element, office: str | None, days: Days
) -> tuple[tuple[Owner, ...], date | None]:
    named = []
    for party in _parties(element):
        name = _name(party)
        if name is not None:
            kind = small_number(text(party, "ApplicantExt/{*}PartyTypeCode"))
            named.append((kind or 0, Owner(name, _country(party))))
    if office != "US":
        owners = tuple(dict.fromkeys(owner for _, owner in named))
        return owners, _transfer(element, days)
    owners, later = tdxf.present_owners(named)
    return owners, _assignment(element, days) if later else None


def _parties(element: Element) -> list[Element]:
    """Return the holders or else the applicants; the USPTO writes them beside the mark, not in
    it.
    """
    for place in (element, *element.iterancestors("{*}TransactionData")):
        for path in ("{*}HolderDetails/{*}Holder", "{*}ApplicantDetails/{*}Applicant"):
            parties = list(place.iterfind(path))
            if parties:
                return parties
    return []


def _name(party: Element) -> str | None:
    for element in party.iterfind(".//{*}Name"):
        organisation = text(element, "FormattedName/{*}OrganizationName")
        person = " ".join(
            part
            for name in element.iterfind("{*}FormattedName")
            for part in (" ".join((name.findtext(tag) or "").split()) for tag in _NAME_PARTS)
            if part
        )
        line = next(
            (
                " ".join(line.text.split())
                for line in element.iterfind(".//{*}FreeFormatNameLine")
                if line.text and line.text.strip()
            ),
            None,
        )
        if organisation or person or line:
            return organisation or person or line
    return None


def _country(party: Element) -> str | None:
    for name in _COUNTRIES:
        country = country_code(party.findtext(f".//{{*}}{name}"))
        if country is not None:
            return country
    return None


def _transfer(element: Element, days: Days) -> date | None:
    """Return the day of the last transfer to another owner that EUIPO recorded."""
    return latest(
        days.read(
            text(record, "RecordEffectiveDate") or text(record, "RecordCurrentStatusDate"), "record"
        )
        for record in element.iterfind("{*}MarkRecordDetails/{*}MarkRecord/{*}BasicRecord")
        if (text(record, "BasicRecordKind") or "").lower() == _TRANSFER
    )


def _assignment(element: Element, days: Days) -> date | None:
    return latest(
        days.read(text(event, "MarkEventDate"), "MarkEventDate")
        for event in element.iterfind("{*}MarkEventDetails/{*}MarkEvent")
        if text(event, "MarkEventCode") in tdxf.OWNER_CHANGE_CODES
    )


def _recorded_at(element: Element, header: str, status_date: date | None, days: Days) -> int | None:
    """Return when the file was produced, or else the latest day that the record tells of."""
    produced = time_of(header, "RequestProducerDateTime")
    if produced is not None:
        return produced
    events = element.iterfind("{*}MarkEventDetails/{*}MarkEvent")
    told = [days.read(text(event, "MarkEventDate"), "MarkEventDate") for event in events]
    last = latest((status_date, *told))
    return None if last is None else milliseconds_of_day(last)
