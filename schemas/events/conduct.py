"""What counts for and against complainants and sellers."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from schemas.events.parties import PartyRole

ConductKind = Literal[
    "complaint_upheld",
    "complaint_declined",
    "complaint_countered",
    "complaint_retracted",
    "strike",
    "strike_reversed",
    "complaint_restored",
]
"""What happened."""


class ConductRecorded(NamedTuple):
    """Something that counts for or against a complainant or a seller. Fields: schemas/avro."""

    conduct_id: str
    party_id: str
    role: PartyRole
    kind: ConductKind
    ground: str
    manifest: bool
    case_id: str
    listing_id: str
    marketplace: str
    occurred_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ConductRecorded":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["conduct_id"],
            datum["party_id"],
            datum["role"],
            datum["kind"],
            datum["ground"],
            datum["manifest"],
            datum["case_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["occurred_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
