"""In which countries a listing is kept from buyers: where the right has effect, and no further."""

from typing import NamedTuple

from processors.cases.protection import held_in
from processors.findings.territories import (
    all_countries,
    countries_of,
    effective_countries,
)
from processors.policies.service_level import ServiceLevel
from schemas.events.cases import Order
from schemas.events.complaints import ComplaintFiled
from schemas.events.listings import ListingChanged
from schemas.events.trademarks import TrademarkRecorded
from schemas.rights import right_of


class Hidden(NamedTuple):
    """Where a listing is kept from buyers: everywhere, or in some countries."""

    everywhere: bool
    countries: frozenset[str]

    def covers(self, territories: tuple[str, ...]) -> bool:
        """Tell whether a measure in countries, or everywhere if none are named, adds nothing."""
        return self.everywhere or (bool(territories) and self.countries.issuperset(territories))

    def joined(self, territories: tuple[str, ...]) -> "Hidden":
        """Return where it is hidden with a measure in countries, or everywhere if none are."""
        return Hidden(self.everywhere or not territories, self.countries.union(territories))


NOWHERE = Hidden(False, frozenset())


def territories_of_measure(
    complaint: ComplaintFiled,
    trademark: TrademarkRecorded | None,
    listing: ListingChanged | None,
    level: ServiceLevel,
    licensed: frozenset[str] = frozenset(),
) -> tuple[str, ...]:
    """Return the countries in which a listing is hidden for a complaint's right; none for all.

    It goes as a whole where the right holds in all countries to which it is offered. Where it is
    `licensed` it stays, but for fakes.
    """
    if level.measure_scope != "country" or right_of(complaint.ground).reach != "national":
        return ()
    held = () if trademark is None else held_in(trademark, level.steps_edition)
    countries = effective_countries(complaint.trademark_office, complaint.territory, held)
    if complaint.ground != "counterfeit":
        countries = (countries - licensed) or countries
    return limited_to(countries, () if listing is None else listing.territories)


def territories_of_order(order: Order, listing: ListingChanged | None) -> tuple[str, ...]:
    """Return the countries in which an order hides a listing; none for all."""
    if not order.territories:
        return ()
    countries = all_countries(order.territories)
    return limited_to(countries, () if listing is None else listing.territories)


def limited_to(countries: frozenset[str], offered: tuple[str, ...]) -> tuple[str, ...]:
    """Return countries in which a listing is to be hidden; none where that is all there are.

    A code that is not understood may be another country's.
    """
    named = [countries_of(code) for code in offered]
    everywhere = bool(named) and all(each and each <= countries for each in named)
    return () if everywhere else tuple(sorted(countries))


def shown_in(listing: ListingChanged, territories: tuple[str, ...]) -> bool:
    """Tell whether buyers see a listing in one of some countries, or anywhere if none are named."""
    if listing.status != "active":
        return False
    if not listing.restricted_territories and (not territories or not listing.territories):
        return True
    offered = all_countries(listing.territories) or all_countries(territories)
    asked = all_countries(territories) or offered
    seen = (asked & offered) - all_countries(listing.restricted_territories)
    return bool(seen) or not (asked or offered)


def shown_again(
    before: ListingChanged | None, listing: ListingChanged, territories: tuple[str, ...]
) -> bool:
    """Tell whether a listing is seen where it was not, in countries or anywhere."""
    return (
        before is not None and not shown_in(before, territories) and shown_in(listing, territories)
    )


def as_offered(
    before: ListingChanged | None, listing: ListingChanged, hidden: frozenset[str]
) -> ListingChanged:
    """Return a listing with the countries in which it is hidden for us among those offered.

    A marketplace may leave them out, instead of saying that it hides the listing there.
    """
    if before is None or not listing.territories or not hidden:
        return listing
    left = (hidden & all_countries(before.territories)) - all_countries(listing.territories)
    if not left:
        return listing
    missing = tuple(sorted(left))
    return listing._replace(
        territories=(*listing.territories, *missing),
        restricted_territories=(*listing.restricted_territories, *missing),
    )
