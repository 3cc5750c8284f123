"""Kana and Chinese characters by how they sound, as characters of their own for the automaton.

Kana are written with and without long marks, and small or large; a Chinese name is disguised by
characters of the same sound. Both become characters of the private use areas: the index holds
terms so, and a title is searched once more in that form.
"""

import re
from typing import Literal, NamedTuple

from anyascii import anyascii

MINIMUM_KANA, MINIMUM_CHARACTERS = 3, 3
"""Shorter names sound like ordinary words too often."""

_KANA_BASE, _SYLLABLE_BASE = 0xE000, 0xF0000
_SPOKEN = re.compile("[\u30a1-\u30fa\u3400-\u9fff]")
LONG_MARK = "ー"
"""The only character that has no sound of its own."""
_LARGE = dict(zip("ァィゥェォッャュョヮヵヶヂヅ", "アイウエオツヤユヨワカケジズ", strict=True))


class SpokenTerm(NamedTuple):
    """A term by its sound."""

    text: str
    spelling: Literal["kana", "homophone"]


class _Table(dict[int, str]):
    """What each character becomes, worked out when first met."""

    def __missing__(self, point: int) -> str:
        spoken = self[point] = _spoken_character(chr(point))
        return spoken


def spoken_term(term: str) -> SpokenTerm | None:
    """Return a term by its sound; None for one of other letters, or too short.

    A name in kana may have other letters beside them.
    """
    kana = "".join(each for each in term if _is_kana(each))
    if len(spoken(kana)) >= MINIMUM_KANA:
        return SpokenTerm(spoken(term), "kana")
    if all(_is_han(each) for each in term) and len(term) >= MINIMUM_CHARACTERS:
        return SpokenTerm(spoken(term), "homophone")
    return None


def spoken(folded: str) -> str:
    """Return folded text by its sound."""
    return folded.translate(_TABLE)


def spoken_places(folded: str) -> list[int]:
    """Return for each character of text by its sound where it stands in the folded text."""
    return [at for at, character in enumerate(folded) for _ in _TABLE[ord(character)]]


def has_spoken(folded: str) -> bool:
    """Tell whether text has kana or Chinese characters."""
    return _SPOKEN.search(folded) is not None


def _spoken_character(character: str) -> str:
    if character == LONG_MARK:
        return ""
    if _is_kana(character):
        return chr(_KANA_BASE + ord(_LARGE.get(character, character)) - 0x3040)
    if _is_han(character):
        return chr(_SYLLABLE_BASE + _syllable(anyascii(character)))
    return character


def _syllable(sound: str) -> int:
    """Return the number of a syllable, its letters as digits of a number."""
    number = 0
    for letter in sound.strip().lower()[:6]:
        if "a" <= letter <= "z":
            number = number * 27 + ord(letter) - 96
    return number % 65_521


def _is_kana(character: str) -> bool:
    return "\u30a1" <= character <= "\u30fa" or character == LONG_MARK


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


_TABLE = _Table()
