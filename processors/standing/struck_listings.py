"""Listings that strikes are for: marketplace and id, of which older strikes tell the id only."""

from collections.abc import Sequence
from typing import Protocol


class Struck(Protocol):
    """What tells a listing; the marketplace is empty where it was not told."""

    @property
    def listing_id(self) -> str:
        """Id on its marketplace."""

    @property
    def marketplace(self) -> str:
        """Name of the marketplace, or empty."""


Place = tuple[str, str]
"""A listing's id and marketplace."""


def places_of(struck: Sequence[Struck]) -> list[Place]:
    """Return the listing of each strike, in order.

    One without a marketplace counts as one of those that are named under its id, so that nobody
    has two strikes for what may be one listing.
    """
    if all(each.marketplace for each in struck):
        return [(each.listing_id, each.marketplace) for each in struck]
    named: dict[str, str] = {}
    for each in struck:
        if each.marketplace:
            first = named.get(each.listing_id, each.marketplace)
            named[each.listing_id] = min(first, each.marketplace)
    return [(s.listing_id, s.marketplace or named.get(s.listing_id, "")) for s in struck]


def listing_count(struck: Sequence[Struck]) -> int:
    """Return how many listings strikes are for."""
    return len(set(places_of(struck)))
