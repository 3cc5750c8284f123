"""Commands to the marketplaces."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class TakeDownListing(NamedTuple):
    """The marketplace is told to take a listing down. Fields: schemas/avro."""

    command_id: str
    case_id: str
    decision_number: int
    listing_id: str
    marketplace: str
    seller_id: str
    listing_version: int
    url: str
    trademark_key: str
    mark_text: str | None
    ground: str
    territory: str
    reason_codes: tuple[str, ...]
    received_at_milliseconds: int
    deadline_at_milliseconds: int
    issued_at_milliseconds: int
    title: str | None
    rule_id: str = ""
    complainant_id: str = ""
    automated: bool = True

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "TakeDownListing":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["command_id"],
            datum["case_id"],
            datum["decision_number"],
            datum["listing_id"],
            datum["marketplace"],
            datum["seller_id"],
            datum["listing_version"],
            datum["url"],
            datum["trademark_key"],
            datum["mark_text"],
            datum["ground"],
            datum["territory"],
            tuple(datum["reason_codes"]),
            datum["received_at_milliseconds"],
            datum["deadline_at_milliseconds"],
            datum["issued_at_milliseconds"],
            datum["title"],
            datum["rule_id"],
            datum["complainant_id"],
            datum["automated"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class ReinstateListing(NamedTuple):
    """The marketplace is told to put a listing back. Fields: schemas/avro."""

    command_id: str
    case_id: str
    decision_number: int
    listing_id: str
    marketplace: str
    seller_id: str
    reason_codes: tuple[str, ...]
    issued_at_milliseconds: int
    rule_id: str = ""
    complainant_id: str = ""

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ReinstateListing":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["command_id"],
            datum["case_id"],
            datum["decision_number"],
            datum["listing_id"],
            datum["marketplace"],
            datum["seller_id"],
            tuple(datum["reason_codes"]),
            datum["issued_at_milliseconds"],
            datum["rule_id"],
            datum["complainant_id"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
