"""Whether two names are of one company: with its legal form, and from one country.

Cutex Brands GmbH is not Cutex Brands, LLC. What a register writes otherwise, people look up.
"""

from collections.abc import Iterable
from functools import lru_cache

from processors.findings.owners import legal_forms_of, owner_name
from processors.findings.territories import territory_code
from processors.matching.folding import fold
from schemas.events.trademarks import Owner

_SPELLINGS = {
    "incorporated": "inc",
    "corporation": "corp",
    "companies": "company",
    "co": "company",
    "cia": "company",
    "limited": "ltd",
    "mbh": "gmbh",
    "kabushiki": "kk",
    "aktiengesellschaft": "ag",
    "aktiebolag": "ab",
    "aktieselskab": "as",
    "anpartsselskab": "aps",
    "osakeyhtiö": "oy",
    "private": "pvt",
    "pte": "pvt",
    "berhad": "bhd",
    "sendirian": "sdn",
    "株": "株式会社",
    "㈱": "株式会社",
    "有": "有限会社",
    "㈲": "有限会社",
    "有限會社": "有限会社",
    "주": "주식회사",
    "㈜": "주식회사",
    "유": "유한회사",
    "有限責任公司": "有限责任公司",
    "proprietary": "pty",
    "limitada": "ltda",
}
"""Forms of companies that are written in several ways, and the one by which they are compared."""

_LONG = {
    fold(form).replace(" ", ""): frozenset(short.split())
    for form, short in (
        ("limited liability company", "llc"),
        ("limited liability partnership", "llp"),
        ("limited partnership", "lp"),
        ("public limited company", "plc"),
        ("private limited", "pvt ltd"),
        ("gesellschaft mit beschränkter haftung", "gmbh"),
        ("kommanditgesellschaft auf aktien", "kgaa"),
        ("société par actions simplifiée", "sas"),
        ("société à responsabilité limitée", "sarl"),
        ("società a responsabilità limitata", "srl"),
        ("società per azioni", "spa"),
        ("besloten vennootschap", "bv"),
        ("naamloze vennootschap", "nv"),
        ("société anonyme", "sa"),
        ("sociedad anónima", "sa"),
        ("société en commandite par actions", "sca"),
        ("sociedad limitada", "sl"),
        ("spółka z ograniczoną odpowiedzialnością", "spzoo"),
        ("spółka akcyjna", "sa"),
        ("společnost s ručením omezeným", "sro"),
        ("akciová společnost", "as"),
        ("korlátolt felelősségű társaság", "kft"),
        ("zártkörűen működő részvénytársaság", "zrt"),
        ("nyilvánosan működő részvénytársaság", "nyrt"),
        ("društvo s ograničenom odgovornošću", "doo"),
        ("anonim şirketi", "as"),
        ("limited şirketi", "ltd sti"),
        ("joint stock company", "jsc"),
        ("allmennaksjeselskap", "asa"),
        ("приватне акціонерне товариство", "прат"),
        ("общество с ограниченной ответственностью", "ооо"),
        ("акционерное общество", "ао"),
        ("публичное акционерное общество", "пао"),
        ("закрытое акционерное общество", "зао"),
    )
}
"""Forms that are written in full, and the short ones by which they are compared."""

_FILLERS = frozenset("the and und et y e i of ve og och de kaisha gaisha".split())
"""Words of names that tell no form, though registers set or leave them out."""


def is_exact_entity(names: Iterable[str], country: str, owners: Iterable[Owner]) -> bool:
    """Tell whether a name is an owner's with its legal form, and no country speaks against it.

    Where a register or a party's record names no country, none is compared.
    """
    ours = {_entity(name) for name in names if name}
    return any(
        _entity(owner.name) in ours and _may_be_one(country, owner.country or "")
        for owner in owners
    )


def _may_be_one(country: str, other: str) -> bool:
    return not (country and other) or territory_code(country) == territory_code(other)


@lru_cache(maxsize=65_536)
def _entity(name: str) -> tuple[str, frozenset[str]]:
    forms = {
        _SPELLINGS.get(short, short)
        for form in legal_forms_of(name)
        for short in _LONG.get(form, (form,))
    }
    return owner_name(_in_order(name)).replace(" ", ""), frozenset(forms - _FILLERS)


def _in_order(name: str) -> str:
    """Return a person's name with what stands behind its comma first, as it is spoken."""
    last, comma, first = name.partition(",")
    return f"{first} {last}" if comma and "," not in first and not legal_forms_of(first) else name
