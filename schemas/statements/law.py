"""On which law a right is asserted: of the country, of the Union, or none that is named."""

from typing import Final, NamedTuple

from schemas.rights import rights_by_ground
from schemas.statements.catalogue import Law, laws

UNION_MEMBERS: Final = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)
"""Member states of the European Union, ISO 3166-1 alpha-2."""
ECONOMIC_AREA: Final = UNION_MEMBERS | frozenset(("IS", "LI", "NO"))
UNION_OFFICES: Final = frozenset(("EM", "EU"))
BENELUX_OFFICES: Final = frozenset(("BX", "WO"))
"""Offices of more countries than one whose marks are national marks in the Union."""
BENELUX_NAMES: Final = frozenset(("BX", "BENELUX"))
COUNTRY_ALIASES: Final = {"EL": "GR"}
OTHER_GROUND: Final = "other"

_RIGHTS = {str(ground): profile.right for ground, profile in rights_by_ground().items()}


class AssertedRight(NamedTuple):
    """The right relied on: ground of the complaint, office of the register ("" without any), and
    country for which it is asserted ("" when the register says where it holds)."""

    ground: str
    office: str
    territory: str


def country_of(code: str) -> str:
    """Return a country's ISO 3166-1 code, whatever else the Union calls it."""
    upper = code.strip().upper()
    return COUNTRY_ALIASES.get(upper, upper)


def holds_in_union(right: AssertedRight) -> bool:
    """Tell whether a right holds by the law of the Union or of a member of its economic area."""
    if right.territory:
        country = country_of(right.territory)
        return country in ECONOMIC_AREA or country in UNION_OFFICES or country in BENELUX_NAMES
    office = country_of(right.office)
    return office in ECONOMIC_AREA or office in UNION_OFFICES or office in BENELUX_OFFICES


def union_law_of(right: AssertedRight) -> Law:
    """Return the law relied on, for a right that holds in the Union."""
    name = kind_of_right(right.ground)
    if name is None or right.ground == OTHER_GROUND:
        return laws()["other"]["EU"]
    by_country = laws().get(name, {})
    if right.office in UNION_OFFICES and "EM" in by_country:
        return by_country["EM"]
    return by_country.get("EU") or laws()["other"]["EU"]


def law_of(right: AssertedRight) -> Law | None:
    """Return the law relied on; None where none is named for the country."""
    if holds_in_union(right):
        return union_law_of(right)
    name = kind_of_right(right.ground)
    if name is None or right.ground == OTHER_GROUND:
        return None
    country = country_of(right.territory or right.office)
    return laws().get(name, {}).get(country)


def kind_of_right(ground: str) -> str | None:
    """Return the right that a ground is about; None of a ground that is not known."""
    return _RIGHTS.get(ground)
