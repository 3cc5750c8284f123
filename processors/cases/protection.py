"""What a register leaves open of a mark's protection: to people, or asked for, with its reason."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from processors.findings.findings import NiceClassFinding, RegistryFinding
from processors.findings.goods import goods_not_named, is_evidenced_reputation
from processors.findings.territories import with_parts
from processors.policies.service_level import EFFECTS_WALKED, REACH_OF_MARKS
from processors.registers.designations import as_designated, is_international
from processors.registers.protection import (
    is_contested,
    is_more_than_words,
    lives_on_elsewhere,
    names_no_country,
)
from schemas.events.complaints import ComplaintFiled
from schemas.events.decisions import Outcome
from schemas.events.listings import ListingChanged
from schemas.events.trademarks import TrademarkRecorded

PROTECTION_EDITION: Final = 3
"""Edition of steps from which on what a register leaves open is told apart."""
CONTESTED: Final = "in_force_contested"
NO_COUNTRY: Final = "territories_unknown"
BY_DESIGNATION: Final = "by_designation"
OTHER_CLASSES: Final = "other_classes"
REPUTATION: Final = "reputation_evidenced"
_TOLD: Final[Mapping[str, Mapping[str, str]]] = {
    CONTESTED: {"trademark_status_unknown": "trademark_contested"},
    NO_COUNTRY: {"trademark_status_unknown": "trademark_territories_unknown"},
    BY_DESIGNATION: {
        "trademark_status_unknown": "designation_status_unknown",
        "trademark_not_in_force": "designation_not_in_force",
        "trademark_not_yet_registered": "designation_not_granted",
    },
    OTHER_CLASSES: {"class_unknown": "trademark_class_mismatch"},
    REPUTATION: {"class_unknown": "reputation_evidenced"},
}


class Ruled(NamedTuple):
    """What rules decided, and whether it was changed for what a register leaves open."""

    outcome: Outcome
    reason_codes: tuple[str, ...]
    changed: bool = False


def standing_of_mark(
    trademark: TrademarkRecorded | None, registry: RegistryFinding, territory: str, edition: int
) -> tuple[TrademarkRecorded | None, RegistryFinding, str]:
    """Return a mark as it holds in the territory asserted, where it stands there, and what of that
    is told apart."""
    if trademark is None or edition < PROTECTION_EDITION:
        return trademark, registry, ""
    unplaced = registry == "in_force" and names_no_country(trademark)
    if edition >= REACH_OF_MARKS and is_international(trademark):
        held, finding = as_designated(trademark, registry, territory)
        if finding != registry:
            return held, finding, BY_DESIGNATION
        trademark = held
    if registry in ("in_force", "not_yet_registered") and is_contested(trademark):
        return trademark, "unknown", CONTESTED
    if edition >= EFFECTS_WALKED and unplaced:
        return trademark, "unknown", NO_COUNTRY
    return trademark, registry, ""


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


def reach_of_mark(
    complaint: ComplaintFiled, nice_class: NiceClassFinding, edition: int
) -> tuple[NiceClassFinding, str]:
    """Return how classes are found, and what of that is told apart.

    Similar goods may be in other classes, and what has a reputation is protected for others too
    (Regulation (EU) 2017/1001, Articles 9(2)(b) and (c), 33(7)), so people compare them.
    """
    if nice_class != "mismatch" or edition < REACH_OF_MARKS:
        return nice_class, ""
    return "unknown", REPUTATION if is_evidenced_reputation(
        complaint, nice_class
    ) else OTHER_CLASSES


def with_protection(
    ruled: Ruled,
    details: Mapping[str, str],
    trademark: TrademarkRecorded | None,
    listing: ListingChanged,
    complaint: ComplaintFiled,
    edition: int,
) -> Ruled:
    """Return what was ruled with what a register leaves open: its reasons, or another outcome."""
    if trademark is None or edition < PROTECTION_EDITION:
        return ruled
    if ruled.outcome == "take_down":
        if is_more_than_words(trademark):
            return Ruled("send_to_review", ("mark_more_than_words",), True)
        if edition >= REACH_OF_MARKS and goods_not_named(trademark, listing):
            return Ruled("send_to_review", ("goods_not_named",), True)
    elif (
        ruled.outcome == "decline"
        and "territory_not_covered" in ruled.reason_codes
        and lives_on_elsewhere(trademark, complaint.territory)
    ):
        return Ruled("ask_for_clarification", ("comparable_mark_missing",), True)
    told = {
        **_TOLD.get(details.get("protection", ""), {}),
        **_TOLD.get(details.get("classes", ""), {}),
    }
    return ruled._replace(reason_codes=tuple(told.get(each, each) for each in ruled.reason_codes))


def further_mismatch(outcome: Outcome, details: Mapping[str, str]) -> bool:
    """Tell whether a complainant who hears of other defects is told that classes differ, too."""
    return (
        outcome in ("decline", "ask_for_clarification") and details.get("classes") == OTHER_CLASSES
    )
