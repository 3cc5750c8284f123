"""On which ground content was restricted: the law of the Union or its members, or else the terms.

Content is illegal by DSA Article 3(h) when it does not comply with Union law or a member state's
law. A right that only holds elsewhere makes it incompatible with the marketplace's terms.
"""

from typing import NamedTuple

from schemas.rights import rights, rights_by_ground
from sinks.statements.vocabulary import ECONOMIC_AREA, UNION

UNION_OFFICES = frozenset(("EM", "EU"))
BENELUX_OFFICES = frozenset(("BX", "WO"))
"""Offices of more countries than one whose marks are national marks in the Union."""
COUNTRY_ALIASES = {"EL": "GR"}
BENELUX = frozenset(("BE", "LU", "NL"))

UNION_MARK_LAW = "Regulation (EU) 2017/1001, Article 9 (rights conferred by an EU trade mark)"
NATIONAL_MARK_LAW = (
    "Directive (EU) 2015/2436, Article 10 (rights conferred by a trade mark), "
    "as transposed by the member state in which the mark has effect"
)
OTHER_LAW = "Directive 2004/48/EC, Article 1, and the law by which the right named is protected"
MISUSE_LAW = "Regulation (EU) 2022/2065, Article 23(1) (frequent manifestly illegal content)"
LAW_ADDRESSES = {
    UNION_MARK_LAW: "https://eur-lex.europa.eu/eli/reg/2017/1001/oj",
    NATIONAL_MARK_LAW: "https://eur-lex.europa.eu/eli/dir/2015/2436/oj",
    OTHER_LAW: "https://eur-lex.europa.eu/eli/dir/2004/48/oj",
    MISUSE_LAW: "https://eur-lex.europa.eu/eli/reg/2022/2065/oj",
    **{each.law.name: each.law.address for each in rights().values() if each.law},
}
OTHER_GROUND = "other"


_PROFILES = {str(ground): profile for ground, profile in rights_by_ground().items()}


class Right(NamedTuple):
    """The right relied on: ground of the complaint, office of the register ("" without any), and
    country for which it is asserted ("" when the register says where it holds)."""

    ground: str
    office: str
    territory: str


def country_of(code: str) -> str:
    """Return a country's ISO 3166-1 code, whatever else the Union calls it."""
    upper = code.strip().upper()
    return COUNTRY_ALIASES.get(upper, upper)


def in_union(code: str) -> bool:
    """Say whether a code is of the European Economic Area, or the Union itself."""
    return bool(scope_of((code,)))


def scope_of(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return those countries of the European Economic Area that codes name, sorted, each once."""
    countries = {country_of(code) for code in codes}
    if countries & UNION_OFFICES:
        countries |= UNION
    if not countries.isdisjoint(("BX", "BENELUX")):
        countries |= BENELUX
    return tuple(sorted(countries & ECONOMIC_AREA))


def keyword_of(ground: str) -> str:
    """Return the keyword of the Transparency Database for a complaint's ground."""
    profile = _PROFILES.get(ground)
    return "KEYWORD_OTHER" if profile is None or ground == OTHER_GROUND else profile.keyword


def is_illegal(right: Right) -> bool:
    """Say whether the right holds by the law of the Union or of one of its members."""
    if right.territory:
        return in_union(right.territory)
    return in_union(right.office) or right.office in BENELUX_OFFICES


def law_of(right: Right) -> str:
    """Return the law relied on, for a right that holds in the Union."""
    profile = _PROFILES.get(right.ground)
    if profile is not None and profile.law is not None:
        return profile.law.name
    if profile is None or profile.right != "trademark" or right.ground == OTHER_GROUND:
        return OTHER_LAW
    return UNION_MARK_LAW if right.office in UNION_OFFICES else NATIONAL_MARK_LAW
