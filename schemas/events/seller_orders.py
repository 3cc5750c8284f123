"""Orders of courts and authorities against a seller as a whole, and how they are carried out."""

from typing import Annotated, Literal, NamedTuple

from schemas.declaration import event
from schemas.events.orders import OrderKind
from schemas.fields import (
    FIRST,
    CountryCode,
    Identifier,
    Items,
    Label,
    Note,
    PartyId,
    Reference,
    Text,
    Timestamp,
    UpTo300,
    Word,
)
from schemas.topic_names import ACCOUNTS_COMMANDS, CONDUCT_EVENTS, DECISIONS_EVENTS

SellerOrderEffect = Literal["block", "inform"]
"""block: all that the seller offers is kept from buyers; inform: nothing is done to the seller."""

SellerOrderAnswer = Literal["commanded", "blocked_already", "recorded", "ended"]
"""What came of it. commanded: marketplaces were told; blocked_already: other orders block the
seller there; recorded: people give the information."""


@event(CONDUCT_EVENTS, identity=("order_id",), owner="party", subject="recorded_by")
class SellerOrderReceived(NamedTuple):
    """A court or an authority ordered something about a seller and all that it offers; a person
    recorded it."""

    order_id: Identifier
    """Id of the order here, unique for ever."""
    party_id: PartyId
    """Seller concerned; key of the record."""
    issuer: Annotated[str, Text(2_000, "id", edition=FIRST)]
    """Court or authority."""
    reference: Annotated[str, Text(2_000, "id", edition=FIRST)]
    """Number under which it has it."""
    kind: OrderKind
    """What kind of order it is."""
    effect: SellerOrderEffect
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


@event(CONDUCT_EVENTS, identity=("lift_id",), owner="party", subject="recorded_by")
class SellerOrderLifted(NamedTuple):
    """An order against a seller holds no more, as it was lifted or set aside; a person recorded
    that."""

    lift_id: Identifier
    """Id of the record, unique for ever."""
    order_id: Identifier
    """Order concerned."""
    party_id: PartyId
    """Seller concerned; key of the record."""
    explanation: Note
    """By what it was lifted, for the record."""
    recorded_by: PartyId
    """Pseudonymous id of who recorded it."""
    recorded_at_milliseconds: Timestamp
    """When it was recorded, UTC."""


@event(ACCOUNTS_COMMANDS, identity=("command_id",), owner="party", made_by=("worker",))
class BlockSeller(NamedTuple):
    """Marketplaces are told to keep from buyers all that a seller offers, now and later, as a court
    or an authority ordered; the seller is to be told by whom and under which number."""

    command_id: Identifier
    """Hash of seller and of what led to it; one effect for one id."""
    order_id: Identifier
    """Order that led to it."""
    party_id: PartyId
    """Seller concerned; key of the record."""
    territories: UpTo300[CountryCode]
    """All countries in which it is to be blocked from now on; empty for all."""
    issuer: Label
    """Court or authority."""
    reference: Label
    """Number under which it has the order."""
    issued_at_milliseconds: Timestamp
    """When it was issued, UTC."""


@event(ACCOUNTS_COMMANDS, identity=("command_id",), owner="party", made_by=("worker",))
class UnblockSeller(NamedTuple):
    """Marketplaces are told that no order blocks a seller any more; what its listings and account
    are commanded otherwise stands."""

    command_id: Identifier
    """Hash of seller and of what led to it; one effect for one id."""
    order_id: Identifier
    """Order that ended."""
    party_id: PartyId
    """Seller concerned; key of the record."""
    issued_at_milliseconds: Timestamp
    """When it was issued, UTC."""


@event(
    DECISIONS_EVENTS,
    identity=("order_id", "answer", "answered_at_milliseconds"),
    owner="party",
    made_by=("worker",),
)
class SellerOrderAnswered(NamedTuple):
    """What effect was given to an order against a seller, and when, for whoever tells its issuer
    (DSA Article 9(1))."""

    order_id: Identifier
    """Order concerned."""
    party_id: PartyId
    """Seller concerned; key of the record."""
    issuer: Label
    """Court or authority."""
    reference: Label
    """Number under which it has it."""
    answer: SellerOrderAnswer
    """What came of it."""
    territories: UpTo300[CountryCode]
    """Countries in which the seller is blocked then; empty for all, and where it is not."""
    command_id: Word | None
    """Command by which it is carried out, if any."""
    answered_at_milliseconds: Timestamp
    """When that was so, UTC."""
