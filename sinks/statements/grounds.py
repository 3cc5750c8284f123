"""What the Transparency Database asks of rights: where they hold, and under which keyword.

Content is illegal by DSA Article 3(h) when it does not comply with Union law or a member state's
law. A right that only holds elsewhere makes it incompatible with the marketplace's terms.
"""

from schemas.rights import rights_by_ground
from schemas.statements.catalogue import FALLBACK, Law, laws
from schemas.statements.law import (
    BENELUX_NAMES,
    ECONOMIC_AREA,
    OTHER_GROUND,
    UNION_MEMBERS,
    UNION_OFFICES,
    AssertedRight,
    country_of,
    holds_in_union,
    union_law_of,
)

BENELUX = frozenset(("BE", "LU", "NL"))
Right = AssertedRight

_PROFILES = {str(ground): profile for ground, profile in rights_by_ground().items()}


def in_union(code: str) -> bool:
    """Say whether a code is of the European Economic Area, or the Union itself."""
    return bool(scope_of((code,)))


def scope_of(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return those countries of the European Economic Area that codes name, sorted, each once."""
    countries = {country_of(code) for code in codes}
    if countries & UNION_OFFICES:
        countries |= UNION_MEMBERS
    if not countries.isdisjoint(BENELUX_NAMES):
        countries |= BENELUX
    return tuple(sorted(countries & ECONOMIC_AREA))


def keyword_of(ground: str) -> str:
    """Return the keyword of the Transparency Database for a complaint's ground."""
    profile = _PROFILES.get(ground)
    return "KEYWORD_OTHER" if profile is None or ground == OTHER_GROUND else profile.keyword


def is_illegal(right: Right) -> bool:
    """Say whether the right holds by the law of the Union or of one of its members."""
    return holds_in_union(right)


def law_of(right: Right) -> Law:
    """Return the law relied on, for a right that holds in the Union."""
    return union_law_of(right)


def misuse_law() -> Law:
    """Return the law by which an account is restricted."""
    return laws()["misuse"]["EU"]


def name_of(law: Law) -> str:
    """Return a law's name in the language of what is sent."""
    return law.names[FALLBACK]
