"""An index of terms: their spellings, and keys for near and like-sounding ones.

An index never changes. It is plain bytes, so that another process can build it and all processes of
a host can read one file of it; what changed since stands in small ones beside it (layers.py).

Spellings that are whole words stand under their hashes (docs/decisions/0032-shared-index.md). For
those that may begin or end within a word, of scripts written without spaces, there is an automaton:
daachorse's, by measurement (docs/decisions/0007-matching.md).
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from operator import lt
from typing import NamedTuple

import daachorse
import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

from processors.matching.hits import Hit
from processors.matching.near_keys import near_hashes, sparse_hashes
from processors.matching.packed import (
    BucketPacker,
    KeyFilter,
    Packed,
    PackedBuckets,
    PackedStrings,
    key_hash,
    pack_filter,
    pack_strings,
)
from processors.matching.sounds import sound_key, sound_of
from processors.matching.terms import Pattern, Spelling, patterns_of

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


class IndexParts(NamedTuple):
    """An index as bytes, for a file or another process."""

    automaton: Packed
    inner_terms: Packed
    spelling_hashes: Packed
    spelling_terms: Packed
    spelling_starts: Packed
    spelling_filter: Packed
    adjoining_filter: Packed
    neighbour_filter: Packed
    term_text: Packed
    term_ends: Packed
    token_text: Packed
    token_ends: Packed
    near_hashes: Packed
    near_tokens: Packed
    near_starts: Packed
    near_filter: Packed
    sound_hashes: Packed
    sound_terms: Packed
    sound_starts: Packed
    sound_text: Packed
    sound_ends: Packed


class Found(NamedTuple):
    """A term by one of its spellings; `rank` is less for the plainer of two."""

    rank: int
    term: str
    spelling: Spelling


PlacedHit = tuple[int, int, Hit]
"""A hit behind the end and the beginning of its spelling, with the spaces that belong to it."""

new_tuple = tuple.__new__
"""Makes a hit in a third of the time that the class's own constructor takes."""


class TermIndex:
    """Terms by their spellings, near spellings and sounds."""

    def __init__(self, parts: IndexParts) -> None:
        make = daachorse.CharwiseDoubleArrayAhoCorasick.deserialize
        # The library takes bytes only, and makes an automaton of its own of them.
        automaton = bytes(parts.automaton)
        self._find = make(automaton).find_overlapping if automaton else None
        self._inner_terms = memoryview(parts.inner_terms).cast("I")
        self._inner: dict[int, tuple[str, Spelling, int, int]] = {}
        self._spellings = PackedBuckets(
            parts.spelling_hashes, parts.spelling_terms, parts.spelling_starts
        )
        self._spelling_filter = KeyFilter(parts.spelling_filter)
        self._adjoining_filter = KeyFilter(parts.adjoining_filter)
        self._neighbour_filter = KeyFilter(parts.neighbour_filter)
        self._terms = PackedStrings(parts.term_text, parts.term_ends)
        self._tokens = PackedStrings(parts.token_text, parts.token_ends)
        self._near = PackedBuckets(parts.near_hashes, parts.near_tokens, parts.near_starts)
        self._near_filter = KeyFilter(parts.near_filter)
        self._sounds = PackedBuckets(parts.sound_hashes, parts.sound_terms, parts.sound_starts)
        self._term_sounds = PackedStrings(parts.sound_text, parts.sound_ends)

    def __len__(self) -> int:
        return len(self._terms)

    def __contains__(self, term: str) -> bool:
        return self._terms.find(term) is not None

    def terms(self) -> Iterator[str]:
        """Return all terms, in order."""
        return map(self._terms.__getitem__, range(len(self._terms)))

    def spelled(self, words: str, hashed: int) -> Sequence[Found]:
        """Return the terms that whole words, of this hash, are a spelling of."""
        if not self._spelling_filter.passes(hashed):
            return ()
        numbers = self._spellings.get(hashed, len(self._spellings))
        return [
            found
            for found in map(self._found, numbers)
            if (found.spelling == "exact" and found.term == words)
            or Pattern(f" {words} ", found.spelling) in patterns_of(found.term)
        ]

    @property
    def has_inner(self) -> bool:
        """Whether any spelling may begin or end within a word."""
        return self._find is not None

    def spelled_within(self, text: str) -> list[PlacedHit]:
        """Return all spellings that may begin or end within a word, in order of their ends.

        Their places are those in the text without the spaces at its ends.
        """
        placed: list[PlacedHit] = []
        for begin, end, number in [] if self._find is None else self._find(text):
            found = self._inner.get(number)
            if found is None:
                if len(self._inner) >= MEMO_ENTRIES:
                    self._inner = {}
                _, term, spelling = self._found(self._inner_terms[number])
                found = term, spelling, (text[begin] == " ") - 1, (text[end - 1] == " ") + 1
                self._inner[number] = found
            term, spelling, before, behind = found
            place = (term, spelling, "none", "folded", begin + before, end - behind, 1.0)
            placed.append((end, begin, new_tuple(Hit, place)))
        return placed

    def _found(self, packed: int) -> Found:
        rank = packed & SPELLING_MASK
        return Found(rank, self._terms[packed >> SPELLING_BITS], SPELLINGS[rank])

    @property
    def hashes(self) -> Iterable[int]:
        """The hashes of all near spellings' keys."""
        return self._near.hashes

    def possible(self, hashes: Iterable[int]) -> list[int]:
        """Return those of near spellings' hashes that may be there, and all that are."""
        return self._near_filter.passing(hashes)

    def may_have(self, hashed: int) -> bool:
        """Tell whether a near spelling's hash may be there."""
        return self._near_filter.passes(hashed)

    def near_tokens(self, hashes: Iterable[int]) -> set[str]:
        """Return words of terms under hashes: those that may differ by one letter."""
        get = self._near.get
        # A word stands under many of its own keys, and is read once.
        numbers = {number for each in hashes for number in get(each, MAXIMUM_BUCKET)}
        return set(map(self._tokens.__getitem__, numbers))

    def tokens_under(self, hashed: int) -> list[str]:
        """Return words of terms under a key that many may share."""
        return [self._tokens[number] for number in self._near.get(hashed, MAXIMUM_SHARED_BUCKET)]

    def is_token(self, word: str, hashed: int) -> bool:
        """Tell whether a word, of this hash, is one of a term's, or a term without its spaces."""
        for number in self._near.get(hashed, MAXIMUM_BUCKET):
            if self._tokens[number] == word:
                return True
        return False

    def may_adjoin(self, hashed: int) -> bool:
        """Tell whether two words may follow one another in a spelling of a term."""
        return self._adjoining_filter.passes(hashed)

    def may_be_neighbours(self, hashed: int) -> bool:
        """Tell the same of two words in Latin letters, as titles are read by.

        Which readings are tried follows from it, also where it errs: so it stays as it is.
        """
        return self._neighbour_filter.passes_first(hashed)

    def like_sounding(self, sound: str, least: float) -> Iterator[tuple[str, float]]:
        """Return terms whose sound is at least so similar, 0 to 1, and how similar."""
        numbers = list(self._sounds.get(key_hash(sound_key(sound)), MAXIMUM_SOUND_BUCKET))
        sounds = [self._term_sounds[number] for number in numbers]
        # In the order of the terms, whatever the library's own is.
        similar = process.extract_iter(
            sound, sounds, scorer=Indel.normalized_similarity, score_cutoff=least
        )
        for _, similarity, at in similar:
            yield self._terms[numbers[at]], similarity


_Buckets = tuple[bytes, bytes, bytes]
_Strings = tuple[bytes, bytes]


def build(terms: Iterable[str]) -> IndexParts:
    """Build the index of terms; the same parts for the same terms in any order."""
    ordered = _in_order(terms)
    # One after another, as each takes much memory while it is made; the automaton the most.
    spellings = _spelling_parts(ordered)
    near, tokens = _near_parts(ordered)
    sounds, term_sounds = _sound_parts(ordered)
    return IndexParts(
        *spellings,
        *pack_strings(ordered),
        *tokens,
        *near,
        pack_filter(near[0]),
        *sounds,
        *term_sounds,
    )


def _in_order(terms: Iterable[str]) -> list[str]:
    ordered = list(terms)
    if all(map(lt, ordered, islice(ordered, 1, None))):
        # Spares a set of many millions.
        return ordered
    return sorted(set(ordered))


def _spelling_parts(
    terms: list[str],
) -> tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]:
    """Return an index's parts as far as the filters of words that stand side by side."""
    inner: dict[str, int] = {}
    whole = BucketPacker()
    adjoining, neighbours = array("I"), array("I")
    for number, term in enumerate(terms):
        for text, spelling in patterns_of(term):
            rank = SPELLINGS.index(spelling)
            packed = number << SPELLING_BITS | rank
            if text[0] == " " == text[-1]:
                whole.add(key_hash(text[1:-1]), packed)
            elif text not in inner or rank < inner[text] & SPELLING_MASK:
                # A term's own words go before another's romanised ones.
                inner[text] = packed
            for first, second in pairwise(text.split()):
                ends = adjoining_hash(first, ""), adjoining_hash("", second)
                pair = adjoining_hash(first, second)
                adjoining.extend((*ends, pair))
                neighbours.extend((*ends, pair) if first.isascii() and second.isascii() else ends)
    automaton = b""
    if inner:
        automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(inner)).serialize()
    packed_whole = whole.pack()
    return (
        automaton,
        array("I", inner.values()).tobytes(),
        *packed_whole,
        pack_filter(packed_whole[0]),
        pack_filter(_distinct(adjoining)),
        pack_filter(_distinct(neighbours), factors=(1,)),
    )


def _distinct(hashes: "array[int]") -> bytes:
    return np.unique(np.frombuffer(hashes, dtype=np.uint32)).tobytes()


def _near_parts(terms: list[str]) -> tuple[_Buckets, _Strings]:
    """Return the words that may be misspelt, under their keys and by number."""
    tokens: set[str] = set()
    for term in terms:
        tokens.update(_near_words(term))
    words = sorted(tokens)
    del tokens
    near = BucketPacker()
    for number, word in enumerate(words):
        for hashed in (*near_hashes(word), *sparse_hashes(word)):
            near.add(hashed, number)
    return near.pack(), pack_strings(words)


def _sound_parts(terms: list[str]) -> tuple[_Buckets, _Strings]:
    """Return how terms sound, under their keys and by number."""
    sounds = BucketPacker()
    # Other scripts' words are compared with Latin marks only.
    term_sounds = [sound_of(term) if term.isascii() else "" for term in terms]
    for number, sound in enumerate(term_sounds):
        key = sound_key(sound)
        if len(key) >= SOUND_MINIMUM_CONSONANTS:
            sounds.add(key_hash(key), number)
    return sounds.pack(), pack_strings(term_sounds)


def _near_words(term: str) -> Iterator[str]:
    words = term.split()
    for word in {*words, "".join(words)}:
        if TOKEN_MINIMUM_CHARACTERS <= len(word) <= NEAR_MAXIMUM_CHARACTERS and word.isalpha():
            yield word


def adjoining_hash(first: str, second: str) -> int:
    """Return the hash of two words that follow one another."""
    return key_hash(f"{first} {second}")
