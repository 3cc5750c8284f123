"""The 24-hour clock of a case."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.events.decisions import Outcome


class SlaClockStarted(NamedTuple):
    """The 24-hour clock of a case was started. Fields: schemas/avro."""

    case_id: str
    listing_id: str
    marketplace: str
    received_at_milliseconds: int
    deadline_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "SlaClockStarted":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["case_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["received_at_milliseconds"],
            datum["deadline_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class SlaWarningRaised(NamedTuple):
    """A case is still open close to its deadline. Fields: schemas/avro."""

    case_id: str
    listing_id: str
    marketplace: str
    received_at_milliseconds: int
    deadline_at_milliseconds: int
    due_at_milliseconds: int
    outcome: Outcome

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "SlaWarningRaised":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["case_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["received_at_milliseconds"],
            datum["deadline_at_milliseconds"],
            datum["due_at_milliseconds"],
            datum["outcome"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class SlaBreached(NamedTuple):
    """A case is still open at its deadline. Fields: schemas/avro."""

    case_id: str
    listing_id: str
    marketplace: str
    received_at_milliseconds: int
    deadline_at_milliseconds: int
    due_at_milliseconds: int
    outcome: Outcome

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "SlaBreached":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["case_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["received_at_milliseconds"],
            datum["deadline_at_milliseconds"],
            datum["due_at_milliseconds"],
            datum["outcome"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class CaseClosed(NamedTuple):
    """A case was closed by a decision. Fields: schemas/avro."""

    case_id: str
    listing_id: str
    marketplace: str
    received_at_milliseconds: int
    deadline_at_milliseconds: int
    decision_number: int
    outcome: Outcome
    reason_codes: tuple[str, ...]
    closed_at_milliseconds: int
    open_seconds: float
    within_deadline: bool
    paused_seconds: float = 0.0

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "CaseClosed":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["case_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["received_at_milliseconds"],
            datum["deadline_at_milliseconds"],
            datum["decision_number"],
            datum["outcome"],
            tuple(datum["reason_codes"]),
            datum["closed_at_milliseconds"],
            datum["open_seconds"],
            datum["within_deadline"],
            datum["paused_seconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class SlaClockPaused(NamedTuple):
    """The clock of a case stands while the complainant is asked for something. Fields:
    schemas/avro."""

    case_id: str
    listing_id: str
    marketplace: str
    deadline_at_milliseconds: int
    answer_until_milliseconds: int
    paused_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "SlaClockPaused":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["case_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["deadline_at_milliseconds"],
            datum["answer_until_milliseconds"],
            datum["paused_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class SlaClockResumed(NamedTuple):
    """The clock of a case goes on after a pause. Fields: schemas/avro."""

    case_id: str
    listing_id: str
    marketplace: str
    deadline_at_milliseconds: int
    paused_seconds: float
    resumed_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "SlaClockResumed":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["case_id"],
            datum["listing_id"],
            datum["marketplace"],
            datum["deadline_at_milliseconds"],
            datum["paused_seconds"],
            datum["resumed_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
