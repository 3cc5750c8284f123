"""What marketplaces did about commands."""

from typing import Annotated, Literal, NamedTuple

from schemas.declaration import event
from schemas.fields import (
    FIRST,
    CountryCode,
    Identifier,
    MarketplaceReference,
    Text,
    Timestamp,
    UpTo300,
)
from schemas.topic_names import ACKNOWLEDGEMENTS_EVENTS

AcknowledgementResult = Literal["executed", "refused", "failed"]
"""What the marketplace did."""


@event(
    ACKNOWLEDGEMENTS_EVENTS,
    identity=("acknowledgement_id", "command_id", "result"),
    owner="listing",
)
class CommandAcknowledged(NamedTuple):
    """A marketplace told what it did about a command."""

    acknowledgement_id: Identifier
    """Id of the acknowledgement, unique for ever."""
    command_id: Identifier
    """Command acknowledged."""
    case_id: Identifier
    """Case concerned; the id of its complaint."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: MarketplaceReference
    """Short name of the marketplace."""
    result: AcknowledgementResult
    """executed, or not and why."""
    detail: Annotated[str, Text(20_000, edition=FIRST)]
    """In the marketplace's words; may be empty."""
    acknowledged_at_milliseconds: Timestamp
    """When it was told, UTC."""
    territories: UpTo300[CountryCode] = ()
    """Countries in which it was done; empty for all that the command names."""
