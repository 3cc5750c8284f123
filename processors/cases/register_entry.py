"""How a register's entry is taken for a case, by the edition of the steps by which that goes."""

from processors.findings.findings import RegistryFinding
from processors.findings.territories import with_parts
from processors.policies.service_level import EFFECTS_WALKED
from processors.registers.protection import is_contested, names_no_country
from schemas.events.trademarks import TrademarkRecorded

PROTECTION_EDITION = 3
"""Edition of steps from which on what a register leaves open is told apart."""
OPEN_REASONS = {
    "in_force_contested": "trademark_contested",
    "territories_unknown": "trademark_territories_unknown",
}
"""What a person is told to look at, by what an entry leaves open."""


def left_open(
    trademark: TrademarkRecorded | None, registry: RegistryFinding, edition: int
) -> str | None:
    """Return what a register leaves open of a mark that may be in force, so that people decide."""
    if trademark is None or registry not in ("in_force", "not_yet_registered"):
        return None
    if edition >= PROTECTION_EDITION and is_contested(trademark):
        return "in_force_contested"
    unplaced = registry == "in_force" and names_no_country(trademark)
    return "territories_unknown" if edition >= EFFECTS_WALKED and unplaced else None


def held_in(trademark: TrademarkRecorded, edition: int) -> tuple[str, ...]:
    """Return the countries in which a mark has effect, with their parts."""
    held = trademark.territories
    return with_parts(held) if edition >= EFFECTS_WALKED else held


def dated(trademark: TrademarkRecorded | None, edition: int) -> TrademarkRecorded | None:
    """Return a mark with the earliest day that its entry tells of, where the application's is
    missing: a listing from before it may be older than the mark."""
    if trademark is None or trademark.application_date or edition < EFFECTS_WALKED:
        return trademark
    return trademark._replace(application_date=trademark.registration_date)
