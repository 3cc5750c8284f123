"""USPTO Trademark Daily XML Format (TDXF), daily and annual files.

Facts: the USPTO's DTD TRADEMARK-APPLICATIONS-DAILY V2.0 and its code lists. Nice classes stand in
classification/international-code; the digits in statement types (GS0071) may be US classes.
"""

import re
from datetime import date

from schemas.events.trademarks import MarkFeature, MarkKind, Owner, TrademarkStatus
from streams.sources.registers.records import (
    Days,
    Facts,
    RecordError,
    latest,
    milliseconds_of_day,
    milliseconds_of_time,
)
from streams.sources.registers.vocabulary import (
    country_code,
    feature_of_drawing,
    kind_of,
    nice_class,
    small_number,
    status_of,
)
from streams.sources.registers.xml_records import Element

ROOT = "trademark-applications-daily"
RECORD_TAG = "case-file"
ENVELOPE_TAG = None
HEADER_TAG = "creation-datetime"

OWNER_CHANGE_CODES = frozenset(("ASGN", "AOUM", "CHLD", "DCPN", "TRNC"))
"""Events that record a new owner: assignment updated by machine or hand, and changes from WIPO."""

_ACTIVE_CLASS = "6"
_FIRST_OWNERS = frozenset((10, 20, 30))
_PARTY_TYPES_OF_OWNERS = range(10, 70)
_KIND_FLAGS = {
    "certification-mark-in": "certification mark",
    "collective-trademark-in": "collective trademark",
    "collective-service-mark-in": "collective service mark",
    "collective-membership-mark-in": "collective membership mark",
    "trademark-in": "trademark",
    "service-mark-in": "service mark",
}


def application_number(element: Element) -> str | None:
    """Return the serial number, if the record has one."""
    return _text(element, "serial-number")


def facts(element: Element, header: str, days: Days, source: str) -> Facts:
    """Read a case file. header: the file's creation time. Raises RecordError on bad values."""
    head = element.find("case-file-header")
    if head is None:
        raise RecordError("no_header", "case-file-header is missing")
    number = application_number(element)
    if number is not None and re.fullmatch("[0-9]{8}", number) is None:
        raise RecordError("bad_application_number", f"{number[:40]!r} is not eight digits")
    code = _text(head, "status-code") or ""
    registered = days.read(_text(head, "registration-date"), "registration-date")
    status = status_of("US", code, registered is not None)
    classes, dropped = _classes(element, days)
    owners, owned_since = _owners(element, days)
    registration = (_text(element, "registration-number") or "").lstrip("0")
    return Facts(
        office="US",
        application_number=number,
        registration_number=registration or None,
        mark_text=_text(head, "mark-identification"),
        mark_feature=_feature(head),
        mark_kind=_kind(head),
        status=status,
        status_code=code,
        status_date=days.read(_text(head, "status-date"), "status-date"),
        application_date=days.read(_text(head, "filing-date"), "filing-date"),
        registration_date=registered,
        expiry_date=None,
        nice_classes=classes,
        designated=(),
        owners=owners,
        ended=_ended(head, status, days),
        changed=latest((dropped, owned_since)),
        recorded_at_milliseconds=_recorded_at(element, header, days),
        source=source,
        goods=_goods(element, classes),
    )


def present_owners(parties: list[tuple[int, Owner]]) -> tuple[tuple[Owner, ...], bool]:
    """Pick the owners of the highest party type, the latest ones; say if they came in later.

    Party types: 10 applicant, 20 owner at publication, 30 registrant, numbers in between and up to
    69 later owners in order, 70 a correspondent.
    """
    kinds = [kind for kind, _ in parties if kind in _PARTY_TYPES_OF_OWNERS]
    if not kinds:
        return (), False
    last = max(kinds)
    owners = dict.fromkeys(owner for kind, owner in parties if kind == last)
    return tuple(owners), last not in _FIRST_OWNERS


def _owners(element: Element, days: Days) -> tuple[tuple[Owner, ...], date | None]:
    parties = []
    for party in element.iterfind("case-file-owners/case-file-owner"):
        name, kind = _text(party, "party-name"), small_number(_text(party, "party-type"))
        if name is not None and kind is not None:
            parties.append((kind, Owner(name, _country(party))))
    owners, later = present_owners(parties)
    return owners, _owner_change(element, days) if later else None


def _country(party: Element) -> str | None:
    country = country_code(_text(party, "country"))
    if country is None and _text(party, "state") is not None:
        return "US"
    return country or country_code(_text(party, "nationality/country"))


def _owner_change(element: Element, days: Days) -> date | None:
    return latest(
        days.read(_text(event, "date"), "case-file-event-statement/date")
        for event in element.iterfind("case-file-event-statements/case-file-event-statement")
        if _text(event, "code") in OWNER_CHANGE_CODES
    )


def _classes(element: Element, days: Days) -> tuple[set[int], date | None]:
    """Return the active Nice classes, and the latest day on which one ceased to be active."""
    active: set[int] = set()
    dropped = []
    for entry in element.iterfind("classifications/classification"):
        numbers = {nice_class(code.text) for code in entry.iterfind("international-code")} - {None}
        if _text(entry, "status-code") in (None, _ACTIVE_CLASS):
            active.update(number for number in numbers if number is not None)
        elif numbers:
            dropped.append(days.read(_text(entry, "status-date"), "classification/status-date"))
    return active, latest(dropped)


def _goods(element: Element, classes: set[int]) -> list[tuple[int, str]]:
    """Return goods by class; those of a class that is no active Nice class by none."""
    found = []
    for statement in element.iterfind("case-file-statements/case-file-statement"):
        told = re.fullmatch("GS([0-9]{3})[0-9]", _text(statement, "type-code") or "")
        words = _text(statement, "text")
        if told and words:
            number = nice_class(told[1]) or 0
            found.append((number if number in classes else 0, words))
    return found


def _feature(head: Element) -> MarkFeature:
    if _flag(head, "drawing-3d-current-in"):
        return "three_dimensional"
    claimed = _flag(head, "standard-characters-claimed-in")
    return feature_of_drawing(_text(head, "mark-drawing-code"), claimed)


def _kind(head: Element) -> MarkKind:
    return kind_of(word for flag, word in _KIND_FLAGS.items() if _flag(head, flag))


def _ended(head: Element, status: TrademarkStatus, days: Days) -> date | None:
    field = "abandonment-date" if status == "abandoned" else "cancellation-date"
    return days.read(_text(head, field), field)


def _recorded_at(element: Element, header: str, days: Days) -> int | None:
    transaction = days.read(_text(element, "transaction-date"), "transaction-date")
    if transaction is not None:
        return milliseconds_of_day(transaction)
    return milliseconds_of_time(header, HEADER_TAG)


def _flag(head: Element, name: str) -> bool:
    return _text(head, name) == "T"


def _text(element: Element, path: str) -> str | None:
    return " ".join((element.findtext(path) or "").split()) or None
