"""What stands around a mark in a title: lawful reference, or likening."""

import re
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

import yaml

from processors.matching.folding import fold, is_hangul, is_unspaced
from processors.matching.terms import bordered

UseFinding = Literal["nominative", "comparison", "plain"]
"""What the title uses the mark for: to say what the goods fit, to liken them, or neither."""

MAXIMUM_WORDS_BETWEEN = 5
WINDOW_CHARACTERS = 60


class Phrases(NamedTuple):
    """Patterns over folded text."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    comparison: re.Pattern[str]


def use_finding(folded: str, begin: int, end: int) -> UseFinding:
    """Tell what a mark at `begin` to `end` of a folded title is used for."""
    phrases = _phrases()
    before = f" {folded[max(0, begin - WINDOW_CHARACTERS) : begin]}"
    if not before.endswith(" "):
        before += "\0"
    if phrases.before.search(before):
        return "nominative"
    if phrases.after.match(folded, end):
        return "nominative"
    return "comparison" if phrases.comparison.search(f" {folded} ") else "plain"


@cache
def _phrases() -> Phrases:
    text = files("processors.matching").joinpath("data/phrases.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    nominative, comparison = content["nominative"], content["comparison"]
    before = [_bordered(each) for each in _all(nominative["before"])]
    after = [_after(each) for each in _all(nominative["after"])]
    between = rf"(?:[^ ]+ ){{0,{MAXIMUM_WORDS_BETWEEN}}}[^ ]*\0?$"
    return Phrases(
        re.compile(f"(?:{'|'.join(before)}){between}"),
        re.compile("|".join(after)),
        re.compile("|".join(_bordered(each) for each in _all(comparison))),
    )


def _all(by_language: dict[str, list[str]]) -> list[str]:
    """Return all phrases folded, the longest first."""
    folded = {fold(str(phrase)) for phrases in by_language.values() for phrase in phrases}
    return sorted(folded, key=lambda phrase: (-len(phrase), phrase))


def _bordered(phrase: str) -> str:
    return re.escape(bordered(phrase))


def _after(phrase: str) -> str:
    if is_unspaced(phrase[0]) or is_hangul(phrase[0]):
        return f"(?:[^ ]{{0,8}} ?){{0,2}}?{re.escape(phrase)}"
    return rf" (?:[^ ]+ ){{0,2}}{re.escape(phrase)}(?= |$)"
