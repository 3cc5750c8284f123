"""State of a listing and the cases against it."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from schemas.events.complaints import ComplaintFiled
from schemas.events.decisions import Outcome
from schemas.events.enforcement import EnforcementAction
from schemas.events.listings import ListingChanged
from schemas.events.parties import PartyRole

TimerKind = Literal[
    "listing_wait",
    "sla_warning",
    "sla_breach",
    "clarification_due",
    "counter_notice_due",
    "answer_due",
    "put_back",
    "put_back_latest",
    "enforcement_due",
]
"""What falls due."""

CounterNoticePhase = Literal[
    "awaits_seller",
    "awaits_complainant",
    "awaits_review",
    "awaits_put_back",
    "forfeited",
    "rejected",
    "accepted",
    "court_action",
]
"""What is awaited of a counter-notice, or how it ended."""

EnforcementState = Literal["commanded", "acknowledged", "proved", "refused"]
"""How far a command's effect is known."""


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
        """Return the record as Avro encoders take it."""
        return self._asdict()


class Appeal(NamedTuple):
    """An appeal against a case's decision, open or decided. Fields: schemas/avro."""

    appeal_id: str
    party_id: str
    role: PartyRole
    decision_number: int
    open: bool
    filed_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "Appeal":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["appeal_id"],
            datum["party_id"],
            datum["role"],
            datum["decision_number"],
            datum["open"],
            datum["filed_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class Enforcement(NamedTuple):
    """The command that was last given for a case, and how far its effect is known. Fields:
    schemas/avro."""

    command_id: str
    action: EnforcementAction
    stage: EnforcementState
    reminders: int
    issued_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "Enforcement":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["command_id"],
            datum["action"],
            datum["stage"],
            datum["reminders"],
            datum["issued_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class CounterNotice(NamedTuple):
    """Where a seller's objections to a takedown stand. Fields: schemas/avro."""

    counter_notice_id: str
    round_number: int
    phase: CounterNoticePhase
    due_at_milliseconds: int | None

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "CounterNotice":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["counter_notice_id"],
            datum["round_number"],
            datum["phase"],
            datum["due_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
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
    seller_id: str | None = None
    paused_at_milliseconds: int | None = None
    paused_milliseconds: int = 0
    clock_started_at_milliseconds: int = 0
    reviewer_ids: tuple[str, ...] = ()
    counter_notice: CounterNotice | None = None
    appeals: tuple[Appeal, ...] = ()
    enforcement: Enforcement | None = None
    policy_hash: str = ""

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
            datum["seller_id"],
            datum["paused_at_milliseconds"],
            datum["paused_milliseconds"],
            datum["clock_started_at_milliseconds"],
            tuple(datum["reviewer_ids"]),
            _optional(CounterNotice, datum["counter_notice"]),
            tuple(Appeal.from_avro(item) for item in datum["appeals"]),
            _optional(Enforcement, datum["enforcement"]),
            datum["policy_hash"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return {
            **self._asdict(),
            "complaint": self.complaint.to_avro(),
            "timers": [item.to_avro() for item in self.timers],
            "counter_notice": None
            if self.counter_notice is None
            else self.counter_notice._asdict(),
            "appeals": [item.to_avro() for item in self.appeals],
            "enforcement": None if self.enforcement is None else self.enforcement.to_avro(),
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
        """Return the record as Avro encoders take it."""
        return {
            "listing": None if self.listing is None else self.listing.to_avro(),
            "cases": [item.to_avro() for item in self.cases],
        }


def _optional(kind: type[Any], datum: Mapping[str, Any] | None) -> Any:
    return None if datum is None else kind.from_avro(datum)
