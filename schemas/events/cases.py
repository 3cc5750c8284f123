"""State of a listing and the cases against it."""

from typing import Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.events.complaints import ComplaintFiled
from schemas.events.decisions import Outcome
from schemas.events.enforcement import EnforcementAction
from schemas.events.listings import ListingChanged
from schemas.events.parties import PartyRole
from schemas.topic_names import CASES_STATE

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


class Appeal(NamedTuple):
    """An appeal against a case's decision, open or decided. Fields: schemas/avro."""

    appeal_id: str
    party_id: str
    role: PartyRole
    decision_number: int
    open: bool
    filed_at_milliseconds: int


class Enforcement(NamedTuple):
    """The command that was last given for a case, and how far its effect is known. Fields:
    schemas/avro."""

    command_id: str
    action: EnforcementAction
    stage: EnforcementState
    reminders: int
    issued_at_milliseconds: int


class CounterNotice(NamedTuple):
    """Where a seller's objections to a takedown stand. Fields: schemas/avro."""

    counter_notice_id: str
    round_number: int
    phase: CounterNoticePhase
    due_at_milliseconds: int | None


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


@event(CASES_STATE, identity=ALL_FIELDS, owner="listing", key="")
class ListingCases(NamedTuple):
    """State of one listing: its latest content and the cases against it; one row of a worker's
    state. Fields: schemas/avro."""

    listing: ListingChanged | None
    cases: tuple[Case, ...]
