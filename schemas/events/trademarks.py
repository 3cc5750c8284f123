"""Trademarks as the offices publish them."""

from typing import Annotated, Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.fields import (
    CountryCode,
    Date,
    Identifier,
    Items,
    Many,
    MarkText,
    NiceClass,
    OwnerName,
    RegisterNumber,
    RegisterTime,
    Text,
    Whole,
    Word,
)
from schemas.topic_names import TRADEMARKS_EVENTS

MarkFeature = Literal[
    "standard_characters",
    "word",
    "stylised",
    "figurative",
    "combined",
    "three_dimensional",
    "colour",
    "sound",
    "other",
]
"""How the mark is represented."""

MarkKind = Literal["individual", "collective", "certification", "other"]
"""Kind of mark."""

TrademarkStatus = Literal[
    "pending",
    "published",
    "opposed",
    "registered",
    "expired",
    "cancelled",
    "abandoned",
    "refused",
    "withdrawn",
    "unknown",
]
"""Legal status, told apart only as far as decisions need."""


class Owner(NamedTuple):
    """An owner as the register names it."""

    name: OwnerName
    """Name as in the register."""
    country: CountryCode | None
    """ISO 3166-1 alpha-2 code of its country."""


Owners = Annotated[tuple[Owner, ...], Items(1_000)]


class ClassGoods(NamedTuple):
    """Goods and services of a mark in one class, as the register words them."""

    nice_class: Whole
    """Nice class; 0 where the register counts by classes of its own."""
    text: Annotated[str, Text(2_000)]
    """What is listed; the beginning of it, with an ellipsis, where that is long."""


class Designation(NamedTuple):
    """A country or union for which an international registration asks for protection."""

    territory: CountryCode
    """ISO 3166-1 alpha-2 code of the country, or the union's code of WIPO Standard ST.3."""
    status: TrademarkStatus
    """Where it stands there: registered where protection is granted or was not refused in time,
    pending before that, opposed under a provisional refusal."""


@event(TRADEMARKS_EVENTS, identity=ALL_FIELDS, key="{office}:{application_number}")
class TrademarkRecorded(NamedTuple):
    """The state of one trademark as its office published it: one version in a bitemporal table."""

    office: Identifier
    """WIPO ST.3 code of the office, such as US, EM or IL; first part of the record's key."""
    application_number: RegisterNumber
    """Application number as the office writes it; second part of the record's key."""
    registration_number: RegisterNumber | None
    """Registration number, if registered."""
    mark_text: MarkText | None
    """Verbal element, as in the register; null for a mark without words."""
    mark_feature: MarkFeature
    """How the mark is represented."""
    mark_kind: MarkKind
    """Kind of mark."""
    status: TrademarkStatus
    """Legal status."""
    status_code: Annotated[str, Text(10_000)]
    """The office's own status code or wording."""
    status_date: Date | None
    """Day of the status, ISO 8601."""
    application_date: Date | None
    """Day of application, ISO 8601."""
    registration_date: Date | None
    """Day of registration, ISO 8601."""
    expiry_date: Date | None
    """Last day of protection, if the register gives one, ISO 8601."""
    nice_classes: Many[NiceClass]
    """Nice classes (1 to 45) covered by the mark and still active, ascending."""
    territories: Many[CountryCode]
    """ISO 3166-1 alpha-2 codes of the countries in which the mark has effect, ascending."""
    owners: Owners
    """Present owners."""
    effective_from_milliseconds: RegisterTime
    """Valid time: from when this state of the mark holds, UTC."""
    recorded_at_milliseconds: RegisterTime
    """Transaction time: when the office recorded or published this state, UTC."""
    source: Word
    """Format and file that the record was read from, such as 'tdxf:apc180218.xml'."""
    goods: Annotated[tuple[ClassGoods, ...], Items(100)] = ()
    """Goods and services; empty where the register's file does not list them."""
    designations: Annotated[tuple[Designation, ...], Items(300)] = ()
    """Of an international registration, where it stands in each country designated; empty where the
    register's file does not tell."""
