"""Owners' names as registers write them, compared: the same, perhaps the same, another's."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from processors.matching.folding import fold

OwnerLikeness = Literal["same", "near", "other"]
"""near: some name is shared, or the scripts differ, so that a machine can't tell."""

LEGAL_FORMS = frozenset(
    (
        "inc incorporated corp corporation co company companies llc llp lp ltd limited plc "
        "gmbh ag kg kgaa ohg ug se sa sas sarl sasu eurl sl slu spa srl sapa bv nv cv ab as "
        "asa aps oy oyj kk gk pty pte pvt zoo spzoo sro doo dd kft zrt ad ead ood eood oü ou "
        "sia uab as tbk pt cv bhd sdn sdnbhd ltda eireli me sab de cv rl sc snc "
        "aktiengesellschaft gesellschaft societe anonyme sociedad sociedade societa per "
        "azioni the and und et y e i of ооо оао зао пао ао тов тоо ип общество"
    ).split()
)
"""Forms of companies of many countries, and words that registers set or leave out."""

GENERIC = frozenset(
    (
        "group holding holdings international global worldwide brands brand trademarks "
        "trademark products trading enterprises industries ip licensing properties "
        "intellectual property management europe usa america china japan deutschland france "
        "italia uk services solutions technologies technology design designs fashion "
        "cosmetics electronics sports home official sp z o o"
    ).split()
)
"""Words that names of unrelated companies share."""

_DENSE_FORM = re.compile(
    "股份有限公司|有限责任公司|有限公司|株式会社|合同会社|주식회사|有限會社|有限会社|유한회사|\\(주\\)|\\(株\\)|㈱|㈜"
)


@lru_cache(maxsize=65_536)
def owner_name(name: str) -> str:
    """Return an owner's name without case, punctuation and legal form, for comparison."""
    words = fold(_DENSE_FORM.sub(" ", name).replace("&", " ")).split()
    # Abbreviations with dots, such as S.A., come as single letters.
    joined = re.sub(r"\b(\w) (?=\w\b)", r"\1", " ".join(words)).split()
    kept = [word for word in joined if word not in LEGAL_FORMS]
    return " ".join(kept or joined)


def likeness(names: Iterable[str], others: Iterable[str]) -> OwnerLikeness:
    """Tell how the nearest of some names and the nearest of others compare."""
    ours = {owner_name(each) for each in names}
    theirs = {owner_name(each) for each in others}
    if ours & theirs:
        return "same"
    if {each.replace(" ", "") for each in ours} & {each.replace(" ", "") for each in theirs}:
        return "same"
    words, other_words = _telling(ours), _telling(theirs)
    near = words & other_words or _scripts(words).isdisjoint(_scripts(other_words))
    return "near" if near else "other"


def may_be_same_owner(names: Iterable[str], others: Iterable[str]) -> bool:
    """Tell whether two lists of names may be of one owner, as far as a machine can tell."""
    return likeness(names, others) != "other"


def _telling(names: Iterable[str]) -> frozenset[str]:
    return frozenset(
        word for name in names for word in name.split() if word not in GENERIC and len(word) > 1
    )


def _scripts(words: Iterable[str]) -> frozenset[bool]:
    return frozenset(word.isascii() for word in words)
