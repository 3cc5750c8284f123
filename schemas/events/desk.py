"""What happens at the review team's desk: assignments, questions, outreach."""

from typing import Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.fields import Identifier, LanguageCode, Note, PartyId, Seconds, Timestamp, Whole
from schemas.topic_names import DESK_EVENTS

OutreachReason = Literal["new_party", "complicated_case"]
"""Why."""


@event(DESK_EVENTS, identity=ALL_FIELDS, key="{case_id}")
class ReviewAssigned(NamedTuple):
    """A reviewer was given a task."""

    task_id: Identifier
    """Task of the queue: the command id of its ReviewComplaint or ReviewDetection."""
    case_id: Identifier
    """Case concerned; key of the record."""
    reviewer_id: PartyId
    """Who."""
    assigned_at_milliseconds: Timestamp
    """When, UTC."""
    lease_until_milliseconds: Timestamp
    """When it goes back to the queue, UTC."""


@event(DESK_EVENTS, identity=ALL_FIELDS, key="{case_id}", subject="reviewer_id")
class ReviewSkipped(NamedTuple):
    """A reviewer passed a task on; it does not come back to the same one."""

    task_id: Identifier
    """Task of the queue: the command id of its ReviewComplaint or ReviewDetection."""
    case_id: Identifier
    """Case concerned; key of the record."""
    reviewer_id: PartyId
    """Who."""
    reason: Note
    """Why."""
    skipped_at_milliseconds: Timestamp
    """When, UTC."""


@event(DESK_EVENTS, identity=ALL_FIELDS, key="{case_id}", subject="reviewer_id")
class ReviewEscalated(NamedTuple):
    """A task needs a more senior reviewer."""

    task_id: Identifier
    """Task of the queue: the command id of its ReviewComplaint or ReviewDetection."""
    case_id: Identifier
    """Case concerned; key of the record."""
    level: Whole
    """Seniority asked for now, from 1."""
    reason: Note
    """Why."""
    reviewer_id: PartyId | None
    """Who asked; null where the queue did."""
    escalated_at_milliseconds: Timestamp
    """When, UTC."""


@event(DESK_EVENTS, identity=("inquiry_id",), key="{case_id|inquiry_id}")
class InquiryReceived(NamedTuple):
    """A party asked the team a question."""

    inquiry_id: Identifier
    """Id of the inquiry; key of the record where there is no case."""
    case_id: Identifier | None
    """Case concerned, if any; key of the record."""
    party_id: PartyId
    """Who asks."""
    language: LanguageCode
    """ISO 639-1 code."""
    received_at_milliseconds: Timestamp
    """When, UTC."""
    answer_until_milliseconds: Timestamp
    """When it is to be answered at the latest, UTC."""


@event(DESK_EVENTS, identity=("inquiry_id",), key="{case_id|inquiry_id}")
class InquiryAnswered(NamedTuple):
    """The team answered a question."""

    inquiry_id: Identifier
    """Id of the inquiry."""
    case_id: Identifier | None
    """Case concerned, if any."""
    party_id: PartyId
    """Who asked."""
    reviewer_id: PartyId
    """Who answered."""
    answered_at_milliseconds: Timestamp
    """When, UTC."""
    elapsed_seconds: Seconds
    """Time since it was received."""


@event(DESK_EVENTS, identity=("outreach_id",), owner="party")
class OutreachRequested(NamedTuple):
    """Somebody of the team is to call on a party."""

    outreach_id: Identifier
    """Id of the task."""
    party_id: PartyId
    """Party to call on; key of the record."""
    case_id: Identifier | None
    """Case concerned, if any."""
    reason: OutreachReason
    """Why."""
    requested_at_milliseconds: Timestamp
    """When, UTC."""
