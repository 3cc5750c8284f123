"""What the offices' codes and words mean, from the tables beside this module."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, cast

from processors.findings.territories import UNIONS
from processors.matching.places import territory_named
from processors.registers.offices import office_of, status_word
from schemas.events.trademarks import MarkFeature, MarkKind, TrademarkStatus
from schemas.yaml_text import yaml_content

_FEATURE_OF_DRAWING_CODE: dict[str, MarkFeature] = {
    "1": "word",
    "2": "figurative",
    "3": "combined",
    "5": "stylised",
}


@cache
def _table(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return cast(dict[str, Any], yaml_content(text))


def _fold(word: str | None) -> str:
    return " ".join((word or "").split()).lower()


def status_of(office: str, code: str, registered: bool) -> TrademarkStatus:
    """Return our status for an office's code or wording; unknown if the tables do not have it.

    `registered` says whether the record has a registration date, which tells appeals against a
    registration from appeals of an applicant.
    """
    if office == "US":
        return cast(TrademarkStatus, _table("uspto_statuses.yaml").get(code, "unknown"))
    word = _fold(code)
    status = status_word(office, word) or _table("vocabulary.yaml")["statuses"].get(word, "unknown")
    if status == "in_proceedings":
        return "registered" if registered else "pending"
    return cast(TrademarkStatus, status)


def kind_of(words: Iterable[str | None]) -> MarkKind:
    """Return the kind of a mark from the office's words; the first that is not individual
    decides.
    """
    kinds = _table("vocabulary.yaml")["kinds"]
    found = [kinds.get(_fold(part), "other") for word in words for part in (word or "").split(",")]
    special = [kind for kind in found if kind not in ("individual", "other")]
    if special:
        return cast(MarkKind, special[0])
    return "individual" if "individual" in found else "other"


def feature_of(word: str | None) -> MarkFeature:
    """Return how a mark is represented from the office's word; other if the table has it not."""
    return cast(MarkFeature, _table("vocabulary.yaml")["features"].get(_fold(word), "other"))


def feature_of_drawing(code: str | None, standard_characters: bool) -> MarkFeature:
    """Return how a mark is represented from a USPTO drawing code: its first digit tells.

    Code 4 meant block letters before 2003-11-02 and standard characters since, so the claim of
    standard characters decides. Code 6 is for marks that cannot be drawn, sounds among others.
    """
    digit = (code or "")[:1]
    if digit == "4":
        return "standard_characters" if standard_characters else "word"
    return _FEATURE_OF_DRAWING_CODE.get(digit, "other")


def nice_class(number: str | None) -> int | None:
    """Return the Nice class, 1 to 45; None for the USPTO's own A, B and 200 and for all else."""
    found = small_number(number)
    return found if found is not None and 1 <= found <= 45 else None


def small_number(text: str | None) -> int | None:
    """Return a number of up to three digits of ASCII, as codes of the offices are; else None."""
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 3):
        return None
    return int(digits)


def territories_of(office: str, designated: Iterable[str | None]) -> tuple[str, ...]:
    """Return the countries where a mark has effect: its region's, the designated ones or its
    own.
    """
    table = _table("territories.yaml")
    if office not in table["by_designation"]:
        return _region(office)
    countries: set[str] = set()
    for code in designated:
        country = country_code(code)
        if country is not None:
            countries.update(_region(country))
    return tuple(sorted(countries))


def _region(office: str) -> tuple[str, ...]:
    """Return the countries in which a mark of an office, or one that designates it, has effect."""
    regional = UNIONS.get(office)
    return tuple(sorted(regional)) if regional else (office,)


def country_code(code: str | None) -> str | None:
    """Return the two-letter country code, or None.

    The USPTO writes some countries with an X after them ('GBX'); some files have codes of three
    letters, or names.
    """
    letters = office_of(code) or ""
    if len(letters) == 3 and letters.endswith("X"):
        letters = letters[:2]
    if len(letters) == 2 and letters.isascii() and letters.isalpha():
        return letters
    return territory_named(code or "") or None
