"""Countries and unions as complaints name them: ISO 3166-1 codes, and what is written for them."""

from functools import lru_cache

COUNTRIES = frozenset(
    (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN "
        "BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ "
        "DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL "
        "GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM "
        "JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME "
        "MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP "
        "NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD "
        "SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO "
        "TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
    ).split()
)
"""ISO 3166-1 alpha-2, and XK, which is in use for Kosovo."""

ALIASES = {"UK": "GB", "EL": "GR"}
"""Other codes in use for a country."""

EUROPEAN_UNION = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
"""The 27 member states since 2021-01-01, the end of the United Kingdom's transition period. Source:
european-union.europa.eu, "EU countries"; EUTMR (EU) 2017/1001 article 1(2), unitary character."""

BENELUX = frozenset(("BE", "LU", "NL"))
"""Benelux Convention, article 1.15."""

OAPI = frozenset("BF BJ CF CG CI CM GA GN GQ GW KM ML MR NE SN TD TG".split())
"""The 17 states of the African Intellectual Property Organization, in all of which a registration
has effect. Source: Bangui Agreement and the organisation's list of members. Read 2026-11."""

ARIPO = frozenset("BW CV GM LS LR MW MZ NA ST SZ TZ UG ZW".split())
"""The 13 states of the Banjul Protocol on Marks, of which an application designates some. Source:
the African Regional Intellectual Property Organization's list of members. Read 2026-11."""

PARTS = {
    "AU": ("CC", "CX", "NF"),
    "FI": ("AX",),
    "FR": ("GF", "GP", "MF", "MQ", "RE", "YT"),
    "GB": ("IM",),
    "US": ("AS", "GU", "MP", "PR", "VI"),
}
"""Codes of their own for parts of a country in which its marks hold.

Sources: Trade Marks Act 1995 (Australia), section 4; TFEU, Article 355(1) and (4), for EU marks
too, and the Code de la propriété intellectuelle; Trade Marks Act 1994 (United Kingdom), section
108(2); 15 U.S.C. 1127, "United States". From memory, not looked up anew. Parts with laws of their
own, such as Greenland or Jersey, are none of these."""

UNIONS = {
    **dict.fromkeys(("EU", "EM"), EUROPEAN_UNION),
    **dict.fromkeys(("BX", "BENELUX"), BENELUX),
    **dict.fromkeys(("OA", "OAPI"), OAPI),
    **dict.fromkeys(("AP", "ARIPO"), ARIPO),
}
"""Unions by their names, and by their offices' codes of WIPO Standard ST.3."""

TERRITORY_CODES = {**ALIASES, "EM": "EU", "BENELUX": "BX", "OAPI": "OA", "ARIPO": "AP"}
"""Codes in use for a country or union, and the one by which it is known here."""

UNITARY_OFFICES = {"EM": EUROPEAN_UNION, "EU": EUROPEAN_UNION, "BX": BENELUX, "OA": OAPI}
"""Offices whose marks hold in all countries of a union at once, whichever of them is named.

Sources: EUTMR article 1(2); Benelux Convention, article 2.2; Bangui Agreement, article 3. Those of
ARIPO, and international ones, hold in the countries that they designate, each for itself."""

CODES = frozenset((*COUNTRIES, *ALIASES, *UNIONS))
"""All that is understood."""


def countries_of(code: str) -> frozenset[str]:
    """Return the countries that a code stands for; none where it is not understood."""
    upper = code.strip().upper()
    if upper in UNIONS:
        return UNIONS[upper]
    country = ALIASES.get(upper, upper)
    return frozenset((country,)) if country in COUNTRIES else frozenset()


@lru_cache(maxsize=4_096)
def all_countries(codes: tuple[str, ...]) -> frozenset[str]:
    """Return the countries that codes stand for together."""
    return frozenset[str]().union(*(countries_of(code) for code in codes))


def are_understood(codes: tuple[str, ...]) -> bool:
    """Tell whether there are codes, and each stands for countries."""
    return bool(codes) and all(map(countries_of, codes))


@lru_cache(maxsize=4_096)
def with_parts(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return countries' codes, and those of their parts in which their marks hold too."""
    parts = {part for country in all_countries(codes) for part in PARTS.get(country, ())}
    return (*codes, *sorted(parts.difference(codes)))


def is_unitary(office: str) -> bool:
    """Tell whether an office's marks hold in all countries of a union at once."""
    return office.strip().upper() in UNITARY_OFFICES


def effective_countries(
    office: str, asserted: str, mark_territories: tuple[str, ...]
) -> frozenset[str]:
    """Return the countries for which a complaint can rely on a right.

    They are those that it names and in which the mark has effect; of an office whose marks are
    unitary all of its countries. Of a mark that is not known they are those named.
    """
    union = UNITARY_OFFICES.get(office.strip().upper(), frozenset[str]())
    named = countries_of(asserted)
    held = all_countries(mark_territories)
    if named & union:
        return (held & union) or union
    if union and named & held & all_countries(with_parts(tuple(sorted(union)))):
        return (held & union) | (named & held)
    return (named & held) or named


def territory_code(code: str) -> str:
    """Return the code by which a country or union is known here, of several in use for it."""
    upper = code.strip().upper()
    return TERRITORY_CODES.get(upper, upper)


def meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two lists of codes have a country in common."""
    return not set(one).isdisjoint(other) or bool(all_countries(one) & all_countries(other))


def within(code: str, codes: tuple[str, ...]) -> bool:
    """Tell whether all that a code stands for is among what others stand for."""
    countries = countries_of(code)
    return code in codes or (bool(countries) and countries <= all_countries(codes))
