"""Questions to the review team, and its answers."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

ReviewOutcome = Literal["take_down", "decline", "ask_for_clarification", "reinstate"]
"""What the reviewer decided."""

ReviewKind = Literal["complaint", "counter_notice", "appeal", "registry_change"]
"""What is to be decided."""


class ReviewComplaint(NamedTuple):
    """The review team is asked to decide a case. Fields: schemas/avro."""

    command_id: str
    case_id: str
    decision_number: int
    listing_id: str
    marketplace: str
    complainant_id: str
    ground: str
    reason_codes: tuple[str, ...]
    received_at_milliseconds: int
    deadline_at_milliseconds: int
    issued_at_milliseconds: int
    kind: ReviewKind = "complaint"
    subject_id: str = ""
    rights_holder_id: str = ""
    seller_id: str = ""
    trademark_key: str | None = None
    language: str = ""
    trusted_flagger: bool = False
    fast_lane: bool = False
    price_euros: float | None = None
    excluded_reviewer_ids: tuple[str, ...] = ()

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ReviewComplaint":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["command_id"],
            datum["case_id"],
            datum["decision_number"],
            datum["listing_id"],
            datum["marketplace"],
            datum["complainant_id"],
            datum["ground"],
            tuple(datum["reason_codes"]),
            datum["received_at_milliseconds"],
            datum["deadline_at_milliseconds"],
            datum["issued_at_milliseconds"],
            datum["kind"],
            datum["subject_id"],
            datum["rights_holder_id"],
            datum["seller_id"],
            datum["trademark_key"],
            datum["language"],
            datum["trusted_flagger"],
            datum["fast_lane"],
            datum["price_euros"],
            tuple(datum["excluded_reviewer_ids"]),
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class ReviewDecided(NamedTuple):
    """The review team decided a case that had been sent to it. Fields: schemas/avro."""

    review_id: str
    case_id: str
    listing_id: str
    decision_number: int
    outcome: ReviewOutcome
    reason_codes: tuple[str, ...]
    reviewer_id: str
    decided_at_milliseconds: int
    subject_id: str = ""
    second_reviewer_id: str | None = None
    marketplace: str = ""

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ReviewDecided":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["review_id"],
            datum["case_id"],
            datum["listing_id"],
            datum["decision_number"],
            datum["outcome"],
            tuple(datum["reason_codes"]),
            datum["reviewer_id"],
            datum["decided_at_milliseconds"],
            datum["subject_id"],
            datum["second_reviewer_id"],
            datum["marketplace"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
