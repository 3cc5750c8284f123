"""What happens at the review team's desk: assignments, questions, outreach."""

from typing import Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.topic_names import DESK_EVENTS

OutreachReason = Literal["new_party", "complicated_case"]
"""Why."""


@event(DESK_EVENTS, identity=ALL_FIELDS, key="{case_id}")
class ReviewAssigned(NamedTuple):
    """A reviewer was given a task. Fields: schemas/avro."""

    task_id: str
    case_id: str
    reviewer_id: str
    assigned_at_milliseconds: int
    lease_until_milliseconds: int


@event(DESK_EVENTS, identity=ALL_FIELDS, key="{case_id}")
class ReviewSkipped(NamedTuple):
    """A reviewer passed a task on; it does not come back to the same one. Fields: schemas/avro."""

    task_id: str
    case_id: str
    reviewer_id: str
    reason: str
    skipped_at_milliseconds: int


@event(DESK_EVENTS, identity=ALL_FIELDS, key="{case_id}")
class ReviewEscalated(NamedTuple):
    """A task needs a more senior reviewer. Fields: schemas/avro."""

    task_id: str
    case_id: str
    level: int
    reason: str
    reviewer_id: str | None
    escalated_at_milliseconds: int


@event(DESK_EVENTS, identity=("inquiry_id",), key="{case_id|inquiry_id}")
class InquiryReceived(NamedTuple):
    """A party asked the team a question. Fields: schemas/avro."""

    inquiry_id: str
    case_id: str | None
    party_id: str
    language: str
    received_at_milliseconds: int
    answer_until_milliseconds: int


@event(DESK_EVENTS, identity=("inquiry_id",), key="{case_id|inquiry_id}")
class InquiryAnswered(NamedTuple):
    """The team answered a question. Fields: schemas/avro."""

    inquiry_id: str
    case_id: str | None
    party_id: str
    reviewer_id: str
    answered_at_milliseconds: int
    elapsed_seconds: float


@event(DESK_EVENTS, identity=("outreach_id",), owner="party")
class OutreachRequested(NamedTuple):
    """Somebody of the team is to call on a party. Fields: schemas/avro."""

    outreach_id: str
    party_id: str
    case_id: str | None
    reason: OutreachReason
    requested_at_milliseconds: int
