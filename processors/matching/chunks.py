"""The stretches of a title, and what each may be read as other than as it is."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from processors.matching.compounds import glued
from processors.matching.discarded import Discarded
from processors.matching.disguises import Reading, Trick, letter_pairs, readings
from processors.matching.folding import fold, is_unspaced
from processors.matching.hits import Hit
from processors.matching.layers import Layers
from processors.matching.near_keys import (
    SPARSE_MINIMUM_CONSONANTS,
    SPARSE_MINIMUM_LETTERS,
    consonants_hash,
    consonants_of,
    ends_hash,
    near_hashes,
    single_letters,
)
from processors.matching.sounds import sound_of
from processors.matching.vocabulary import (
    common_words,
    is_common_word,
    known_words,
    renowned_words,
)

MEMO_ENTRIES = 100_000
MAXIMUM_CHUNKS = 60
"""Stretches of one title looked at: a bound on its cost."""

MAXIMUM_PIECES = 6
MAXIMUM_NEAR = 4
NEAR_MINIMUM = 5
DISGUISED_MINIMUM = 4
"""A shorter word in disguise may be anything."""

CHANGED_MINIMUM = 2
"""Letters of a word of a name of which one may differ."""

FEW_TOKENS = 4
MANY_TERMS = 1_000
"""From here on most words come near some term, so the vocabulary is asked first."""

NEAR_SIMILARITY = 0.8
SOUND_SIMILARITY = 0.82
SOUND_MINIMUM = 5
SOUND_DIFFERENCE = 3

_CHUNK = re.compile(
    r"[^\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+|[\u30a1-\u30ff]+|[\uac00-\ud7a3]+"
)
_WORDS_OF_A_LETTER = ("a", "i")
_JOINTS = re.compile(r"[-/&,.;:|]+")


class WordReading(NamedTuple):
    """A reading made of words of terms, with the terms that are found in it by itself.

    `similarity` is that to what is written, 0 to 1. `may_have_neighbours` tells whether a term may
    hold words beside it.
    """

    text: str
    trick: Trick
    found: tuple[Hit, ...]
    similarity: float
    may_have_neighbours: bool


class Chunk(NamedTuple):
    """A stretch of a title without spaces: its words, and what else it may be read as."""

    text: str
    folded: str
    common: bool
    readings: tuple[WordReading, ...]
    sounds: tuple[tuple[str, float], ...]


def stretches(title: str) -> list[str]:
    """Return the stretches of a title that may be read otherwise, so many at most."""
    texts = title.split() if title.isascii() else _CHUNK.findall(title)
    return texts[:MAXIMUM_CHUNKS]


class ChunkReader:
    """Reads stretches against the terms of some layers, and remembers what it read."""

    def __init__(self, layers: Layers, discarded: Discarded) -> None:
        self._layers = layers
        self._discarded = discarded
        # Plain tuples: a garbage collection does not look into them, and there are many.
        self._memo: dict[str, tuple[Any, ...]] = {}

    def forget(self) -> None:
        """Forget what was read, as the terms have changed."""
        self._discarded.add(self._memo)
        self._memo = {}

    def read(self, text: str) -> Chunk:
        """Return a stretch with all that it may be read as."""
        known = self._memo.get(text)
        if known is not None:
            return tuple.__new__(Chunk, known)
        if len(self._memo) >= MEMO_ENTRIES:
            self.forget()
        chunk = self._chunk(text)
        self._memo[text] = tuple(chunk)
        return chunk

    def resolved(
        self, readings: Sequence[Reading], written: str, words: int = 1
    ) -> tuple[WordReading, ...]:
        """Return readings of so many words as they are written, each once, with what is found."""
        if not readings:
            return ()
        return tuple(self._resolved(each, written, words) for each in dict.fromkeys(readings))

    def _resolved(self, reading: Reading, written: str, words: int) -> WordReading:
        text, trick = reading
        # What differs from a name twice, in its letters and its spaces, is another name.
        whole = trick in ("near", "vowels")
        return WordReading(
            text,
            trick,
            tuple(
                each
                for each in self._layers.find(f" {text} ")
                if tells_disguised(each, trick)
                and (not whole or each.spelling == "exact" or each.term.count(" ") + 1 == words)
                and (not whole or _differ_in_long_words(written, each.term))
            ),
            _similarity(written, text) if trick == "near" else 1.0,
            self._layers.may_have_neighbours(text),
        )

    def _chunk(self, text: str) -> Chunk:
        folded = fold(text)
        common = _says_itself(folded) or not folded.replace(" ", "").isalpha()
        if is_unspaced(folded):
            return Chunk(text, folded, True, (), tuple(self._sounds(folded)))
        found = [each for reading in readings(text) for each in self._words(reading)]
        if folded.isalpha() and folded.isascii() and not common:
            found += [each for pair in letter_pairs(folded) for each in self._words(pair)]
            found += self._near(folded, True)
            found += self._without_vowels(folded)
            found += self._glued(text, folded)
        elif " " in folded:
            found += self._pieces(text)
            joined = folded.replace(" ", "")
            if joined.isascii() and joined.isalpha() and len(joined) >= NEAR_MINIMUM:
                found += self._near(joined)
            if joined.isascii() and joined.isalpha():
                found += self._without_vowels(joined)
        sounds = () if folded.isascii() else tuple(self._sounds(folded))
        words = folded.count(" ") + 1
        return Chunk(text, folded, common, self.resolved(found, folded, words), sounds)

    def _pieces(self, text: str) -> Iterator[Reading]:
        """Return what a stretch may be read as with one of its parts read otherwise."""
        pieces = _JOINTS.split(text)
        for at, piece in enumerate(pieces[:MAXIMUM_PIECES] if len(pieces) > 1 else ()):
            plain = fold(piece)
            found = [each for reading in readings(piece) for each in self._words(reading)]
            if plain.isascii() and plain.isalpha() and len(plain) >= NEAR_MINIMUM:
                found += self._near(plain, True)
                found += self._glued(piece, plain)
            if plain.isascii() and plain.isalpha():
                found += self._without_vowels(plain)
            for reading in found:
                whole = fold(" ".join([*pieces[:at], reading.text, *pieces[at + 1 :]]))
                yield Reading(whole, reading.trick)

    def _words(self, reading: Reading) -> Iterator[Reading]:
        """Return a reading as words that stand in the index, masked letters filled in."""
        if reading.trick == "masked":
            yield from self._unmasked(reading.text)
        elif self._layers.is_token(reading.text):
            yield reading

    def _unmasked(self, masked: str) -> Iterator[Reading]:
        """Return words of terms that a word with masked letters may be, known names first."""
        if masked.count(".") == 1:
            tokens = self._layers.near_tokens(near_hashes(masked.replace(".", "")))
        elif "." not in (masked[0], masked[-1]) and len(masked) >= SPARSE_MINIMUM_LETTERS:
            tokens = self._layers.tokens_under(ends_hash(masked[0], masked[-1], len(masked)))
        else:
            tokens = set()
        pattern = re.compile(masked)
        found = [
            token
            for token in tokens
            # A sign behind a word tells of a note, and hides no plural.
            if pattern.fullmatch(token) and token != f"{masked[:-1]}s"
        ]
        found.sort(key=lambda token: (token not in renowned_words(), token))
        for token in found[:MAXIMUM_NEAR]:
            yield Reading(token, "masked")

    def _without_vowels(self, word: str) -> Iterator[Reading]:
        """Return words of terms that a word of consonants may be, known names first."""
        if len(word) < SPARSE_MINIMUM_CONSONANTS or consonants_of(word) != word:
            return
        found = self._layers.tokens_under(consonants_hash(word))
        ordered = sorted(found, key=lambda token: (token not in renowned_words(), token))
        for token in ordered[:MAXIMUM_NEAR]:
            yield Reading(token, "vowels")

    def _glued(self, text: str, folded: str) -> Iterable[Reading]:
        return () if folded in known_words() else glued(text, folded, self._layers.is_token)

    def _near(self, word: str, may_be_right: bool = False) -> Iterable[Reading]:
        """Return words of terms that a word may be a misspelling of; none for a word that is
        one.
        """
        if len(word) < NEAR_MINIMUM - 1:
            return ()
        if may_be_right and self._many_terms and word in known_words():
            return ()
        tokens = self._layers.near_tokens(near_hashes(word))
        found = () if word in tokens else self.nearest(word, tokens)
        # The vocabulary is asked last: a worker that never needs it does not load it.
        return () if found and may_be_right and word in known_words() else found

    def nearest(self, word: str, tokens: Collection[str]) -> tuple[Reading, ...]:
        """Return those of some words that another may be a misspelling of, the nearest first."""
        if len(tokens) > FEW_TOKENS:
            # One call for all takes less time than one for each.
            close = process.extract(
                word, list(tokens), scorer=OSA.distance, score_cutoff=2, limit=None
            )
            tokens = [token for token, _, _ in close]
        scored = []
        for token in tokens:
            longest = max(len(word), len(token))
            allowed = 1 if longest < 8 else 2
            distance = OSA.distance(word, token, score_cutoff=allowed)
            if not 0 < distance <= allowed:
                continue
            unlike = _looks_unlike(word, token)
            if unlike and (
                min(len(word), len(token)) < NEAR_MINIMUM - (longest >= NEAR_MINIMUM)
                or 1 - distance / longest < NEAR_SIMILARITY
            ):
                continue
            scored.append((distance, unlike, token))
        if not scored:
            return ()
        return tuple(Reading(token, "near") for _, _, token in sorted(scored)[:MAXIMUM_NEAR])

    @property
    def _many_terms(self) -> bool:
        return len(self._layers) >= MANY_TERMS

    def _sounds(self, word: str) -> Iterator[tuple[str, float]]:
        sound = sound_of(word)
        if len(sound) < SOUND_MINIMUM:
            return
        scored = {
            term: similarity
            for term, similarity in self._layers.like_sounding(sound, SOUND_SIMILARITY)
            if abs(len(term.replace(" ", "")) - len(sound)) <= SOUND_DIFFERENCE
        }
        best = sorted(scored.items(), key=lambda item: (-item[1], item[0]))
        yield from best[:MAXIMUM_NEAR]


def tells_disguised(found: Hit, trick: Trick) -> bool:
    """Tell whether what is found in another reading is enough to count."""
    if trick == "glued" and is_common_word(found.term):
        # That is the word that the name is written with.
        return False
    least = NEAR_MINIMUM if trick == "split_word" else DISGUISED_MINIMUM
    return found.spelling in ("exact", "joined") and found.end - found.begin >= least


def _says_itself(word: str) -> bool:
    """Tell whether a word is a common one, which no name is split into."""
    return word in common_words() and (len(word) > 1 or word in _WORDS_OF_A_LETTER)


def _similarity(written: str, text: str) -> float:
    return OSA.normalized_similarity(written if " " in text else written.replace(" ", ""), text)


def _differ_in_long_words(written: str, term: str) -> bool:
    """Tell whether no short word of a name is another: JC Collection is not JBC Collection."""
    words, others = written.split(" "), term.split(" ")
    return len(words) != len(others) or all(
        one == other or min(len(one), len(other)) >= CHANGED_MINIMUM
        for one, other in zip(words, others, strict=True)
    )


def _looks_unlike(word: str, token: str) -> int:
    """Return 0 where only doubled letters differ, 1 where the first letter is kept, else 2."""
    return 0 if single_letters(word) == single_letters(token) else 1 + (word[0] != token[0])
