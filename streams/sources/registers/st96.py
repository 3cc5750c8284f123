"""WIPO Standard ST.96, as the USPTO's TSDR publishes it, and its draft with older namespaces.

Facts: the USPTO's own records in both versions. Elements are told by their local names.
"""

from collections.abc import Iterator
from datetime import date

from processors.registers.numbers import local_number
from processors.registers.offices import DELETED, keeps_number, office_of
from schemas.events.trademarks import MarkFeature, Owner
from streams.sources.registers import tdxf
from streams.sources.registers.records import (
    Days,
    Facts,
    latest,
    milliseconds_of_day,
    milliseconds_of_time,
)
from streams.sources.registers.st66 import is_deletion, listed_goods, text
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

RECORD_TAG = "{*}Trademark"
ENVELOPE_TAG = None
HEADER_TAG = "{*}RequestProducerDateTime"

_ACTIVE_CLASS = "6"
_FILING_OFFICE = "ApplicationNumber/{*}IPOfficeCode"
_NAMES = (
    "EntityName",
    "OrganizationName/{*}OrganizationStandardName",
    "PersonName/{*}PersonFullName",
)


def application_number(element: Element) -> str | None:
    """Return the application number, if the record has one."""
    number = text(element, "ApplicationNumber/{*}ApplicationNumberText")
    return local_number(number or text(element, "ApplicationNumber/{*}ST13ApplicationNumber"))


def facts(element: Element, header: str, days: Days, source: str) -> Facts:
    """Read a Trademark. header: when the file was produced. Raises RecordError on bad times."""
    office = office_of(text(element, "RegistrationOfficeCode") or text(element, _FILING_OFFICE))
    deleted = is_deletion(element)
    code = DELETED if deleted else text(element, "MarkCurrentStatusCode") or ""
    registered = days.read(text(element, "RegistrationDate"), "RegistrationDate")
    status_date = days.read(text(element, "MarkCurrentStatusDate"), "MarkCurrentStatusDate")
    status = "cancelled" if deleted else status_of(office or "", code, registered is not None)
    owners, owned_since = _owners(element, office, days)
    expiry = days.read(text(element, "ExpiryDate"), "ExpiryDate")
    termination = days.read(text(element, "TerminationDate"), "TerminationDate")
    return Facts(
        office=office,
        application_number=application_number(element),
        registration_number=text(element, "RegistrationNumber")
        or (application_number(element) if registered and keeps_number(office) else None),
        mark_text=_mark_text(element),
        mark_feature=_feature(element, office),
        mark_kind=kind_of(kind.text for kind in element.iterfind("{*}MarkCategory")),
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
                "{*}DesignatedCountryBag/{*}DesignatedCountry/{*}DesignatedCountryCode"
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


def _mark_text(element: Element) -> str | None:
    words = "MarkRepresentation/{*}MarkReproduction/{*}WordMarkSpecification/"
    verbal = text(element, words + "{*}MarkVerbalElementText")
    return verbal or text(element, words + "{*}MarkSignificantVerbalElementText")


def _feature(element: Element, office: str | None) -> MarkFeature:
    drawing = element.findtext("{*}MarkRepresentation//{*}MarkFeatureCode")
    if office == "US" and drawing is not None:
        claimed = element.findtext("{*}MarkRepresentation//{*}MarkStandardCharacterIndicator")
        return feature_of_drawing(drawing, claimed == "true")
    return feature_of(text(element, "MarkRepresentation/{*}MarkFeatureCategory"))


def _classes(element: Element) -> list[int]:
    """Return the active classes: those called Nice, or where none is called anything, all."""
    found = []
    for goods in _active(element):
        named = list(
            goods.iterfind("{*}GoodsServicesClassificationBag/{*}GoodsServicesClassification")
        )
        entries = [entry for entry in named if text(entry, "ClassificationKindCode") == "Nice"]
        if not named:
            entries = list(goods.iterfind("{*}ClassDescriptionBag/{*}ClassDescription"))
        numbers = (nice_class(text(entry, "ClassNumber")) for entry in entries)
        found += [number for number in numbers if number is not None]
    return found


def _goods(element: Element) -> list[tuple[int, str]]:
    path = "{*}ClassDescriptionBag/{*}ClassDescription"
    entries = (entry for goods in _active(element) for entry in goods.iterfind(path))
    return listed_goods(entries, "GoodsServicesDescriptionText")


def _active(element: Element) -> Iterator[Element]:
    for goods in element.iterfind("{*}GoodsServicesBag/{*}GoodsServices"):
        codes = goods.iterfind(".//{*}NationalStatus/{*}NationalStatusCode")
        if all(code.text == _ACTIVE_CLASS for code in codes):
            yield goods


def _owners(
    element: Element, office: str | None, days: Days
) -> tuple[tuple[Owner, ...], date | None]:
    parties = list(element.iterfind("{*}HolderBag/{*}Holder"))
    parties = parties or list(element.iterfind("{*}ApplicantBag/{*}Applicant"))
    named = []
    for party in parties:
        names = (text(party, "Contact/{*}Name/{*}" + name) for name in _NAMES)
        name = next((name for name in names if name is not None), None)
        if name is not None:
            named.append((_party_type(party), Owner(name, _country(party))))
    if office != "US":
        return tuple(dict.fromkeys(owner for _, owner in named)), None
    owners, later = tdxf.present_owners(named)
    return owners, _assignment(element, days) if later else None


def _party_type(party: Element) -> int:
    # The USPTO writes its party type as the applicant's sequence number.
    numbers = (value for name, value in party.items() if str(name).endswith("sequenceNumber"))
    return small_number(str(next(numbers, ""))) or 0


def _country(party: Element) -> str | None:
    address = country_code(party.findtext("{*}Contact/{*}PostalAddressBag//{*}CountryCode"))
    return address or country_code(text(party, "IncorporationCountryCode"))


def _assignment(element: Element, days: Days) -> date | None:
    # The USPTO writes an event's code with its type after it: ASGN of type I is ASGNI.
    return latest(
        days.read(text(event, "MarkEventDate"), "MarkEventDate")
        for event in element.iterfind("{*}MarkEventBag/{*}MarkEvent")
        if (text(event, "NationalMarkEvent/{*}MarkEventCode") or "")[:4] in tdxf.OWNER_CHANGE_CODES
    )


def _recorded_at(element: Element, header: str, status_date: date | None, days: Days) -> int | None:
    """Return when the file was produced, or else the latest day that the record tells of."""
    produced = milliseconds_of_time(header, "RequestProducerDateTime")
    if produced is not None:
        return produced
    events = element.iterfind("{*}MarkEventBag/{*}MarkEvent")
    told = [days.read(text(event, "MarkEventDate"), "MarkEventDate") for event in events]
    last = latest((status_date, *told))
    return None if last is None else milliseconds_of_day(last)
