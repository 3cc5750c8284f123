"""An index of terms: one automaton for their spellings, and keys for near and like-sounding ones.

An index never changes. It is plain bytes, so that another process can build it and this one read
it in a moment; what changed since stands in small ones beside it (processors/matching/matcher.py).
The automaton is daachorse's, by measurement (docs/decisions/0007-matching.md).
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from zlib import crc32

import daachorse
import numpy as np

from processors.matching.sounds import sound_key, sound_of
from processors.matching.terms import Pattern, Spelling, bordered, patterns_of

SPELLINGS: tuple[Spelling, ...] = ("exact", "joined", "romanised")
TOKEN_MINIMUM_CHARACTERS = 3
NEAR_MAXIMUM_CHARACTERS = 24
SOUND_MINIMUM_CONSONANTS = 3
MAXIMUM_SOUND_BUCKET = 32
MAXIMUM_BUCKET = 200
"""Entries looked at under one key: a key shared by more tells too little."""


class Found(NamedTuple):
    """A spelling of a term in a text: the term's number, and where, with borders left out."""

    term_number: int
    spelling: Spelling
    begin: int
    end: int


class IndexParts(NamedTuple):
    """An index as bytes, for a file or another process."""

    automaton: bytes
    pattern_terms: bytes
    term_text: bytes
    term_ends: bytes
    token_text: bytes
    token_ends: bytes
    near_hashes: bytes
    near_tokens: bytes
    sound_hashes: bytes
    sound_terms: bytes


class TermIndex:
    """Terms by their spellings, near spellings and sounds."""

    def __init__(self, parts: IndexParts) -> None:
        make = daachorse.CharwiseDoubleArrayAhoCorasick.deserialize
        self._find = make(parts.automaton).find_overlapping if parts.automaton else None
        self._pattern_terms = memoryview(parts.pattern_terms).cast("I")
        self._terms = _Strings(parts.term_text, parts.term_ends)
        self._tokens = _Strings(parts.token_text, parts.token_ends)
        self._near = _Buckets(parts.near_hashes, parts.near_tokens)
        self._sounds = _Buckets(parts.sound_hashes, parts.sound_terms)

    def __len__(self) -> int:
        return len(self._terms)

    def term(self, number: int) -> str:
        """Give a term by its number."""
        return self._terms[number]

    def __contains__(self, term: str) -> bool:
        text = bordered(term)
        return any(
            found.spelling == "exact" and self.term(found.term_number) == term
            for found in self.find(text)
        )

    def find(self, bordered_text: str) -> list[Found]:
        """Give all spellings in folded text that has a space at each end."""
        if self._find is None:
            return []
        found = self._find(bordered_text)
        if not found:
            return []
        terms = self._pattern_terms
        hits = []
        for begin, end, number in found:
            packed = terms[number]
            hits.append(
                Found(
                    packed >> 2,
                    SPELLINGS[packed & 3],
                    begin + (bordered_text[begin] == " "),
                    end - (bordered_text[end - 1] == " "),
                )
            )
        return hits

    def near_tokens(self, word: str) -> set[str]:
        """Give words of terms that may differ from a word by one letter."""
        return {
            self._tokens[number]
            for key in near_keys(word)
            for number in self._near.get(crc32(key.encode()))
        }

    def is_token(self, word: str) -> bool:
        """Tell whether a word is one of a term's, or a term without its spaces."""
        numbers = self._near.get(crc32(single_letters(word).encode()))
        return any(self._tokens[number] == word for number in numbers)

    def like_sounding(self, sound: str) -> list[int]:
        """Give the numbers of terms that may sound like it."""
        return list(self._sounds.get(crc32(sound_key(sound).encode()), MAXIMUM_SOUND_BUCKET))


class _Strings:
    """Strings by number, in one stretch of bytes."""

    def __init__(self, text: bytes, ends: bytes) -> None:
        self._text = text
        self._ends = memoryview(ends).cast("I")

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> str:
        begin = self._ends[number - 1] if number else 0
        return str(self._text[begin : self._ends[number]], "utf-8")


class _Buckets:
    """Numbers by 32-bit key, sorted by key."""

    def __init__(self, keys: bytes, numbers: bytes) -> None:
        self._keys: Sequence[int] = memoryview(keys).cast("I")
        self._numbers: Sequence[int] = memoryview(numbers).cast("I")

    def get(self, key: int, limit: int = MAXIMUM_BUCKET) -> Iterator[int]:
        at = bisect_left(self._keys, key)
        last = min(len(self._keys), at + limit)
        while at < last and self._keys[at] == key:
            yield self._numbers[at]
            at += 1


def near_keys(word: str) -> set[str]:
    """Give a word without doubled letters, whole and short of each one letter (SymSpell's way)."""
    shorter = (word[:at] + word[at + 1 :] for at in range(len(word)))
    return {single_letters(word), *(single_letters(each) for each in shorter)}


def single_letters(word: str) -> str:
    """Give a word with doubled letters written once."""
    return "".join(c for c, before in zip(word, " " + word, strict=False) if c != before)


def build(terms: Iterable[str]) -> IndexParts:
    """Build the index of distinct terms; the same parts for the same terms in any order."""
    ordered = sorted(set(terms))
    patterns: dict[str, int] = {}
    tokens: set[str] = set()
    for number, term in enumerate(ordered):
        for pattern in patterns_of(term):
            _take(patterns, pattern, number)
        tokens.update(_near_words(term))
    near = _Pairs()
    words = sorted(tokens)
    for number, word in enumerate(words):
        for key in near_keys(word):
            near.add(key, number)
    sounds = _Pairs()
    for number, term in enumerate(ordered):
        # Other scripts' words are compared with Latin marks only.
        key = sound_key(sound_of(term)) if term.isascii() else ""
        if len(key) >= SOUND_MINIMUM_CONSONANTS:
            sounds.add(key, number)
    automaton = b""
    if patterns:
        automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(patterns)).serialize()
    near_hashes, near_numbers = near.sorted()
    sound_hashes, sound_numbers = sounds.sorted()
    return IndexParts(
        automaton,
        array("I", patterns.values()).tobytes(),
        *_strings(ordered),
        *_strings(words),
        near_hashes,
        near_numbers,
        sound_hashes,
        sound_numbers,
    )


def _take(patterns: dict[str, int], pattern: Pattern, number: int) -> None:
    packed = number << 2 | SPELLINGS.index(pattern.spelling)
    known = patterns.get(pattern.text)
    # A term's own words go before another's joined or romanised ones.
    if known is None or packed & 3 < known & 3:
        patterns[pattern.text] = packed


def _near_words(term: str) -> Iterator[str]:
    words = term.split()
    for word in {*words, "".join(words)}:
        if TOKEN_MINIMUM_CHARACTERS <= len(word) <= NEAR_MAXIMUM_CHARACTERS and word.isalpha():
            yield word


class _Pairs:
    """Hashed keys with numbers, gathered to be sorted."""

    def __init__(self) -> None:
        self._packed = array("Q")

    def add(self, key: str, number: int) -> None:
        self._packed.append(crc32(key.encode()) << 32 | number)

    def sorted(self) -> tuple[bytes, bytes]:
        packed = np.sort(np.frombuffer(self._packed, dtype=np.uint64))
        low = np.uint64(0xFFFFFFFF)
        keys, numbers = packed >> np.uint64(32), packed & low
        return keys.astype(np.uint32).tobytes(), numbers.astype(np.uint32).tobytes()


def _strings(texts: list[str]) -> tuple[bytes, bytes]:
    ends = array("I")
    encoded = [text.encode() for text in texts]
    total = 0
    for each in encoded:
        total += len(each)
        ends.append(total)
    return b"".join(encoded), ends.tobytes()
