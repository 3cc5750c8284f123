"""The stretches of a title, and what each may be read as other than as it is."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from rapidfuzz.distance import OSA, Indel

from processors.matching.disguises import Reading, letter_pairs, readings
from processors.matching.folding import fold, is_unspaced
from processors.matching.index import NEAR_MAXIMUM_CHARACTERS, single_letters
from processors.matching.layers import Layers
from processors.matching.sounds import sound_of
from processors.matching.vocabulary import common_words, known_words

MEMO_ENTRIES = 200_000
MAXIMUM_CHUNKS = 60
"""Stretches of one title looked at: a bound on its cost."""

MAXIMUM_PIECES = 6
MAXIMUM_NEAR = 4
PAIR_MINIMUM = 8
NEAR_MINIMUM = 5
NEAR_SIMILARITY = 0.8
SOUND_SIMILARITY = 0.82
SOUND_MINIMUM = 5
SOUND_DIFFERENCE = 3

_CHUNK = re.compile(
    r"[^\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+|[\u30a1-\u30ff]+|[\uac00-\ud7a3]+"
)
_JOINTS = re.compile(r"[-/&,.;:|]+")


class Chunk(NamedTuple):
    """A stretch of a title without spaces: its words, and what else it may be read as."""

    text: str
    folded: str
    common: bool
    readings: tuple[Reading, ...]
    sounds: tuple[tuple[str, float], ...]


class ChunkReader:
    """Reads stretches against the terms of some layers, and remembers what it read."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self._memo: dict[str, Chunk] = {}
        self._pairs: dict[tuple[str, str], tuple[Reading, ...]] = {}

    def forget(self) -> None:
        """Forget what was read, as the terms have changed."""
        # Emptied in one step each, as another thread may be searching.
        self._memo = {}
        self._pairs = {}

    def chunks(self, title: str) -> list[Chunk]:
        """Give the stretches of a title."""
        memo = self._memo
        if len(memo) > MEMO_ENTRIES:
            memo.clear()
        texts = title.split() if title.isascii() else _CHUNK.findall(title)
        chunks = []
        for text in texts[:MAXIMUM_CHUNKS]:
            chunk = memo.get(text)
            if chunk is None:
                chunk = memo[text] = self._chunk(text)
            chunks.append(chunk)
        return chunks

    def _chunk(self, text: str) -> Chunk:
        folded = fold(text)
        common = folded in common_words() or not folded.replace(" ", "").isalpha()
        if is_unspaced(folded):
            return Chunk(text, folded, True, (), tuple(self._sounds(folded)))
        found = [each for reading in readings(text) for each in self._resolved(reading)]
        if folded.isalpha() and folded.isascii() and not common:
            found += [each for pair in letter_pairs(folded) for each in self._resolved(pair)]
            found += self._near(folded, True)
        elif " " in folded:
            found += self._pieces(text)
            joined = folded.replace(" ", "")
            if joined.isascii() and joined.isalpha() and len(joined) >= NEAR_MINIMUM:
                found += self._near(joined)
        sounds = () if folded.isascii() else tuple(self._sounds(folded))
        return Chunk(text, folded, common, tuple(dict.fromkeys(found)), sounds)

    def _pieces(self, text: str) -> Iterator[Reading]:
        """Give what a stretch may be read as with one of its parts read otherwise."""
        pieces = _JOINTS.split(text)
        for at, piece in enumerate(pieces[:MAXIMUM_PIECES] if len(pieces) > 1 else ()):
            plain = fold(piece)
            found = [each for reading in readings(piece) for each in self._resolved(reading)]
            if plain.isascii() and plain.isalpha() and len(plain) >= NEAR_MINIMUM:
                found += self._near(plain, True)
            for reading in found:
                whole = fold(" ".join([*pieces[:at], reading.text, *pieces[at + 1 :]]))
                yield Reading(whole, reading.trick)

    def _resolved(self, reading: Reading) -> Iterator[Reading]:
        """Give a reading as words that stand in the index, masked letters filled in."""
        if reading.trick == "masked":
            pattern = re.compile(reading.text)
            for token in sorted(self._layers.near_tokens(reading.text.replace(".", ""))):
                if pattern.fullmatch(token):
                    yield Reading(token, "masked")
        elif self._layers.is_token(reading.text):
            yield reading

    def _near(self, word: str, may_be_right: bool = False) -> Iterator[Reading]:
        """Give words of terms that a word may be a misspelling of; none for a word that is one."""
        if len(word) < NEAR_MINIMUM - 1 or self._layers.is_token(word):
            return
        scored = []
        for token in self._layers.near_tokens(word):
            distance = OSA.distance(word, token, score_cutoff=2)
            longest = max(len(word), len(token))
            unlike = _looks_unlike(word, token)
            allowed = 1 if longest < 8 else 2
            if unlike and (
                min(len(word), len(token)) < NEAR_MINIMUM - (longest >= NEAR_MINIMUM)
                or 1 - distance / longest < NEAR_SIMILARITY
            ):
                continue
            if 0 < distance <= allowed:
                scored.append((distance, unlike, token))
        # The vocabulary is asked last: a worker that never needs it does not load it.
        if scored and may_be_right and word in known_words():
            return
        for _, _, token in sorted(scored)[:MAXIMUM_NEAR]:
            yield Reading(token, "near")

    def pair(self, first: str, second: str) -> tuple[Reading, ...]:
        """Give what two words that follow one another may be read as together."""
        pair = first, second
        found = self._pairs.get(pair)
        if found is None:
            if len(self._pairs) > MEMO_ENTRIES:
                self._pairs.clear()
            found = self._pairs[pair] = tuple(self._read_pair(first, second))
        return found

    def _read_pair(self, first: str, second: str) -> Iterator[Reading]:
        joined = (first + second).replace(" ", "")
        if not (NEAR_MINIMUM <= len(joined) <= NEAR_MAXIMUM_CHARACTERS and joined.isalpha()):
            return
        if self._layers.is_token(joined):
            yield Reading(joined, "split_word")
        elif len(joined) >= PAIR_MINIMUM and joined.isascii():
            yield from self._near(joined)

    def _sounds(self, word: str) -> Iterator[tuple[str, float]]:
        sound = sound_of(word)
        if len(sound) < SOUND_MINIMUM:
            return
        scored: dict[str, float] = {}
        for term in self._layers.like_sounding(sound):
            if abs(len(term.replace(" ", "")) - len(sound)) <= SOUND_DIFFERENCE:
                similarity = Indel.normalized_similarity(sound, sound_of(term))
                if similarity >= SOUND_SIMILARITY:
                    scored[term] = similarity
        best = sorted(scored.items(), key=lambda item: (-item[1], item[0]))
        yield from best[:MAXIMUM_NEAR]


def _looks_unlike(word: str, token: str) -> int:
    """Give 0 where only doubled letters differ, 1 where the first letter is kept, else 2."""
    return 0 if single_letters(word) == single_letters(token) else 1 + (word[0] != token[0])
