"""Whether commands took effect."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

EnforcementAction = Literal["take_down", "reinstate"]
"""What was commanded."""

EnforcementStage = Literal["acknowledged", "proved"]
"""How surely it is known."""

EnforcementMissing = Literal["acknowledgement", "proof"]
"""What has not come."""


class EnforcementConfirmed(NamedTuple):
    """A command was acknowledged, or the listing itself shows its effect. Fields: schemas/avro."""

    command_id: str
    case_id: str
    listing_id: str
    marketplace: str
    action: EnforcementAction
    stage: EnforcementStage
    issued_at_milliseconds: int
    confirmed_at_milliseconds: int
    elapsed_seconds: float

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "EnforcementConfirmed":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["command_id"],
            datum["case_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["action"],
            datum["stage"],
            datum["issued_at_milliseconds"],
            datum["confirmed_at_milliseconds"],
            datum["elapsed_seconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class EnforcementOverdue(NamedTuple):
    """A command's acknowledgement, or its proof, did not come in time; dispatch is to send it
    again. Fields: schemas/avro."""

    command_id: str
    case_id: str
    listing_id: str
    marketplace: str
    action: EnforcementAction
    missing: EnforcementMissing
    reminder_number: int
    issued_at_milliseconds: int
    due_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "EnforcementOverdue":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["command_id"],
            datum["case_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["action"],
            datum["missing"],
            datum["reminder_number"],
            datum["issued_at_milliseconds"],
            datum["due_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
