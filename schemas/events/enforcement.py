"""Whether commands took effect."""

from typing import Literal, NamedTuple

from schemas.declaration import event
from schemas.topic_names import SLA_EVENTS

EnforcementAction = Literal["take_down", "reinstate"]
"""What was commanded."""

EnforcementStage = Literal["acknowledged", "proved"]
"""How surely it is known."""

EnforcementMissing = Literal["acknowledgement", "proof"]
"""What has not come."""


@event(SLA_EVENTS, identity=("command_id", "stage"), owner="listing", made_by=("worker",))
class EnforcementConfirmed(NamedTuple):
    """A command was acknowledged, or the listing itself shows its effect. Fields: schemas/avro."""

    command_id: str
    case_id: str
    listing_id: str
    marketplace: str
    action: EnforcementAction
    stage: EnforcementStage
    issued_at_milliseconds: int
    confirmed_at_milliseconds: int
    elapsed_seconds: float


@event(
    SLA_EVENTS,
    identity=("command_id", "missing", "reminder_number"),
    owner="listing",
    made_by=("worker",),
)
class EnforcementOverdue(NamedTuple):
    """A command's acknowledgement, or its proof, did not come in time; dispatch is to send it
    again. Fields: schemas/avro."""

    command_id: str
    case_id: str
    listing_id: str
    marketplace: str
    action: EnforcementAction
    missing: EnforcementMissing
    reminder_number: int
    issued_at_milliseconds: int
    due_at_milliseconds: int
