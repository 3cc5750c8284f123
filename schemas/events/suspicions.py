"""Suspicions of crimes that threaten life or safety, which authorities are told of (DSA Article
18)."""

from typing import Literal, NamedTuple

from schemas.declaration import event
from schemas.events.reviews import ReviewedListing
from schemas.fields import (
    CountryCode,
    Identifier,
    Marketplace,
    Note,
    PartyId,
    PersonReference,
    Reference,
    Timestamp,
    UpTo300,
)
from schemas.topic_names import NOTICES_COMMANDS, REVIEWS_EVENTS

Addressee = Literal["authorities_of_states", "authorities_at_home_or_europol"]
"""Authorities of the states concerned; or, where none is known, of the state of establishment or of
the legal representative, or Europol (Article 18(2))."""


@event(REVIEWS_EVENTS, identity=("suspicion_id",), owner="listing", subject="recorded_by")
class CrimeSuspected(NamedTuple):
    """A person came to suspect, by a listing or a case on it, that a crime which threatens
    somebody's life or safety was, is or will be committed."""

    suspicion_id: Identifier
    """Id of the record, unique for ever."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    case_id: Reference
    """Case in which it was seen; empty for none."""
    suspicion: Note
    """What is suspected and why, in that person's words; it is for authorities only."""
    territories: UpTo300[CountryCode]
    """States in which it is held to be committed, or where suspects or victims are; empty where
    none is known."""
    recorded_by: PartyId
    """Pseudonymous id of who recorded it."""
    recorded_at_milliseconds: Timestamp
    """When it was recorded, UTC."""


@event(
    NOTICES_COMMANDS,
    identity=("command_id",),
    owner="listing",
    subject="recorded_by",
    made_by=("worker",),
)
class InformAuthorities(NamedTuple):
    """A marketplace is to inform authorities promptly of a suspicion, with all that is known. No
    party to a case is told of it."""

    command_id: Identifier
    """Hash of the suspicion; one effect for one id."""
    suspicion_id: Identifier
    """The suspicion."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    seller_id: PersonReference
    """Who offers it, whose identity the marketplace has on record; empty when unknown."""
    case_ids: UpTo300[Identifier]
    """Cases on the listing, by which documents and decisions are found."""
    addressee: Addressee
    """Who is to be informed."""
    territories: UpTo300[CountryCode]
    """States concerned; empty where none is known."""
    suspicion: Note
    """What is suspected and why; it is not in messages to marketplaces."""
    listing: ReviewedListing | None
    """The listing as it is now; null when unknown."""
    recorded_by: PartyId
    """Pseudonymous id of who recorded it, whom authorities may ask."""
    issued_at_milliseconds: Timestamp
    """When it was issued, UTC."""
