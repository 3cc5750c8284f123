"""Where an international registration holds: in each country that it designates, for itself."""

from typing import Final

from processors.findings.findings import RegistryFinding
from processors.findings.registry_match import STATUS_FINDINGS
from processors.findings.territories import all_countries, countries_of
from processors.registers.offices import office_of
from schemas.events.trademarks import Designation, TrademarkRecorded, TrademarkStatus

INTERNATIONAL: Final = "WO"
_LIVES: Final[frozenset[RegistryFinding]] = frozenset({"in_force", "unknown"})
_ORDER: Final[tuple[TrademarkStatus, ...]] = ("opposed", "unknown", "pending", "published")
"""What is told of several designations of which none is in force: first what is least certain."""


def is_international(trademark: TrademarkRecorded) -> bool:
    """Tell whether a mark is one of the international register."""
    return office_of(trademark.office) == INTERNATIONAL


def as_designated(
    trademark: TrademarkRecorded, registry: RegistryFinding, asserted: str
) -> tuple[TrademarkRecorded, RegistryFinding]:
    """Return a registration with the countries in which it is in force, and where it stands in
    the one asserted.

    What ended as a whole stands nowhere. Where the register does not say how a designation
    stands, that is not known. Sources: Madrid Protocol, Articles 3bis, 4(1)(a) and 5.
    """
    if registry not in _LIVES:
        return trademark, registry
    meant = countries_of(asserted)
    if not trademark.designations:
        told: RegistryFinding = "unknown"
        return trademark, told if meant & all_countries(trademark.territories) else registry
    found = [each for each in trademark.designations if countries_of(each.territory) & meant]
    held = _countries([each for each in trademark.designations if each.status == "registered"])
    if not found or held & meant:
        return trademark._replace(territories=tuple(sorted(held))), registry
    statuses = [each.status for each in found]
    status = next((each for each in _ORDER if each in statuses), statuses[0])
    named = tuple(sorted(held | _countries(found)))
    finding = "unknown" if status == "opposed" else STATUS_FINDINGS[status]
    return trademark._replace(territories=named), finding


def where_in_force(trademark: TrademarkRecorded) -> TrademarkRecorded | None:
    """Return a mark with the countries in which it is known to be in force; None where in none."""
    if not is_international(trademark):
        return trademark
    held = _countries([each for each in trademark.designations if each.status == "registered"])
    return trademark._replace(territories=tuple(sorted(held))) if held else None


def _countries(designations: list[Designation]) -> frozenset[str]:
    return all_countries(tuple(each.territory for each in designations))
