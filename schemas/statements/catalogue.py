"""Sentences, reasons, laws and countries, in the languages that statements are written in.

All are data, which people without code read and correct.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple, get_args

from schemas.reasons import REASONS
from schemas.rights import rights
from schemas.yaml_text import yaml_content

Language = Literal["ar", "de", "en", "es", "fr", "it", "ja", "ko", "zh", "zh-Hant"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
FALLBACK: Language = "en"
TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})
"""Scripts and places in a tag of Chinese that tell of traditional characters."""

Names = Mapping[Language, str]


class Law(NamedTuple):
    """A law by its name in each language, and where it can be read."""

    names: Names
    address: str


class ReasonTexts(NamedTuple):
    """What a reason code means in each language, and what would do."""

    meaning: Names
    remedy: Names


def language_of(tag: str) -> Language:
    """Return the language in which somebody is written to who asks for this one."""
    asked, *rest = tag.strip().lower().replace("_", "-").split("-")
    if asked == "zh" and TRADITIONAL & set(rest):
        return "zh-Hant"
    return next((each for each in LANGUAGES if each == asked), FALLBACK)


@cache
def sentences() -> Mapping[str, Names]:
    """Return all sentences by name."""
    found: dict[str, Names] = _yaml("sentences.yaml")
    return found


@cache
def reason_texts() -> Mapping[str, ReasonTexts]:
    """Return the texts of all reason codes."""
    others = _yaml("reasons.yaml")
    return {
        code: ReasonTexts(
            _in_all_languages(reason.meaning, others.get(code, {}).get("meaning", {})),
            _in_all_languages(reason.remedy, others.get(code, {}).get("remedy", {})),
        )
        for code, reason in REASONS.items()
    }


def _in_all_languages(english: str, others: Names) -> Names:
    return {each: others.get(each, english) for each in LANGUAGES} if english else {}


@cache
def laws() -> Mapping[str, Mapping[str, Law]]:
    """Return laws by right and country; EM and EU stand for the Union."""
    return {
        right: {country: _law(right, given) for country, given in by_country.items()}
        for right, by_country in _yaml("laws.yaml").items()
    }


@cache
def countries() -> Mapping[str, Names]:
    """Return the names of countries by ISO 3166-1 alpha-2 code; they are Unicode CLDR's."""
    text = _file("countries.csv").decode()
    rows = csv.DictReader(text.splitlines(), strict=True)
    return {row["code"]: {each: row[each] for each in LANGUAGES} for row in rows}


def _law(right: str, given: Mapping[str, Any]) -> Law:
    union = next((each.law for name, each in rights().items() if name == right), None)
    names: dict[Language, str] = dict(given["names"])
    if union is not None and FALLBACK not in names:
        return Law({FALLBACK: union.name, **names}, union.address)
    return Law(names, given["address"])


def _yaml(name: str) -> Any:
    return yaml_content(_file(name))


def _file(name: str) -> bytes:
    return files("schemas.statements").joinpath(name).read_bytes()
