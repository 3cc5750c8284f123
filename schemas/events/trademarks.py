"""Trademarks as the offices publish them."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

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

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "Owner":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["name"],
            datum["country"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


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

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "TrademarkRecorded":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["office"],
            datum["application_number"],
            datum["registration_number"],
            datum["mark_text"],
            datum["mark_feature"],
            datum["mark_kind"],
            datum["status"],
            datum["status_code"],
            datum["status_date"],
            datum["application_date"],
            datum["registration_date"],
            datum["expiry_date"],
            tuple(datum["nice_classes"]),
            tuple(datum["territories"]),
            tuple(Owner.from_avro(item) for item in datum["owners"]),
            datum["effective_from_milliseconds"],
            datum["recorded_at_milliseconds"],
            datum["source"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return {
            "office": self.office,
            "application_number": self.application_number,
            "registration_number": self.registration_number,
            "mark_text": self.mark_text,
            "mark_feature": self.mark_feature,
            "mark_kind": self.mark_kind,
            "status": self.status,
            "status_code": self.status_code,
            "status_date": self.status_date,
            "application_date": self.application_date,
            "registration_date": self.registration_date,
            "expiry_date": self.expiry_date,
            "nice_classes": self.nice_classes,
            "territories": self.territories,
            "owners": [item.to_avro() for item in self.owners],
            "effective_from_milliseconds": self.effective_from_milliseconds,
            "recorded_at_milliseconds": self.recorded_at_milliseconds,
            "source": self.source,
        }
