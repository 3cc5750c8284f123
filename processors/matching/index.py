"""An index of terms: one automaton for their spellings, and keys for near and like-sounding ones.

An index never changes. It is plain bytes, so that another process can build it and this one read
it in a moment; what changed since stands in small ones beside it (processors/matching/matcher.py).
The automaton is daachorse's, by measurement (docs/decisions/0007-matching.md).
"""

from array import array
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import daachorse
from rapidfuzz.distance import Indel

from processors.matching.hits import Hit
from processors.matching.near_keys import near_hashes, sparse_hashes
from processors.matching.packed import (
    BucketPacker,
    KeyFilter,
    PackedBuckets,
    PackedStrings,
    key_hash,
    pack_filter,
    pack_strings,
)
from processors.matching.sounds import sound_key, sound_of
from processors.matching.terms import Pattern, Spelling, bordered, patterns_of

SPELLINGS: tuple[Spelling, ...] = (
    "exact",
    "joined",
    "variant",
    "romanised",
    "kana",
    "homophone",
)
SPELLING_BITS = 3
SPELLING_MASK = (1 << SPELLING_BITS) - 1
TOKEN_MINIMUM_CHARACTERS = 3
NEAR_MAXIMUM_CHARACTERS = 24
SOUND_MINIMUM_CONSONANTS = 3
MAXIMUM_SOUND_BUCKET = 32
MAXIMUM_BUCKET = 200
"""Entries looked at under one key: a key shared by more tells too little."""

MAXIMUM_SHARED_BUCKET = 4_096
"""The same for keys of words of which letters are missing, which are looked up seldom."""

MEMO_ENTRIES = 65_536

_make = tuple.__new__


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
    near_starts: bytes
    near_filter: bytes
    adjoining_filter: bytes
    sound_hashes: bytes
    sound_terms: bytes
    sound_starts: bytes
    sound_text: bytes
    sound_ends: bytes


class TermIndex:
    """Terms by their spellings, near spellings and sounds."""

    def __init__(self, parts: IndexParts) -> None:
        make = daachorse.CharwiseDoubleArrayAhoCorasick.deserialize
        self._find = make(parts.automaton).find_overlapping if parts.automaton else None
        self._pattern_terms = memoryview(parts.pattern_terms).cast("I")
        self._patterns: dict[int, tuple[str, Spelling, bool, bool]] = {}
        self._terms = PackedStrings(parts.term_text, parts.term_ends)
        self._tokens = PackedStrings(parts.token_text, parts.token_ends)
        self._near = PackedBuckets(parts.near_hashes, parts.near_tokens, parts.near_starts)
        self._near_filter = KeyFilter(parts.near_filter)
        self._adjoining_filter = KeyFilter(parts.adjoining_filter)
        self._sounds = PackedBuckets(parts.sound_hashes, parts.sound_terms, parts.sound_starts)
        self._term_sounds = PackedStrings(parts.sound_text, parts.sound_ends)

    def __len__(self) -> int:
        return len(self._terms)

    def __contains__(self, term: str) -> bool:
        return any(
            hit.spelling == "exact" and hit.term == term for hit in self.find(bordered(term))
        )

    def find(self, bordered_text: str) -> list[Hit]:
        """Return all spellings in folded text that has a space at each end, places without
        these.
        """
        if self._find is None:
            return []
        patterns = self._patterns
        hits = []
        for begin, end, number in self._find(bordered_text):
            known = patterns.get(number)
            if known is None:
                known = self._remember(number, bordered_text[begin:end])
            term, spelling, border_before, border_after = known
            first, last = begin + border_before - 1, end - border_after - 1
            # A third of the time that the class's own constructor takes.
            hits.append(_make(Hit, (term, spelling, "none", "folded", first, last, 1.0)))
        return hits

    def _remember(self, number: int, pattern: str) -> tuple[str, Spelling, bool, bool]:
        if len(self._patterns) >= MEMO_ENTRIES:
            self._patterns = {}
        packed = self._pattern_terms[number]
        term, spelling = self._terms[packed >> SPELLING_BITS], SPELLINGS[packed & SPELLING_MASK]
        known = term, spelling, pattern[0] == " ", pattern[-1] == " "
        self._patterns[number] = known
        return known

    @property
    def hashes(self) -> Iterable[int]:
        """The hashes of all near spellings' keys."""
        return self._near.hashes

    def possible(self, hashes: Iterable[int]) -> list[int]:
        """Return those of near spellings' hashes that may be there, and all that are."""
        return self._near_filter.passing(hashes)

    def near_tokens(self, hashes: Iterable[int]) -> set[str]:
        """Return words of terms under hashes: those that may differ by one letter."""
        tokens, get = self._tokens, self._near.get
        return {tokens[number] for each in hashes for number in get(each, MAXIMUM_BUCKET)}

    def tokens_under(self, hashed: int) -> list[str]:
        """Return words of terms under a key that many may share."""
        return [self._tokens[number] for number in self._near.get(hashed, MAXIMUM_SHARED_BUCKET)]

    def is_token(self, word: str, hashed: int) -> bool:
        """Tell whether a word, of this hash, is one of a term's, or a term without its spaces."""
        return any(
            self._tokens[number] == word for number in self._near.get(hashed, MAXIMUM_BUCKET)
        )

    def may_adjoin(self, hashed: int) -> bool:
        """Tell whether two words in Latin letters may follow one another in a term."""
        return bool(self._adjoining_filter.passing((hashed,)))

    def like_sounding(self, sound: str, least: float) -> Iterator[tuple[str, float]]:
        """Return terms whose sound is at least so similar, 0 to 1, and how similar."""
        for number in self._sounds.get(key_hash(sound_key(sound)), MAXIMUM_SOUND_BUCKET):
            similarity = Indel.normalized_similarity(sound, self._term_sounds[number])
            if similarity >= least:
                yield self._terms[number], similarity


def build(terms: Iterable[str]) -> IndexParts:
    """Build the index of distinct terms; the same parts for the same terms in any order."""
    ordered = sorted(set(terms))
    patterns: dict[str, int] = {}
    tokens: set[str] = set()
    for number, term in enumerate(ordered):
        for pattern in patterns_of(term):
            _take(patterns, pattern, number)
        tokens.update(_near_words(term))
    near = BucketPacker()
    words = sorted(tokens)
    for number, word in enumerate(words):
        for hashed in (*near_hashes(word), *sparse_hashes(word)):
            near.add(hashed, number)
    sounds = BucketPacker()
    # Other scripts' words are compared with Latin marks only.
    term_sounds = [sound_of(term) if term.isascii() else "" for term in ordered]
    for number, sound in enumerate(term_sounds):
        key = sound_key(sound)
        if len(key) >= SOUND_MINIMUM_CONSONANTS:
            sounds.add(key_hash(key), number)
    automaton = b""
    if patterns:
        automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(patterns)).serialize()
    near_parts = near.pack()
    return IndexParts(
        automaton,
        array("I", patterns.values()).tobytes(),
        *pack_strings(ordered),
        *pack_strings(words),
        *near_parts,
        pack_filter(near_parts[0]),
        pack_filter(array("I", sorted(set(_adjoining(patterns)))).tobytes()),
        *sounds.pack(),
        *pack_strings(term_sounds),
    )


def _take(patterns: dict[str, int], pattern: Pattern, number: int) -> None:
    packed = number << SPELLING_BITS | SPELLINGS.index(pattern.spelling)
    known = patterns.get(pattern.text)
    # A term's own words go before another's joined or romanised ones.
    if known is None or packed & SPELLING_MASK < known & SPELLING_MASK:
        patterns[pattern.text] = packed


def _near_words(term: str) -> Iterator[str]:
    words = term.split()
    for word in {*words, "".join(words)}:
        if TOKEN_MINIMUM_CHARACTERS <= len(word) <= NEAR_MAXIMUM_CHARACTERS and word.isalpha():
            yield word


def adjoining_hash(first: str, second: str) -> int:
    """Return the hash of two words that follow one another."""
    return key_hash(f"{first} {second}")


def _adjoining(patterns: Iterable[str]) -> Iterator[int]:
    """Return the hashes of words that stand side by side, and of each with any other."""
    for pattern in patterns:
        for first, second in pairwise(pattern.split()):
            yield adjoining_hash(first, "")
            yield adjoining_hash("", second)
            if first.isascii() and second.isascii():
                yield adjoining_hash(first, second)
