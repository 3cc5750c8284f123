"""How words sound: Latin letters for other scripts, and a key that like sounds share.

Romanisation is anyascii's, a letter at a time; what it leaves of each script's own habits (added
vowels of kana and Hangul, v for b, l for r) the key takes off. The key is coarse: it only finds
candidates, which are then compared by their sounds in full.
"""

import re
from functools import lru_cache

from anyascii import anyascii

_STEPS: tuple[tuple[tuple[str, ...], re.Pattern[str] | str, str], ...] = (
    (("iy",), re.compile("(?<=[sjcz])h?iy(?=[aeou])"), "h"),
    (("te", "de"), re.compile("(?<=[td])ei?(?=[aeiou])"), ""),
    (("fu", "vu", "wu"), re.compile("(?<=[fvw])u(?=[aeiou])"), ""),
    (("sh", "sch"), re.compile("s?sc?hy?"), "x"),
    (("ch",), re.compile("t?ch|tsch"), "c"),
    ((), "ph", "f"),
    ((), "th", "t"),
    (("ck", "kh", "q"), re.compile("ck|kh|q"), "k"),
    ((), "gh", "g"),
    (("c",), re.compile("c(?=[eiy])"), "s"),
    ((), "c", "k"),
    (("x",), re.compile("x(?=$|[^aeiou])"), "ks"),
    ((), "w", "v"),
    ((), "dz", "s"),
    ((), "z", "s"),
    ((), "ts", "s"),
    (("i", "y"), re.compile("ai|ay|ey|ei"), "e"),
    (("u", "o"), re.compile("au|ou|oo|eu|eo"), "o"),
    ((), "y", "i"),
    ((), "j", "i"),
    ((), "l", "r"),
    ((), "h", ""),
)
"""What becomes of letters, in this order; a pattern needs one of the letters before it, and to look
for these takes less time."""

_DOUBLED = re.compile(r"(.)\1+")
_MERGED = str.maketrans("vpfdgm", "bbbtkn", "aeiou")


def romanised(text: str) -> str:
    """Return text in Latin letters, lower case, without spaces."""
    return re.sub(r"[^a-z0-9]", "", anyascii(text).lower())


@lru_cache(maxsize=65_536)
def sound_of(text: str) -> str:
    """Return how folded text sounds, in few letters that stand for like sounds."""
    sound = romanised(text)
    for needed, pattern, replacement in _STEPS:
        if isinstance(pattern, str):
            sound = sound.replace(pattern, replacement)
            continue
        for letters in needed:
            if letters in sound:
                sound = pattern.sub(replacement, sound)
                break
    return _DOUBLED.sub(r"\1", sound)


def sound_key(sound: str) -> str:
    """Return the key that like sounds share: the first letter's class and the consonants'."""
    return _DOUBLED.sub(r"\1", sound.translate(_MERGED))
