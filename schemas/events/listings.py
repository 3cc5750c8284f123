"""Listings as the marketplaces show them."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

ListingStatus = Literal["active", "suspended", "removed"]
"""Whether buyers can see the listing: active yes, suspended not for now, removed not any more."""


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

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ListingChanged":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["listing_id"],
            datum["marketplace"],
            datum["seller_id"],
            datum["version"],
            datum["status"],
            datum["title"],
            datum["brand"],
            datum["category"],
            tuple(datum["nice_classes"]),
            tuple(datum["territories"]),
            datum["url"],
            datum["changed_at_milliseconds"],
            datum["language"],
            datum["price_euros"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
