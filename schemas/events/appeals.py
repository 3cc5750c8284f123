"""Appeals against decisions, and how they end."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.events.parties import PartyRole


class AppealFiled(NamedTuple):
    """A party to a case appealed its decision (DSA Article 20), within 6 months of it. Fields:
    schemas/avro."""

    appeal_id: str
    case_id: str
    listing_id: str
    party_id: str
    statement: str
    filed_at_milliseconds: int
    marketplace: str = ""

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "AppealFiled":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["appeal_id"],
            datum["case_id"],
            datum["listing_id"],
            datum["party_id"],
            datum["statement"],
            datum["filed_at_milliseconds"],
            datum["marketplace"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class AppealDecided(NamedTuple):
    """An appeal was decided by a person who had not decided the case before. Fields:
    schemas/avro."""

    appeal_id: str
    case_id: str
    decision_number: int
    listing_id: str
    marketplace: str
    party_id: str
    role: PartyRole
    granted: bool
    reason_codes: tuple[str, ...]
    reviewer_id: str
    filed_at_milliseconds: int
    decided_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "AppealDecided":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["appeal_id"],
            datum["case_id"],
            datum["decision_number"],
            datum["listing_id"],
            datum["marketplace"],
            datum["party_id"],
            datum["role"],
            datum["granted"],
            tuple(datum["reason_codes"]),
            datum["reviewer_id"],
            datum["filed_at_milliseconds"],
            datum["decided_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
