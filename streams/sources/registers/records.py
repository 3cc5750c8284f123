"""What an import yields, and the checks that every record passes, whatever its format."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from processors.findings.goods import ELLIPSIS
from schemas.bounds import BoundsTests, violations
from schemas.declared_fields import filed_maximum
from schemas.events.trademarks import (
    ClassGoods,
    MarkFeature,
    MarkKind,
    Owner,
    Owners,
    TrademarkRecorded,
    TrademarkStatus,
)
from schemas.fields import DECLARED, FIRST, TIMED, MarkText, RegisterNumber
from streams.sources.registers.vocabulary import territories_of

NUMBER_LENGTH = filed_maximum(RegisterNumber)
TEXT_LENGTH = filed_maximum(MarkText)
OWNERS = filed_maximum(Owners)
GOODS_LENGTH = 600
"""Most characters kept of the goods of one class; registers list some by the thousand."""
CLASSES = 46
EDITIONS = (FIRST, DECLARED, TIMED)

_WITHIN_BOUNDS = BoundsTests(*EDITIONS)
_DAY = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?(?:Z|[+-]\d{2}:\d{2})?"
)
_DEAD: frozenset[TrademarkStatus] = frozenset(
    ("expired", "cancelled", "abandoned", "refused", "withdrawn")
)


class ImportRejection(NamedTuple):
    """A record, or a whole document, that could not be imported.

    source: format and file, such as 'tdxf:apc180218.xml'; record_number: place of the record in
    its document from 1, 0 for the document itself; reason: a code; detail: what was wrong.
    """

    source: str
    record_number: int
    application_number: str | None
    reason: str
    detail: str


class ImportRemark(NamedTuple):
    """What an operator should know of a record that was imported, or of a document without any.

    reason: 'dropped_date', a day that could not be read and on which nothing rests, or
    'empty_document', a register's file without a record, as offices send on days without changes.
    """

    source: str
    record_number: int
    application_number: str | None
    reason: str
    detail: str


class RecordError(Exception):
    """A record that cannot be imported: reason code, and what was wrong."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Facts(NamedTuple):
    """What a format's module reads from a record, before it is checked. Dates are days or None.

    goods: by Nice class, 0 for a class of the office's own; ended: day the right or application
    ended, if the record gives one besides the status day; changed: latest day on which owners or
    classes changed; recorded_at_milliseconds: UTC; deleted: whether the office took the record
    back, which ends the right when that was recorded.
    """

    office: str | None
    application_number: str | None
    registration_number: str | None
    mark_text: str | None
    mark_feature: MarkFeature
    mark_kind: MarkKind
    status: TrademarkStatus
    status_code: str
    status_date: date | None
    application_date: date | None
    registration_date: date | None
    expiry_date: date | None
    nice_classes: Iterable[int]
    designated: Iterable[str | None]
    owners: tuple[Owner, ...]
    ended: date | None
    changed: date | None
    recorded_at_milliseconds: int | None
    source: str
    deleted: bool = False
    goods: Iterable[tuple[int, str]] = ()


class Days:
    """Days of one record. One that can't be read is left out and noted in `dropped`, so that a
    slip in a day on which nothing rests does not cost the record."""

    def __init__(self) -> None:
        self.dropped: list[str] = []

    def read(self, text: str | None, field: str) -> date | None:
        """Read a day: '20180218', '2018-02-18' or '2011-05-31-04:00'; None if empty or all zeros.

        Zone and time are left out: offices write days of their own calendar. All else, and years
        before 1800 or after 2199, are noted.
        """
        value = (text or "").strip()
        if not value.strip("0"):
            return None
        match = _DAY.fullmatch(value)
        try:
            if match is None:
                raise ValueError("not a day")
            found = date(int(match[1]), int(match[2]), int(match[3]))
            if not 1800 <= found.year <= 2199:
                raise ValueError("year out of range")
        except ValueError as error:
            self.dropped.append(f"{field}: {value[:40]!r}: {error}")
            return None
        return found


def milliseconds_of_day(found: date) -> int:
    """Return the start of a day in milliseconds since 1970, UTC."""
    return (found.toordinal() - date(1970, 1, 1).toordinal()) * 86_400_000


def milliseconds_of_time(text: str | None, field: str) -> int | None:
    """Read '2020-09-01T23:00:49' or '201802182208' as milliseconds, UTC where no zone is given."""
    value = (text or "").strip()
    if not value:
        return None
    try:
        if re.fullmatch(r"\d{12}", value):
            found = datetime.strptime(value, "%Y%m%d%H%M").replace(tzinfo=UTC)
        else:
            found = datetime.fromisoformat(value)
    except ValueError as error:
        raise RecordError("bad_date", f"{field}: {value[:40]!r}: {error}") from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return int(found.timestamp() * 1000)


def checked(facts: Facts) -> TrademarkRecorded:
    """Return the event for a record.

    Raises RecordError if a required fact is missing, too long, or else what no reader takes.
    """
    office, application_number, recorded_at = _required(facts)
    event = TrademarkRecorded(
        office=office,
        application_number=application_number,
        registration_number=facts.registration_number,
        mark_text=facts.mark_text,
        mark_feature=facts.mark_feature,
        mark_kind=facts.mark_kind,
        status=facts.status,
        status_code=facts.status_code,
        status_date=_iso(facts.status_date),
        application_date=_iso(facts.application_date),
        registration_date=_iso(facts.registration_date),
        expiry_date=_iso(facts.expiry_date),
        nice_classes=tuple(sorted(set(facts.nice_classes))),
        territories=territories_of(office, facts.designated),
        owners=facts.owners,
        effective_from_milliseconds=(
            recorded_at if facts.deleted else milliseconds_of_day(effective_from(facts))
        ),
        recorded_at_milliseconds=recorded_at,
        source=facts.source,
        goods=_goods(facts.goods),
    )
    if not _WITHIN_BOUNDS[TrademarkRecorded](event):
        broken = [each for edition in EDITIONS for each in violations(event, edition)]
        detail = ", ".join(f"{each.field}: {each.code}" for each in broken)
        raise RecordError("out_of_bounds", detail)
    return event


def _required(facts: Facts) -> tuple[str, str, int]:
    """Return office, application number and time of recording; RecordError as in `checked`."""
    if facts.office is None or not re.fullmatch("[A-Z]{2}", facts.office):
        raise RecordError("bad_office", f"{(facts.office or '')[:40]!r} is not a WIPO ST.3 code")
    if facts.application_number is None:
        raise RecordError("no_application_number", "the key of a mark needs it")
    _limit("application number", facts.application_number, NUMBER_LENGTH)
    _limit("registration number", facts.registration_number, NUMBER_LENGTH)
    _limit("status code", facts.status_code, TEXT_LENGTH)
    _limit("mark text", facts.mark_text, TEXT_LENGTH)
    if len(facts.owners) > OWNERS:
        raise RecordError("too_long", f"{len(facts.owners)} owners, at most {OWNERS}")
    for owner in facts.owners:
        _limit("owner", owner.name, TEXT_LENGTH)
    if facts.recorded_at_milliseconds is None:
        raise RecordError("no_recorded_date", "neither the file nor the record tells its age")
    return facts.office, facts.application_number, facts.recorded_at_milliseconds


def effective_from(facts: Facts) -> date:
    """Return the day from which all that the record states holds (decision 0004).

    A live registration began on its registration day, whatever later day its status has (renewal,
    declaration of use); an ended right or application ended on its own day or else the status
    day; all else holds from the status day. A later change of owners or classes puts off the
    start of a state that is alive. Raises RecordError if the record has no such day.
    """
    if facts.status in _DEAD:
        start = facts.ended or facts.status_date
    elif facts.status == "registered":
        start = facts.registration_date or facts.status_date
    else:
        start = facts.status_date or facts.application_date
    if start is None:
        raise RecordError("no_effective_date", f"status {facts.status} without its day")
    if facts.changed is not None and facts.status not in _DEAD:
        return max(start, facts.changed)
    return start


def latest(days: Iterable[date | None]) -> date | None:
    """Return the latest day, if any."""
    return max((found for found in days if found is not None), default=None)


def _goods(listed: Iterable[tuple[int, str]]) -> tuple[ClassGoods, ...]:
    """Return goods by class, the first text of each, and of long ones the beginning."""
    first: dict[int, str] = {}
    for nice_class, words in listed:
        if words and len(first) < CLASSES:
            first.setdefault(nice_class, words)
    return tuple(ClassGoods(number, _beginning(words)) for number, words in sorted(first.items()))


def _beginning(words: str) -> str:
    if len(words) <= GOODS_LENGTH:
        return words
    return words[: GOODS_LENGTH - 1].rpartition(" ")[0] + ELLIPSIS


def _iso(found: date | None) -> str | None:
    return None if found is None else found.isoformat()


def _limit(field: str, text: str | None, length: int) -> None:
    if text is not None and len(text) > length:
        raise RecordError("too_long", f"{field}: {len(text)} characters, at most {length}")
