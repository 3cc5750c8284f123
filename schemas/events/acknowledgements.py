"""What marketplaces did about commands."""

from typing import Literal, NamedTuple

from schemas.declaration import event
from schemas.topic_names import ACKNOWLEDGEMENTS_EVENTS

AcknowledgementResult = Literal["executed", "refused", "failed"]
"""What the marketplace did."""


@event(
    ACKNOWLEDGEMENTS_EVENTS,
    identity=("acknowledgement_id", "command_id", "result"),
    owner="listing",
)
class CommandAcknowledged(NamedTuple):
    """A marketplace told what it did about a command. Fields: schemas/avro."""

    acknowledgement_id: str
    command_id: str
    case_id: str
    listing_id: str
    marketplace: str
    result: AcknowledgementResult
    detail: str
    acknowledged_at_milliseconds: int
