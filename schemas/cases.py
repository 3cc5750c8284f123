"""State of a listing and the cases against it."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from schemas.complaints import ComplaintFiled
from schemas.decisions import Outcome
from schemas.listings import ListingChanged

TimerKind = Literal["listing_wait", "sla_warning", "sla_breach"]
"""What falls due."""


class Timer(NamedTuple):
    """A time at which a case is to be looked at again. Fields: schemas/avro."""

    kind: TimerKind
    due_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "Timer":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["kind"],
            datum["due_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Give the record as Avro encoders take it."""
        return self._asdict()


class Case(NamedTuple):
    """A complaint and where it stands. Fields: schemas/avro."""

    complaint: ComplaintFiled
    received_at_milliseconds: int
    deadline_at_milliseconds: int
    decision_number: int
    outcome: Outcome
    reason_codes: tuple[str, ...]
    decided_by_review: bool
    taken_down: bool
    closed_at_milliseconds: int | None
    trademark_key: str | None
    trademark_recorded_at_milliseconds: int | None
    listing_version: int | None
    timers: tuple[Timer, ...]

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "Case":
        """Make the value from a decoded Avro record."""
        return cls(
            ComplaintFiled.from_avro(datum["complaint"]),
            datum["received_at_milliseconds"],
            datum["deadline_at_milliseconds"],
            datum["decision_number"],
            datum["outcome"],
            tuple(datum["reason_codes"]),
            datum["decided_by_review"],
            datum["taken_down"],
            datum["closed_at_milliseconds"],
            datum["trademark_key"],
            datum["trademark_recorded_at_milliseconds"],
            datum["listing_version"],
            tuple(Timer.from_avro(item) for item in datum["timers"]),
        )

    def to_avro(self) -> dict[str, Any]:
        """Give the record as Avro encoders take it."""
        return {
            "complaint": self.complaint.to_avro(),
            "received_at_milliseconds": self.received_at_milliseconds,
            "deadline_at_milliseconds": self.deadline_at_milliseconds,
            "decision_number": self.decision_number,
            "outcome": self.outcome,
            "reason_codes": self.reason_codes,
            "decided_by_review": self.decided_by_review,
            "taken_down": self.taken_down,
            "closed_at_milliseconds": self.closed_at_milliseconds,
            "trademark_key": self.trademark_key,
            "trademark_recorded_at_milliseconds": self.trademark_recorded_at_milliseconds,
            "listing_version": self.listing_version,
            "timers": [item.to_avro() for item in self.timers],
        }


class ListingCases(NamedTuple):
    """State of one listing: its latest content and the cases against it; one row of a worker's
    state. Fields: schemas/avro."""

    listing: ListingChanged | None
    cases: tuple[Case, ...]

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ListingCases":
        """Make the value from a decoded Avro record."""
        return cls(
            None if datum["listing"] is None else ListingChanged.from_avro(datum["listing"]),
            tuple(Case.from_avro(item) for item in datum["cases"]),
        )

    def to_avro(self) -> dict[str, Any]:
        """Give the record as Avro encoders take it."""
        return {
            "listing": None if self.listing is None else self.listing.to_avro(),
            "cases": [item.to_avro() for item in self.cases],
        }
