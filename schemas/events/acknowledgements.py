"""What marketplaces did about commands."""

from typing import Literal, NamedTuple

AcknowledgementResult = Literal["executed", "refused", "failed"]
"""What the marketplace did."""


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
