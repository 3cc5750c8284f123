"""The phrases by which titles say that goods are copies, as read from data/copying.yaml."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

import daachorse

from processors.matching.folding import fold, is_hangul, is_unspaced
from schemas.yaml_text import yaml_content

CopyingKind = Literal["copy", "hint"]
"""copy: certain where it is bound to a mark; hint: reason enough for a person to look."""


class Phrase(NamedTuple):
    """A phrase in all its forms; `kind` is None for one that says nothing of copies.

    `compounds_after` and `compounds_before` match what makes another thing of it, `signs` what
    must stand in it as it is written, and `lines` are names whose own product it is. Where
    `materials_before` match, or it is `made_as_such` and the title has one of those words, it may
    as well tell what the goods are made of, or that their maker calls them so.
    """

    language: str
    kind: CopyingKind | None
    adjective: bool
    compounds_after: re.Pattern[str] | None
    compounds_before: re.Pattern[str] | None
    signs: frozenset[str]
    lines: tuple[str, ...]
    materials_before: re.Pattern[str] | None
    made_as_such: bool


class Phrases(NamedTuple):
    """All phrases: how to find them in folded text, which each is, and the words around them.

    `may_stand` finds their letters alone, in a hundredth of the time.
    """

    may_stand: daachorse.CharwiseDoubleArrayAhoCorasick
    pattern: re.Pattern[str]
    by_text: dict[str, Phrase]
    negated_before: re.Pattern[str]
    negated_after: re.Pattern[str]
    goods: frozenset[str]
    connectors: frozenset[str]
    made_as_such: re.Pattern[str]
    warnings: re.Pattern[str]


class PhraseExample(NamedTuple):
    """A title with its mark in brackets, and whether the phrase is bound to the mark in it."""

    language: str
    title: str
    kind: CopyingKind | None


@cache
def copying_phrases() -> Phrases:
    """Return the phrases that the software brings."""
    content = _content()
    negations = content["negations"]
    entries: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for language, entry in _entries(content):
        for form in (entry["phrase"], *entry.get("forms", ())):
            entries.setdefault(fold(str(form)), []).append((language, entry))
    by_text = {text: _phrase(each) for text, each in entries.items()}
    fillers = "|".join(re.escape(fold(each)) for each in negations["fillers"])
    before = _alternatives(negations["before"], "(?<![^ ])", "")
    return Phrases(
        daachorse.CharwiseDoubleArrayAhoCorasick(sorted(by_text)),
        re.compile(_alternatives(by_text, "(?<![^ ])", "(?![^ ])")),
        by_text,
        re.compile(rf"(?:{before})(?: (?:{fillers}))* ?$"),
        re.compile(f" ?(?:{_alternatives(negations['after'], '', '')})"),
        frozenset(fold(each) for each in content["goods"]),
        frozenset(fold(each) for each in content["connectors"]),
        re.compile(_alternatives(content["made_as_such"], "(?<![^ ])", "(?![^ ])")),
        re.compile(_alternatives(content["warnings"], "(?<![^ ])", "(?![^ ])")),
    )


def phrase_examples() -> list[PhraseExample]:
    """Return the examples of all phrases."""
    return [
        PhraseExample(language, title, kind)
        for language, entry in _entries(_content())
        for name, kind in (("says", entry.get("kind", "copy")), ("silent", None))
        for title in entry.get(name, ())
    ]


def _content() -> dict[str, Any]:
    path = files("processors.matching").joinpath("data/copying.yaml")
    content: dict[str, Any] = yaml_content(path.read_text(encoding="utf-8"))
    return content


def _entries(content: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    around = ("negations", "goods", "connectors", "made_as_such", "warnings")
    return [
        (language, entry)
        for language, entries in content.items()
        if language not in around
        for entry in entries
    ]


def _phrase(entries: list[tuple[str, dict[str, Any]]]) -> Phrase:
    """Return what a form is in the first of its languages, with the compounds of all."""
    language, first = entries[0]
    kind = first.get("kind", "copy")
    adjective = bool(first.get("adjective"))
    # What an adjective belongs to may have a colour before it.
    gap = " ?(?:[^ ]+ )?" if adjective else " ?"
    after, before = (
        [each for _, entry in entries for each in entry.get(f"compounds{end}", ())]
        for end in ("", "_before")
    )
    return Phrase(
        language,
        None if kind == "harmless" else kind,
        adjective,
        re.compile(f"{gap}(?:{_alternatives(after, '', '(?![^ ])')})") if after else None,
        _ending(before),
        frozenset(first.get("signs", "")),
        tuple(fold(each) for each in first.get("lines", ())),
        _ending(after) if adjective else None,
        bool(first.get("made_as_such")),
    )


def _ending(words: list[Any]) -> re.Pattern[str] | None:
    """Return a pattern of text that ends with one of some words."""
    return re.compile(f"(?:{_alternatives(words, '(?<![^ ])', '')}) ?$") if words else None


def _alternatives(phrases: Iterable[Any], before: str, after: str) -> str:
    """Return a pattern of folded phrases, the longest first, at words' borders.

    Scripts written without spaces have no borders but for katakana's own; Korean joins endings.
    """
    folded = sorted({fold(str(each)) for each in phrases}, key=lambda each: (-len(each), each))
    found = []
    for each in folded:
        first, last = each[0], each[-1]
        begin = "" if is_unspaced(first) else before
        end = "" if is_unspaced(last) or is_hangul(last) else after
        if _katakana(first) and before:
            begin = "(?<![\u30a1-\u30fe])"
        if _katakana(last) and after:
            end = "(?![\u30a1-\u30fe])"
        found.append(f"{begin}{re.escape(each)}{end}")
    return "|".join(found)


def _katakana(character: str) -> bool:
    return "\u30a1" <= character <= "\u30fe"
