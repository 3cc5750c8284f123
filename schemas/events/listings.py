"""Listings as the marketplaces show them."""

from typing import Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.topic_names import LISTINGS_EVENTS

ListingStatus = Literal["active", "suspended", "removed"]
"""Whether buyers can see the listing: active yes, suspended not for now, removed not any more."""


@event(LISTINGS_EVENTS, identity=ALL_FIELDS, owner="listing")
class ListingChanged(NamedTuple):
    """A listing was created or changed: its whole new content. Fields: schemas/avro."""

    listing_id: str
    marketplace: str
    seller_id: str
    version: int
    status: ListingStatus
    title: str
    brand: str | None
    category: str
    nice_classes: tuple[int, ...]
    territories: tuple[str, ...]
    url: str
    changed_at_milliseconds: int
    language: str = ""
    price_euros: float | None = None
