"""How words sound: Latin letters for other scripts, and a key that like sounds share.

Romanisation is anyascii's, a letter at a time; what it leaves of each script's own habits (added
vowels of kana and Hangul, v for b, l for r) the key takes off. The key is coarse: it only finds
candidates, which are then compared by their sounds in full.
"""

import re
from functools import lru_cache

from anyascii import anyascii

_WRITTEN = (
    (re.compile(r"\s|'"), ""),
    (re.compile("(?<=[sjcz])h?iy(?=[aeou])"), "h"),
    (re.compile("(?<=[td])ei?(?=[aeiou])"), ""),
    (re.compile("(?<=[fvw])u(?=[aeiou])"), ""),
    (re.compile("s?sc?hy?"), "x"),
    (re.compile("t?ch|tsch"), "c"),
    (re.compile("ph"), "f"),
    (re.compile("th"), "t"),
    (re.compile("ck|kh|q"), "k"),
    (re.compile("gh"), "g"),
    (re.compile("c(?=[eiy])"), "s"),
    (re.compile("c"), "k"),
    (re.compile("x(?=$|[^aeiou])"), "ks"),
    (re.compile("w"), "v"),
    (re.compile("dz|z"), "s"),
    (re.compile("ts"), "s"),
    (re.compile("ai|ay|ey|ei"), "e"),
    (re.compile("au|ou|oo|eu|eo"), "o"),
    (re.compile("y|j"), "i"),
    (re.compile("l"), "r"),
    (re.compile("h"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)
_MERGED = str.maketrans({"v": "b", "p": "b", "f": "b", "d": "t", "g": "k", "m": "n"})
_VOWELS = re.compile("[aeiou]")


def romanised(text: str) -> str:
    """Return text in Latin letters, lower case, without spaces."""
    return re.sub(r"[^a-z0-9]", "", anyascii(text).lower())


@lru_cache(maxsize=65_536)
def sound_of(text: str) -> str:
    """Return how folded text sounds, in few letters that stand for like sounds."""
    sound = romanised(text)
    for pattern, replacement in _WRITTEN:
        sound = pattern.sub(replacement, sound)
    return sound


def sound_key(sound: str) -> str:
    """Return the key that like sounds share: the first letter's class and the consonants'."""
    consonants = _VOWELS.sub("", sound.translate(_MERGED))
    return re.sub(r"(.)\1+", r"\1", consonants)
