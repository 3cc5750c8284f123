"""One folding of text, used alike for marks and for titles.

Steps, each a standard's data or a library's (`FOLDING_VERSION` names their versions):
what is escaped is undone (unescaping.py); NFKC and case folding (Unicode chapter 3), width with
them; accents off Latin, Greek, Cyrillic, Arabic and Hebrew letters; letters without decomposition,
such as ø, by anyascii; traditional to simplified Chinese by OpenCC, Japanese forms of characters
with them; hiragana to katakana by jaconv; apostrophes, joiners and characters that Unicode says to
ignore off; all else that is no letter, digit or vowel sign becomes a space.
Letters that only look like Latin ones stay what they are: see disguises.py.
"""

import re
import unicodedata
from functools import lru_cache
from importlib.metadata import version
from itertools import pairwise
from typing import NamedTuple

import jaconv
import opencc
from anyascii import anyascii

from processors.matching.unescaping import unescaped, unescaped_with_offsets

FOLDING_VERSION = ",".join(
    [
        "3",
        f"unicode-{unicodedata.unidata_version}",
        *(f"{name}-{version(name)}" for name in ("anyascii", "jaconv", "opencc")),
    ]
)

_TO_SIMPLIFIED = opencc.OpenCC("t2s")
_FROM_JAPANESE = opencc.OpenCC("jp2t")
_NOT_FROM_JAPANESE = frozenset("沪")
"""Simplified characters that look like a Japanese form of another one."""

_HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff"
_THAI = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_HANGUL = "\uac00-\ud7a3"
_UNSPACED = re.compile(f"[{_HAN}{_KANA}{_THAI}]")
_DENSE = f"{_HAN}{_KANA}{_THAI}{_HANGUL}"
_SEAM = re.compile(f"(?<=[^\\W{_DENSE}])(?=[{_DENSE}])|(?<=[{_DENSE}])(?=[^\\W{_DENSE}])")
_RUNS = re.compile(f"[{_DENSE}]+|[^ {_DENSE}]+")
_DROPPED = frozenset("'’‘ʼ`´′・･ـ")
_JOINING = frozenset("\uff9e\uff9f")
_IGNORED = frozenset(
    # Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties), but for format characters.
    (
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0),
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xFFF0, 0xFFF9),
        *range(0xE0000, 0xE1000),
    )
)


class Folded(NamedTuple):
    """Folded text, and for each of its characters where it begins and ends in the original."""

    text: str
    begins: tuple[int, ...]
    ends: tuple[int, ...]


class _Table(dict[int, str]):
    """What each character becomes, worked out when first met."""

    def __missing__(self, point: int) -> str:
        folded = self[point] = _fold_character(chr(point))
        return folded


def _fold_character(character: str) -> str:  # noqa: PLR0911 - one return for each kind
    category = unicodedata.category(character)
    if character in _DROPPED or is_ignored(character):
        return ""
    if character == "&":
        return " and "
    if category in ("Mn", "Me"):
        return character if _keeps_marks(character) else ""
    name = unicodedata.name(character, "")
    if "LATIN" in name and not character.isascii():
        # Small capitals, negative circled letters and letters without decomposition, such as ø.
        bare = _without_marks(character)
        return bare if bare.isascii() and bare.isalpha() else anyascii(character).lower()
    if category[0] not in "LNM":
        return " "
    if is_hangul(character):
        return character
    if "\u3041" <= character <= "\u3096":
        return str(jaconv.hira2kata(character))
    if name.startswith("CJK"):
        return _simplified(character)
    if _loses_marks(character):
        bare = _without_marks(character)
        return _ARABIC.get(bare, bare)
    return character


def _simplified(character: str) -> str:
    """Return a Chinese character's simplified form, of a Japanese one that of its older form."""
    plain = str(_TO_SIMPLIFIED.convert(character))
    if plain == character and character not in _NOT_FROM_JAPANESE:
        plain = str(_TO_SIMPLIFIED.convert(_FROM_JAPANESE.convert(character)))
    return plain if plain == character else _simplified(plain)


def _without_marks(character: str) -> str:
    bare = unicodedata.normalize("NFD", character)
    return "".join(c for c in bare if unicodedata.category(c) != "Mn")


_ARABIC = {"ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي"}
"""Letters that are written for one another (as in Apache Lucene's ArabicNormalizer)."""

_TABLE = _Table()


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Return text as it is compared: words one space apart, and a space where scripts meet."""
    return fold_anew(text)


def fold_anew(text: str) -> str:
    """Return text folded as `fold` does; not remembered, as titles are seldom met again."""
    return fold_unescaped(unescaped(text))


def fold_unescaped(text: str) -> str:
    """Return text in which nothing is escaped folded as `fold_anew` does."""
    if text.isascii():
        data = text.encode().translate(_ASCII, _ASCII_DROPPED)
        if b"&" in data:
            data = data.replace(b"&", b" and ")
        return b" ".join(data.split()).decode()
    plain = unicodedata.normalize("NFKC", text).casefold()
    if not unicodedata.is_normalized("NFKC", plain):
        plain = unicodedata.normalize("NFKC", plain)
    folded = plain.translate(_TABLE)
    if _has_no_marks(folded):
        # The seams are where the runs of dense scripts begin and end.
        return " ".join(_RUNS.findall(folded))
    return " ".join(_SEAM.sub(" ", folded).split())


def _has_no_marks(folded: str) -> bool:
    return folded.replace(" ", "").isalnum()


@lru_cache(maxsize=64)
def fold_with_offsets(text: str) -> Folded:
    """Return text folded, with the way back to the original's characters.

    Slower than `fold`, and of the same text: used only to show what was found.
    """
    plain = unescaped_with_offsets(text)
    if plain is None:
        return _fold_with_offsets(text)
    folded = _fold_with_offsets(plain.text)
    begins = tuple(plain.begins[each] for each in folded.begins)
    ends = (
        plain.ends[end - 1] if end > begin else plain.begins[end]
        for begin, end in zip(folded.begins, folded.ends, strict=True)
    )
    return Folded(folded.text, begins, tuple(ends))


def _fold_with_offsets(text: str) -> Folded:
    characters: list[tuple[str, int, int]] = []
    for begin, end in _clusters(text):
        plain = unicodedata.normalize("NFKC", text[begin:end]).casefold()
        plain = unicodedata.normalize("NFKC", plain).translate(_TABLE)
        characters += [(character, begin, end) for character in plain]
    joined = "".join(character for character, _, _ in characters)
    seams = {found.start() for found in _SEAM.finditer(joined)}
    kept: list[tuple[str, int, int]] = []
    for index, (character, begin, end) in enumerate(characters):
        if index in seams and kept and kept[-1][0] != " ":
            kept.append((" ", begin, begin))
        if character.isspace():
            if kept and kept[-1][0] != " ":
                kept.append((" ", begin, end))
            continue
        kept.append((character, begin, end))
    if kept and kept[-1][0] == " ":
        kept.pop()
    return Folded(
        "".join(character for character, _, _ in kept),
        tuple(begin for _, begin, _ in kept),
        tuple(end for _, _, end in kept),
    )


def is_unspaced(text: str) -> bool:
    """Tell whether text has letters of a script that is written without spaces between words."""
    return _UNSPACED.search(text) is not None


def is_ignored(character: str) -> bool:
    """Tell whether a character shows nothing by itself, and does not count (Unicode)."""
    return ord(character) in _IGNORED or unicodedata.category(character) == "Cf"


def is_hangul(character: str) -> bool:
    """Tell whether a character is a Korean syllable, to which endings are joined."""
    return "\uac00" <= character <= "\ud7a3"


def _clusters(text: str) -> list[tuple[int, int]]:
    """Return the stretches of text that normalisation may compose into one character."""
    begins: list[int] = []
    for index, character in enumerate(text):
        point = ord(character)
        joins = (
            unicodedata.combining(character) != 0
            or character in _JOINING
            or 0x1160 <= point <= 0x11FF
            or unicodedata.category(character) == "Mc"
        )
        if index == 0 or not joins:
            begins.append(index)
    return list(pairwise([*begins, len(text)])) if begins else []


def _keeps_marks(mark: str) -> bool:
    """Tell whether a combining mark carries a vowel or voicing rather than an accent."""
    point = ord(mark)
    return not (point < 0x0700 or 0x1AB0 <= point <= 0x1AFF or 0x1DC0 <= point <= 0x20FF)


def _loses_marks(letter: str) -> bool:
    return ord(letter) < 0x0700 or 0x1E00 <= ord(letter) < 0x2000


_ASCII_DROPPED = bytes(point for point in range(128) if not _TABLE[point])
_ASCII = bytes(
    ord(_TABLE[point].lower()) if len(_TABLE[point]) == 1 else point for point in range(128)
) + bytes(128)
"""What each ASCII character becomes; the dropped ones and & are seen to apart."""
