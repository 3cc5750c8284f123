"""More adversarial spellings, each of one script."""

import random
from collections import defaultdict
from collections.abc import Callable
from functools import cache

from anyascii import anyascii

_SMALL_CAPITALS = dict(zip("abcdefghijklmnopqrstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", strict=True))
_HOMOPHONE_CHARACTERS = range(0x4E00, 0x9000)
_LATIN_LIKE_CYRILLIC = dict(zip("асеорхукмтнв", "aceopxykmthb", strict=True))
_LARGE_KANA = dict(zip("ァィゥェォッャュョ", "アイウエオツヤユヨ", strict=True))
_VOICED = dict(
    zip(
        "ガギグゲゴザジズゼゾダヂヅデドバビブベボ",
        "カキクケコサシスセソタチツテトハヒフヘホ",
        strict=True,
    )
)
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
MINIMUM_MASKED_LETTERS, MINIMUM_SPLIT_LETTERS, MINIMUM_CONSONANTS = 6, 6, 4


def flag_letters(name: str, _chance: random.Random) -> str:
    """Write in the letters that flags are made of."""
    return _each(name, lambda c: chr(0x1F1E6 + ord(c) - 97) if "a" <= c <= "z" else c)


def several_masked(name: str, chance: random.Random) -> str:
    """Mask two letters within a word."""
    words = name.split()
    long = [word for word in words if len(word) >= MINIMUM_MASKED_LETTERS and word.isalpha()]
    if not long:
        return name
    word = chance.choice(long)
    at = set(chance.sample(range(1, len(word) - 1), 2))
    hidden = "".join("*" if i in at else c for i, c in enumerate(word))
    return name.replace(word, hidden, 1)


def vowels_dropped(name: str, _chance: random.Random) -> str:
    """Leave out vowels."""
    short = "".join(c for c in name if c.lower() not in "aeiou")
    words = short.split()
    return short if all(len(word) >= MINIMUM_CONSONANTS for word in words) and words else name


def leet_spaced(name: str, chance: random.Random) -> str:
    """Put a digit for a letter, and spaces between all."""
    digits = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "5"}
    places = [at for at, c in enumerate(name) if c.lower() in digits]
    if not places or " " in name:
        return name
    at = chance.choice(places)
    return " ".join(name[:at] + digits[name[at].lower()] + name[at + 1 :])


def glued(name: str, chance: random.Random) -> str:
    """Write a common word together with it."""
    return name + chance.choice(("store", "shop", "bag", "shoes", "online", "style"))


def entities(name: str, chance: random.Random) -> str:
    """Write a letter as an HTML entity."""
    at = chance.randrange(len(name))
    return f"{name[:at]}&#{ord(name[at])};{name[at + 1 :]}" if name[at].isalpha() else name


def digit_inside(name: str, chance: random.Random) -> str:
    """Put a digit into the name."""
    if not name.isalpha() or len(name) < MINIMUM_SPLIT_LETTERS - 1:
        return name
    at = chance.randrange(2, len(name) - 1)
    return name[:at] + chance.choice("2679") + name[at:]


def split_in_three(name: str, chance: random.Random) -> str:
    """Split the name twice."""
    if not name.isalpha() or len(name) < MINIMUM_SPLIT_LETTERS:
        return name
    first = chance.randrange(1, len(name) - 3)
    second = chance.randrange(first + 1, len(name) - 1)
    return f"{name[:first]} {name[first:second]} {name[second:]}"


def small_capitals(name: str, _chance: random.Random) -> str:
    """Write in small capitals."""
    return _each(name, lambda c: _SMALL_CAPITALS.get(c, c))


def squared(name: str, chance: random.Random) -> str:
    """Write in squared letters."""
    base = chance.choice((0x1F130, 0x1F170, 0x1F150))
    return _each(name, lambda c: chr(base + ord(c) - 97) if "a" <= c <= "z" else c)


def sign_between(name: str, chance: random.Random) -> str:
    """Put a sign between two characters."""
    if len(name) < 2:
        return name
    at = chance.randrange(1, len(name))
    return name[:at] + chance.choice("❤★|丨•°") + name[at:]


def homophone(name: str, chance: random.Random) -> str:
    """Put a character of the same sound for another."""
    places = [at for at, c in enumerate(name) if "\u4e00" <= c <= "\u9fff"]
    if len(name) < 3 or not places:
        return name
    at = chance.choice(places)
    others = [each for each in _by_sound().get(anyascii(name[at]), ()) if each != name[at]]
    return name[:at] + chance.choice(others) + name[at + 1 :] if others else name


@cache
def _by_sound() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for point in _HOMOPHONE_CHARACTERS:
        found[anyascii(chr(point))].append(chr(point))
    return found


def long_mark(name: str, chance: random.Random) -> str:
    """Leave a long mark out, or put one in."""
    if "ー" in name:
        return name.replace("ー", "", 1)
    at = chance.randrange(1, len(name) + 1)
    return f"{name[:at]}ー{name[at:]}" if name[at : at + 1] not in _LARGE_KANA else name


def small_kana(name: str, _chance: random.Random) -> str:
    """Write small kana large."""
    return "".join(_LARGE_KANA.get(c, c) for c in name)


def voicing_apart(name: str, _chance: random.Random) -> str:
    """Write voicing marks as signs of their own."""
    return "".join(f"{_VOICED[c]}゛" if c in _VOICED else c for c in name)


def jamo(name: str, _chance: random.Random) -> str:
    """Write Korean letters apart."""
    return "".join(_letters_of(c) if "가" <= c <= "힣" else c for c in name)


def _letters_of(syllable: str) -> str:
    lead, rest = divmod(ord(syllable) - 0xAC00, 21 * 28)
    vowel, tail = divmod(rest, 28)
    return _LEADS[lead] + _VOWELS[vowel] + (_TAILS[tail] if tail else "")


def latin_inside(name: str, chance: random.Random) -> str:
    """Put Latin letters that look alike for some Cyrillic ones."""
    places = [at for at, c in enumerate(name) if c.lower() in _LATIN_LIKE_CYRILLIC]
    chosen = set(chance.sample(places, min(len(places), 2)))
    if len(chosen) == sum(c.isalpha() for c in name):
        return name
    return "".join(
        _LATIN_LIKE_CYRILLIC[c.lower()] if at in chosen else c for at, c in enumerate(name)
    )


def arabic_article(name: str, chance: random.Random) -> str:
    """Put an article or a preposition before it."""
    return chance.choice(("ال", "و", "ب", "ل", "بال")) + name


def hebrew_article(name: str, chance: random.Random) -> str:
    """Put an article or a preposition before it."""
    return chance.choice("הבלמוש") + name


def thai_spaced(name: str, chance: random.Random) -> str:
    """Put a space after the first letter, or after the last but one."""
    letters = [at for at, c in enumerate(name) if at and _is_thai_letter(c)]
    if not letters:
        return name
    at = chance.choice((letters[0], letters[-1]))
    return f"{name[:at]} {name[at:]}"


def _is_thai_letter(character: str) -> bool:
    return "ก" <= character <= "ฮ"


def _each(name: str, change: Callable[[str], str]) -> str:
    return "".join(change(character) for character in name.lower())
