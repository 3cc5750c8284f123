"""Trademarks as the offices publish them."""

from typing import Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
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
    """An owner as the register names it. Fields: schemas/avro."""

    name: str
    country: str | None


@event(TRADEMARKS_EVENTS, identity=ALL_FIELDS, key="{office}:{application_number}")
class TrademarkRecorded(NamedTuple):
    """The state of one trademark as its office published it: one version in a bitemporal table.
    Fields: schemas/avro."""

    office: str
    application_number: str
    registration_number: str | None
    mark_text: str | None
    mark_feature: MarkFeature
    mark_kind: MarkKind
    status: TrademarkStatus
    status_code: str
    status_date: str | None
    application_date: str | None
    registration_date: str | None
    expiry_date: str | None
    nice_classes: tuple[int, ...]
    territories: tuple[str, ...]
    owners: tuple[Owner, ...]
    effective_from_milliseconds: int
    recorded_at_milliseconds: int
    source: str
