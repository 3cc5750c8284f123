"""Listings as the marketplaces show them."""

from typing import Annotated, Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.fields import (
    CountryCode,
    Euros,
    Few,
    Identifier,
    Label,
    LanguageCode,
    Marketplace,
    NiceClass,
    Number,
    PartyId,
    PresentTime,
    Title,
    Url,
)
from schemas.topic_names import LISTINGS_EVENTS

ListingStatus = Literal["active", "suspended", "removed"]
"""Whether buyers can see the listing: active yes, suspended not for now, removed not any more."""


@event(LISTINGS_EVENTS, identity=ALL_FIELDS, owner="listing")
class ListingChanged(NamedTuple):
    """A listing was created or changed: its whole new content."""

    listing_id: Identifier
    """Marketplace's id of the listing; unique across marketplaces; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace that shows the listing."""
    seller_id: PartyId
    """Party id of the seller."""
    version: Annotated[int, Number("long", minimum=0)]
    """Count kept by the marketplace, higher with each change of the listing; a lower one than that
    known is stale."""
    status: ListingStatus
    """Whether buyers can see the listing."""
    title: Title
    """Title as shown to buyers, any script."""
    brand: Label | None
    """Brand that the seller states, if any."""
    category: Label
    """Marketplace's category path, parts separated by ' > '."""
    nice_classes: Few[NiceClass]
    """Nice classes (1 to 45) that the category maps to; empty when unknown."""
    territories: Few[CountryCode]
    """ISO 3166-1 alpha-2 codes of the countries to which the listing is offered, those in which the
    marketplace hides it included; empty when unknown."""
    url: Url
    """Exact address of the listing (DSA Article 16(2)(b))."""
    changed_at_milliseconds: PresentTime
    """When the marketplace made the change, UTC."""
    language: LanguageCode = ""
    """ISO 639-1 code of the title's language; empty when unknown."""
    price_euros: Euros | None = None
    """Price in euros; a listing of high value is decided by two reviewers."""
    listed_at_milliseconds: PresentTime | None = None
    """When the listing first appeared, as the marketplace tells, UTC; null where it does not."""
    restricted_territories: Few[CountryCode] = ()
    """Countries among them in which the marketplace hides the listing."""
