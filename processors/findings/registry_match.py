"""Whether the right relied on holds: status, Nice class and territory."""

from functools import lru_cache

from processors.findings.findings import NiceClassFinding, RegistryFinding, TerritoryFinding
from processors.findings.territories import (
    all_countries,
    are_understood,
    countries_of,
    is_unitary,
)
from processors.policies.local_days import local_days
from processors.policies.service_level import LOCAL_ENDS
from processors.registers.offices import expired_is_final, grace_months, seat_of
from schemas.durations import DAY_MILLISECONDS
from schemas.events.trademarks import TrademarkRecorded, TrademarkStatus

STATUS_FINDINGS: dict[TrademarkStatus, RegistryFinding] = {
    "registered": "in_force",
    "pending": "not_yet_registered",
    "published": "not_yet_registered",
    "opposed": "not_yet_registered",
    "unknown": "unknown",
    "expired": "no_longer_in_force",
    "cancelled": "no_longer_in_force",
    "abandoned": "no_longer_in_force",
    "refused": "no_longer_in_force",
    "withdrawn": "no_longer_in_force",
}

LONGEST_MONTH_DAYS = 31

RETAIL_CLASS = 35
"""Class 35 holds retail services: a shop's mark may reach the goods sold, which people judge."""

RELATED_CLASSES: dict[int, frozenset[int]] = {
    18: frozenset({25}),
    25: frozenset({18}),
    3: frozenset({5}),
    5: frozenset({3}),
    29: frozenset({30}),
    30: frozenset({29}),
    32: frozenset({33}),
    33: frozenset({32}),
    9: frozenset({28}),
    28: frozenset({9}),
}
"""Classes whose goods are commonly held similar: bags and clothing, cosmetics and pharmacy, foods,
drinks, electronics and games. Kept short: a pair here sends to review, it never decides."""


def registry_finding(
    version: TrademarkRecorded | None, at_milliseconds: int, edition: int = 0
) -> RegistryFinding:
    """Tell where a mark stood at a time. Protection lasts through the day of expiry.

    Of one that was not renewed and still may be, it is not known. `edition` is the steps' by which
    the case goes; days are UTC before `LOCAL_ENDS`.
    """
    if version is None:
        return "not_found"
    finding = STATUS_FINDINGS[version.status]
    if has_lapsed(version, at_milliseconds, edition):
        graced = in_grace(version, at_milliseconds, edition)
        return "unknown" if graced else "no_longer_in_force"
    return finding


def has_lapsed(version: TrademarkRecorded, at_milliseconds: int, edition: int = 0) -> bool:
    """Tell whether a right had ended by a time, even if it may still be renewed."""
    finding = STATUS_FINDINGS[version.status]
    if finding == "in_force" and version.expiry_date is not None:
        return at_milliseconds >= _day_end(version, version.expiry_date, edition)
    return finding == "no_longer_in_force"


def in_grace(version: TrademarkRecorded, at_milliseconds: int, edition: int = 0) -> bool:
    """Tell whether a right that was not renewed may still be (Paris Convention, Article 5bis)."""
    expired = version.status == "expired" and not expired_is_final(version.office)
    if version.status != "registered" and not expired:
        return False
    if version.expiry_date is not None:
        months = grace_months(version.office)
        return at_milliseconds < _day_end(version, version.expiry_date, edition, months)
    grace_days = grace_months(version.office) * LONGEST_MONTH_DAYS
    ends = version.effective_from_milliseconds + grace_days * DAY_MILLISECONDS
    return at_milliseconds < ends


def _day_end(version: TrademarkRecorded, date: str, edition: int, months_later: int = 0) -> int:
    """Return the end of a day, or of the same day of a later month, where a mark's office is, in
    milliseconds UTC."""
    year, month, day = date.split("-")
    later = int(month) - 1 + months_later
    same = f"{int(year) + later // 12}-{later % 12 + 1}-{day}"
    number = day_of(same)
    if edition < LOCAL_ENDS:
        return (number + 1) * DAY_MILLISECONDS
    return local_days(seat_of(version.office)).end_of(number)


def nice_class_finding(
    mark_classes: tuple[int, ...], listing_classes: tuple[int, ...]
) -> NiceClassFinding:
    """Tell whether a mark's Nice classes cover those of a listing."""
    if not mark_classes or not listing_classes:
        return "unknown"
    if not set(mark_classes).isdisjoint(listing_classes):
        return "covered"
    if RETAIL_CLASS in mark_classes:
        return "related"
    related = frozenset[int]().union(*(RELATED_CLASSES.get(c, frozenset()) for c in mark_classes))
    return "mismatch" if related.isdisjoint(listing_classes) else "related"


def territory_finding(
    mark_territories: tuple[str, ...],
    asserted: str,
    listing_territories: tuple[str, ...],
    office: str = "",
    by_country: bool = False,
) -> TerritoryFinding:
    """Tell whether a mark has effect in a country, and whether the listing is offered there.

    Of a union one country that fits will do. Where measures are taken `by_country`, a mark of a
    union's office holds in all of its countries, whichever is named, and where a listing that
    names none is offered is not known; else it is taken to be offered everywhere. Codes of mark or
    listing that are not understood may be of any country.
    """
    if by_country:
        return _by_country(mark_territories, asserted, listing_territories, office)
    if asserted in mark_territories and asserted in (listing_territories or (asserted,)):
        return "covered"
    meant = countries_of(asserted) & all_countries(mark_territories)
    if not meant:
        return "not_covered"
    if listing_territories and meant.isdisjoint(all_countries(listing_territories)):
        return "not_offered"
    return "covered"


def _by_country(
    mark_territories: tuple[str, ...],
    asserted: str,
    listing_territories: tuple[str, ...],
    office: str,
) -> TerritoryFinding:
    if asserted in mark_territories and asserted in listing_territories:
        return "covered"
    meant = countries_of(asserted) & all_countries(mark_territories)
    if not meant:
        return "not_covered" if are_understood(mark_territories) else "countries_unknown"
    if is_unitary(office):
        meant = all_countries(mark_territories)
    if not meant.isdisjoint(all_countries(listing_territories)):
        return "covered"
    return "not_offered" if are_understood(listing_territories) else "countries_unknown"


@lru_cache(maxsize=65_536)
def day_of(date: str) -> int:
    """Return the days from 1970-01-01 to an ISO 8601 date (days-from-civil arithmetic)."""
    year, month, day = (int(part) for part in date.split("-"))
    year -= month <= 2
    era_year = year % 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    day_of_era = era_year * 365 + era_year // 4 - era_year // 100 + day_of_year
    return (year // 400) * 146_097 + day_of_era - 719_468
