"""Keys that words share with their near spellings (SymSpell's way), and quick ways to them.

A word's keys are the word with doubled letters written once, and the same short of each one letter.
"""

import re
from functools import lru_cache
from itertools import groupby
from zlib import crc32

from processors.matching.packed import key_hash

SPARSE_MINIMUM_LETTERS, SPARSE_MINIMUM_CONSONANTS = 5, 4
_VOWELS = str.maketrans("", "", "aeiou")
_DOUBLED = re.compile(r"(.)\1", re.DOTALL)


Half = tuple[str, bytes, int, tuple[bytes, ...], tuple[int, ...]]
"""A word as the half of two joined, each letter of it once: its letters; their bytes and hash; and
the bytes and hashes of the word short of each one letter. Hashes go on into the other half's bytes.
A plain tuple: a garbage collection does not look into it, and there are many.
"""


def single_letters(word: str) -> str:
    """Return a word with doubled letters written once."""
    if _DOUBLED.search(word) is None:
        return word
    return "".join([letter for letter, _ in groupby(word)])


def near_keys(word: str) -> list[str]:
    """Return a word's keys, the whole one first."""
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
    """Return the hashes of a word's keys, the whole one's first."""
    return [key_hash(key) for key in near_keys(word)]


def consonants_of(word: str) -> str:
    """Return a word without its vowels."""
    return word.translate(_VOWELS)


def consonants_hash(consonants: str) -> int:
    """Return the hash of words with these consonants."""
    return key_hash(f"\x01{consonants}")


def ends_hash(first: str, last: str, letters: int) -> int:
    """Return the hash of words of so many letters between these two."""
    return key_hash(f"\x02{first}{last}{letters}")


def sparse_hashes(word: str) -> list[int]:
    """Return the hashes under which a word is found when several of its letters are missing."""
    if not word.isascii() or len(word) < SPARSE_MINIMUM_LETTERS:
        return []
    hashes = [ends_hash(word[0], word[-1], len(word))]
    consonants = consonants_of(word)
    if SPARSE_MINIMUM_CONSONANTS <= len(consonants) < len(word):
        hashes.append(consonants_hash(consonants))
    return hashes


@lru_cache(maxsize=32_768)
def half_of(word: str) -> Half:
    """Return a word as the half of two joined."""
    whole, *shorter = (key.encode() for key in near_keys(word))
    hashes = tuple(crc32(each) for each in shorter)
    return single_letters(word), whole, crc32(whole), tuple(shorter), hashes


def joined_hashes(first: str, second: str) -> list[int]:
    """Return the hashes of the keys of two words joined, as `near_hashes` does, in less time."""
    letters, _, hashed, _, shorter_hashes = half_of(first)
    other_letters, written, _, shorter, _ = half_of(second)
    ends, begins = letters[-2:], other_letters[:2]
    if ends[-1:] == begins[:1] or ends[:-1] == begins[:1] or ends[-1:] == begins[1:]:
        # Letters would meet where the words do.
        return near_hashes(first + second)
    return [
        crc32(written, hashed),
        *[crc32(written, each) for each in shorter_hashes],
        *[crc32(each, hashed) for each in shorter],
    ]
