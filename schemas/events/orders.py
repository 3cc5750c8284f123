"""Orders of courts and authorities about a listing, and how they are answered."""

from typing import Annotated, Literal, NamedTuple

from schemas.declaration import event
from schemas.fields import (
    FIRST,
    CountryCode,
    Identifier,
    Items,
    Label,
    Marketplace,
    Note,
    PartyId,
    Reference,
    Text,
    Timestamp,
    UpTo300,
    Word,
)
from schemas.topic_names import DECISIONS_EVENTS, REVIEWS_EVENTS

OrderKind = Literal["illegal_content", "information", "injunction"]
"""An order to act against illegal content (DSA Article 9), to give information (Article 10), or
what a court orders between parties."""

OrderedEffect = Literal["keep_down", "put_back", "inform"]
"""keep_down: the listing is taken away and nothing puts it back; put_back: it is put back and
nothing takes it away without people; inform: nothing is done to the listing."""

OrderAnswer = Literal[
    "commanded",
    "hidden_already",
    "acknowledged",
    "in_effect",
    "nothing_to_put_back",
    "listing_unknown",
    "recorded",
    "kept_down_by_order",
    "ended",
]
"""What came of it. commanded: the marketplace was told; acknowledged: it says that it is done;
in_effect: the listing itself shows it; kept_down_by_order: another order stands against it."""


@event(REVIEWS_EVENTS, identity=("order_id",), owner="listing", subject="recorded_by")
class OrderReceived(NamedTuple):
    """A court or an authority ordered something about a listing; a person recorded it."""

    order_id: Identifier
    """Id of the order here, unique for ever."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    issuer: Annotated[str, Text(2_000, "id", edition=FIRST)]
    """Court or authority."""
    reference: Annotated[str, Text(2_000, "id", edition=FIRST)]
    """Number under which it has it."""
    kind: OrderKind
    """What kind of order it is."""
    effect: OrderedEffect
    """What it orders."""
    legal_basis: Annotated[str, Text(2_000, "id", edition=FIRST)]
    """Law on which it rests (DSA Article 9(2)(a)(i))."""
    territories: Annotated[tuple[CountryCode, ...], Items(300, edition=FIRST)]
    """Countries in which it holds, as the order says; empty for all."""
    until_milliseconds: Timestamp | None
    """When it ends, UTC; null where it does not say."""
    document: Reference
    """The order itself, as it is kept."""
    recorded_by: PartyId
    """Pseudonymous id of who recorded it."""
    recorded_at_milliseconds: Timestamp
    """When it was recorded, UTC."""


@event(REVIEWS_EVENTS, identity=("lift_id",), owner="listing", subject="recorded_by")
class OrderLifted(NamedTuple):
    """An order holds no more, as it was lifted or set aside; a person recorded that."""

    lift_id: Identifier
    """Id of the record, unique for ever."""
    order_id: Identifier
    """Order concerned."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    explanation: Note
    """By what it was lifted, for the record."""
    recorded_by: PartyId
    """Pseudonymous id of who recorded it."""
    recorded_at_milliseconds: Timestamp
    """When it was recorded, UTC."""


@event(
    DECISIONS_EVENTS,
    identity=("order_id", "answer", "answered_at_milliseconds"),
    owner="listing",
    made_by=("worker",),
)
class OrderAnswered(NamedTuple):
    """What effect was given to an order, and when, for whoever tells its issuer (DSA Article
    9(1))."""

    order_id: Identifier
    """Order concerned."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    issuer: Label
    """Court or authority."""
    reference: Label
    """Number under which it has it."""
    answer: OrderAnswer
    """What came of it."""
    territories: UpTo300[CountryCode]
    """Countries in which it has that effect; empty for all."""
    command_id: Word | None
    """Command by which it is carried out, if any."""
    answered_at_milliseconds: Timestamp
    """When that was so, UTC."""
