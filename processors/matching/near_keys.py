"""Keys that words share with their near spellings (SymSpell's way), and quick ways to them.

A word's keys are the word with doubled letters written once, and the same short of each one letter.
"""

import re
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple
from zlib import crc32

from processors.matching.packed import key_hash

_DOUBLED = re.compile(r"(.)\1", re.DOTALL)


class Half(NamedTuple):
    """A word as the half of two joined: its bytes without doubled letters, and short of each one.

    `hashed` and `shorter_hashed` go on into the other half's bytes.
    """

    letters: str
    written: bytes
    hashed: int
    shorter: tuple[bytes, ...]
    shorter_hashed: tuple[int, ...]


def single_letters(word: str) -> str:
    """Give a word with doubled letters written once."""
    if _DOUBLED.search(word) is None:
        return word
    return "".join([letter for letter, _ in groupby(word)])


def near_keys(word: str) -> list[str]:
    """Give a word's keys, the whole one first."""
    if _DOUBLED.search(word) is not None:
        shorter = [single_letters(word[:at] + word[at + 1 :]) for at in range(len(word))]
        return list(dict.fromkeys([single_letters(word), *shorter]))
    keys = [word]
    for at in range(len(word)):
        rest = at + 1
        if at and word[at - 1 : at] == word[rest : rest + 1]:
            # Its neighbours meet, and are the same letter.
            rest += 1
        keys.append(word[:at] + word[rest:])
    return keys


def near_hashes(word: str) -> list[int]:
    """Give the hashes of a word's keys, the whole one's first."""
    return [key_hash(key) for key in near_keys(word)]


@lru_cache(maxsize=65_536)
def half_of(word: str) -> Half:
    """Give a word as the half of two joined."""
    whole, *shorter = (key.encode() for key in near_keys(word))
    hashed = tuple(crc32(each) for each in shorter)
    return Half(single_letters(word), whole, crc32(whole), tuple(shorter), hashed)


def joined_hashes(first: str, second: str) -> list[int]:
    """Give the hashes of the keys of two words joined, as `near_hashes` does, in less time."""
    one, other = half_of(first), half_of(second)
    ends, begins = one.letters[-2:], other.letters[:2]
    if ends[-1:] == begins[:1] or ends[:-1] == begins[:1] or ends[-1:] == begins[1:]:
        # Letters would meet where the words do.
        return near_hashes(first + second)
    written, hashed = other.written, one.hashed
    return [
        crc32(written, hashed),
        *[crc32(written, each) for each in one.shorter_hashed],
        *[crc32(each, hashed) for each in other.shorter],
    ]
