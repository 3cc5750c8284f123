"""How satisfied parties were."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.events.parties import PartyRole


class SurveyAnswered(NamedTuple):
    """A party told how satisfied it was with a case. Fields: schemas/avro."""

    survey_id: str
    party_id: str
    role: PartyRole
    case_id: str
    marketplace: str
    score: int
    answered_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "SurveyAnswered":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["survey_id"],
            datum["party_id"],
            datum["role"],
            datum["case_id"],
            datum["marketplace"],
            datum["score"],
            datum["answered_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
