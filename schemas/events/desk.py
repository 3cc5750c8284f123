"""What happens at the review team's desk: assignments, questions, outreach."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

OutreachReason = Literal["new_party", "complicated_case"]
"""Why."""


class ReviewAssigned(NamedTuple):
    """A reviewer was given a task. Fields: schemas/avro."""

    task_id: str
    case_id: str
    reviewer_id: str
    assigned_at_milliseconds: int
    lease_until_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ReviewAssigned":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["task_id"],
            datum["case_id"],
            datum["reviewer_id"],
            datum["assigned_at_milliseconds"],
            datum["lease_until_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class ReviewSkipped(NamedTuple):
    """A reviewer passed a task on; it does not come back to the same one. Fields: schemas/avro."""

    task_id: str
    case_id: str
    reviewer_id: str
    reason: str
    skipped_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ReviewSkipped":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["task_id"],
            datum["case_id"],
            datum["reviewer_id"],
            datum["reason"],
            datum["skipped_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class ReviewEscalated(NamedTuple):
    """A task needs a more senior reviewer. Fields: schemas/avro."""

    task_id: str
    case_id: str
    level: int
    reason: str
    reviewer_id: str | None
    escalated_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ReviewEscalated":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["task_id"],
            datum["case_id"],
            datum["level"],
            datum["reason"],
            datum["reviewer_id"],
            datum["escalated_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class InquiryReceived(NamedTuple):
    """A party asked the team a question. Fields: schemas/avro."""

    inquiry_id: str
    case_id: str | None
    party_id: str
    language: str
    received_at_milliseconds: int
    answer_until_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "InquiryReceived":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["inquiry_id"],
            datum["case_id"],
            datum["party_id"],
            datum["language"],
            datum["received_at_milliseconds"],
            datum["answer_until_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class InquiryAnswered(NamedTuple):
    """The team answered a question. Fields: schemas/avro."""

    inquiry_id: str
    case_id: str | None
    party_id: str
    reviewer_id: str
    answered_at_milliseconds: int
    elapsed_seconds: float

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "InquiryAnswered":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["inquiry_id"],
            datum["case_id"],
            datum["party_id"],
            datum["reviewer_id"],
            datum["answered_at_milliseconds"],
            datum["elapsed_seconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class OutreachRequested(NamedTuple):
    """Somebody of the team is to call on a party. Fields: schemas/avro."""

    outreach_id: str
    party_id: str
    case_id: str | None
    reason: OutreachReason
    requested_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "OutreachRequested":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["outreach_id"],
            datum["party_id"],
            datum["case_id"],
            datum["reason"],
            datum["requested_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
