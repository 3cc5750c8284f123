"""Companies of one group, whose names have nothing in common, from a table."""

from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

from processors.findings.owners import owner_name
from processors.matching.folding import fold
from schemas.yaml_text import yaml_content


def may_be_of_one_group(names: Iterable[str], others: Iterable[str]) -> bool:
    """Tell whether some name and some other are known to be of one group of companies."""
    ours, theirs = (
        frozenset[int]().union(*map(_groups_of, side)) for side in (tuple(names), tuple(others))
    )
    return not ours.isdisjoint(theirs)


@lru_cache(maxsize=65_536)
def _groups_of(name: str) -> frozenset[int]:
    spaced = f" {owner_name(name)} "
    return frozenset(number for member, number in _members() if f" {member} " in spaced)


@cache
def _members() -> tuple[tuple[str, int], ...]:
    text = files("processors.registers").joinpath("owner_groups.yaml").read_text(encoding="utf-8")
    groups: list[list[str]] = yaml_content(text)
    return tuple((fold(name), number) for number, group in enumerate(groups) for name in group)
