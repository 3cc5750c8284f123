"""What marketplaces did about commands."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

AcknowledgementResult = Literal["executed", "refused", "failed"]
"""What the marketplace did."""


class CommandAcknowledged(NamedTuple):
    """A marketplace told what it did about a command. Fields: schemas/avro."""

    acknowledgement_id: str
    command_id: str
    case_id: str
    listing_id: str
    marketplace: str
    result: AcknowledgementResult
    detail: str
    acknowledged_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "CommandAcknowledged":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["acknowledgement_id"],
            datum["command_id"],
            datum["case_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["result"],
            datum["detail"],
            datum["acknowledged_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
