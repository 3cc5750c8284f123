"""The 24-hour clock of a case."""

from typing import NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.events.decisions import Outcome
from schemas.topic_names import SLA_EVENTS


@event(SLA_EVENTS, identity=ALL_FIELDS, owner="listing", made_by=("worker",))
class SlaClockStarted(NamedTuple):
    """The 24-hour clock of a case was started. Fields: schemas/avro."""

    case_id: str
    listing_id: str
    marketplace: str
    received_at_milliseconds: int
    deadline_at_milliseconds: int


@event(SLA_EVENTS, identity=ALL_FIELDS, owner="listing", made_by=("worker",))
class SlaWarningRaised(NamedTuple):
    """A case is still open close to its deadline. Fields: schemas/avro."""

    case_id: str
    listing_id: str
    marketplace: str
    received_at_milliseconds: int
    deadline_at_milliseconds: int
    due_at_milliseconds: int
    outcome: Outcome


@event(SLA_EVENTS, identity=ALL_FIELDS, owner="listing", made_by=("worker",))
class SlaBreached(NamedTuple):
    """A case is still open at its deadline. Fields: schemas/avro."""

    case_id: str
    listing_id: str
    marketplace: str
    received_at_milliseconds: int
    deadline_at_milliseconds: int
    due_at_milliseconds: int
    outcome: Outcome


@event(SLA_EVENTS, identity=("case_id", "decision_number"), owner="listing", made_by=("worker",))
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


@event(SLA_EVENTS, identity=ALL_FIELDS, owner="listing", made_by=("worker",))
class SlaClockPaused(NamedTuple):
    """The clock of a case stands while the complainant is asked for something. Fields:
    schemas/avro."""

    case_id: str
    listing_id: str
    marketplace: str
    deadline_at_milliseconds: int
    answer_until_milliseconds: int
    paused_at_milliseconds: int


@event(SLA_EVENTS, identity=ALL_FIELDS, owner="listing", made_by=("worker",))
class SlaClockResumed(NamedTuple):
    """The clock of a case goes on after a pause. Fields: schemas/avro."""

    case_id: str
    listing_id: str
    marketplace: str
    deadline_at_milliseconds: int
    paused_seconds: float
    resumed_at_milliseconds: int
