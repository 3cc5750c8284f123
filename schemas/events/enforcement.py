"""Whether commands took effect."""

from typing import Literal, NamedTuple

from schemas.declaration import event
from schemas.fields import CountryCode, Identifier, Marketplace, Seconds, Timestamp, UpTo300, Whole
from schemas.topic_names import SLA_EVENTS

EnforcementAction = Literal["take_down", "reinstate"]
"""What was commanded."""

EnforcementStage = Literal["acknowledged", "proved"]
"""How surely it is known."""

EnforcementMissing = Literal["acknowledgement", "proof"]
"""What has not come."""


@event(SLA_EVENTS, identity=("command_id", "stage"), owner="listing", made_by=("worker",))
class EnforcementConfirmed(NamedTuple):
    """A command was acknowledged, or the listing itself shows its effect."""

    command_id: Identifier
    """Command confirmed."""
    case_id: Identifier
    """Case concerned; the id of its complaint."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    action: EnforcementAction
    """What was commanded."""
    stage: EnforcementStage
    """acknowledged by the marketplace, or proved by the listing stream."""
    issued_at_milliseconds: Timestamp
    """When the command was issued, UTC."""
    confirmed_at_milliseconds: Timestamp
    """When it was confirmed, UTC."""
    elapsed_seconds: Seconds
    """Time between the two."""
    received_at_milliseconds: Timestamp = 0
    """When the complaint was received, UTC; 0 where it is not told."""
    deadline_at_milliseconds: Timestamp = 0
    """When the case is to be closed at the latest, UTC; 0 where it is not told."""
    territories: UpTo300[CountryCode] = ()
    """Countries for which it is confirmed; empty for all."""


@event(
    SLA_EVENTS,
    identity=("command_id", "missing", "reminder_number"),
    owner="listing",
    made_by=("worker",),
)
class EnforcementOverdue(NamedTuple):
    """A command's acknowledgement, or its proof, did not come in time; dispatch is to send it
    again."""

    command_id: Identifier
    """Command not confirmed."""
    case_id: Identifier
    """Case concerned; the id of its complaint."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    action: EnforcementAction
    """What was commanded."""
    missing: EnforcementMissing
    """What has not come."""
    reminder_number: Whole
    """How often this was told for the command, from 1."""
    issued_at_milliseconds: Timestamp
    """When the command was issued, UTC."""
    due_at_milliseconds: Timestamp
    """When it was due, UTC."""
    territories: UpTo300[CountryCode] = ()
    """Countries for which it is missing; empty for all."""
