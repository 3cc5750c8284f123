"""Neighbouring stretches of a title: what two are together, and whether all is as it is written."""

from collections.abc import Sequence
from itertools import compress, count
from typing import Literal, NamedTuple

from processors.matching.chunks import NEAR_MINIMUM, Chunk, ChunkReader, WordReading
from processors.matching.discarded import Discarded
from processors.matching.disguises import Reading
from processors.matching.index import NEAR_MAXIMUM_CHARACTERS
from processors.matching.layers import Layers
from processors.matching.near_keys import joined_hashes
from processors.matching.vocabulary import is_common_word, known_words

MEMO_ENTRIES = 200_000
PAIR_MINIMUM = 8
FRAGMENT_MAXIMUM, PIECE_MAXIMUM = 5, 3
SPLIT_MINIMUM = 4
"""Letters of a word that is split; one of so few counts only within a longer name."""


_Pair = tuple[str, str]
_Three = tuple[str, ...]


class SuspectPair(NamedTuple):
    """What a pair of stretches may be read as together, and whether its place in a title matters.

    `adjoining` tells that a term may hold words of both, one of them read otherwise. `terms` are
    all that may be found, where that does not depend on the rest of the title. `fragments` tells
    that a word may be split into these and a third one.
    """

    joined: tuple[WordReading, ...]
    adjoining: bool
    terms: frozenset[str] | None = None
    fragments: bool = False


_Pairs = dict[_Pair, SuspectPair | Literal[False]]
"""What pairs of stretches may be read as; False for nothing."""

_NOTHING = SuspectPair((), False, frozenset())


class NeighbourReader:
    """Reads pairs of stretches, and remembers in which there is nothing to be read otherwise.

    Such a pair is quiet. In a title of quiet pairs no term can be found but as it is written: that
    is told from the memory alone, without a look at each stretch.
    """

    def __init__(self, layers: Layers, reader: ChunkReader, discarded: Discarded) -> None:
        self._layers = layers
        self._reader = reader
        self._discarded = discarded
        self._pairs: _Pairs = {}
        self._whole_pairs: _Pairs = {}
        self._threes: dict[_Three, tuple[str, ...]] = {}

    def forget(self) -> None:
        """Forget what was read, as the terms have changed."""
        self._discarded.add(self._pairs)
        self._discarded.add(self._whole_pairs)
        self._discarded.add(self._threes)
        self._pairs, self._whole_pairs, self._threes = {}, {}, {}

    def suspect_pairs(self, texts: list[str], whole: bool) -> dict[int, SuspectPair]:
        """Return the pairs that may hide a term, by place: each is a stretch and the next one.

        `whole` tells that the stretches are all of the title, with spaces only between them.
        The last one's neighbour is empty, so that it is looked at when it is the only one.
        """
        pairs = list(zip(texts, [*texts[1:], ""], strict=False))
        # All of a title's pairs in one go, by the interpreter's own code.
        found = list(map((self._whole_pairs if whole else self._pairs).get, pairs))
        if None in found:
            for at, known in enumerate(found):
                if known is None:
                    found[at] = self._learn(pairs[at], whole)
        if not any(found):
            return {}
        return {at: known for at in compress(count(), found) if (known := found[at])}

    def _learn(self, pair: _Pair, whole: bool) -> SuspectPair | Literal[False]:
        """Find out what a pair may be read as; False for nothing."""
        if len(self._pairs) + len(self._whole_pairs) >= MEMO_ENTRIES:
            self.forget()
        first, second = self._reader.read(pair[0]), self._reader.read(pair[1])
        known = self._read(first, second, whole)
        if _are_fragments(first, second):
            known = (known or _NOTHING)._replace(fragments=True)
        memory = self._whole_pairs if whole else self._pairs
        # The texts remembered for the stretches are kept once.
        memory[first.text, second.text] = known or False
        return known or False

    def in_three(self, three: _Three) -> Sequence[str]:
        """Return the terms of one word that three stretches make together."""
        terms = self._threes.get(three)
        if terms is None:
            if len(self._threes) >= MEMO_ENTRIES:
                self.forget()
            terms = self._threes[three] = self._terms_in_three(three)
        return terms

    def _terms_in_three(self, three: _Three) -> tuple[str, ...]:
        folded = [self._reader.read(text).folded for text in three]
        word = "".join(folded)
        if len(folded) < 3 or not all(folded) or len(word) < NEAR_MINIMUM:
            return ()
        if not (word.isalpha() and self._layers.is_token(word)):
            return ()
        return tuple(
            found.term
            for found in self._layers.find(f" {word} ")
            if found.spelling == "exact" and found.end - found.begin == len(word)
        )

    def _read(self, first: Chunk, second: Chunk, whole: bool) -> SuspectPair | None:
        """Read a pair; None for a quiet one."""
        joined: tuple[WordReading, ...] = ()
        if not (first.common and second.common) and second.text:
            joined = self._joined(first.folded, second.folded)
        readings = (*first.readings, *second.readings, *joined)
        if not readings and not first.sounds and not second.sounds:
            return None
        adjoining = self._adjoining(first, second)
        if adjoining or first.sounds or second.sounds:
            return SuspectPair(joined, adjoining)
        if any(reading.may_have_neighbours for reading in joined):
            return SuspectPair(joined, adjoining)
        terms = {found.term for reading in readings for found in reading.found}
        if terms and not (whole and terms <= self._terms_as_written(first, second)):
            return SuspectPair(joined, adjoining, frozenset(terms))
        return None

    def _adjoining(self, first: Chunk, second: Chunk) -> bool:
        ones = [each.text for each in first.readings if each.may_have_neighbours]
        others = [each.text for each in second.readings if each.may_have_neighbours]
        may_adjoin = self._layers.may_adjoin
        return any(
            may_adjoin(one, other) for one in ones for other in (second.folded, *others)
        ) or any(may_adjoin(first.folded, other) for other in others)

    def _terms_as_written(self, first: Chunk, second: Chunk) -> set[str]:
        return {found.term for found in self._layers.find(f" {first.folded} {second.folded} ")}

    def _joined(self, one: str, other: str) -> tuple[WordReading, ...]:
        """Return what two stretches that follow one another may be read as together."""
        inner = self._inner(one, other) if " " in one or " " in other else ()
        first, second = one.replace(" ", ""), other.replace(" ", "")
        word = first + second if first and second else ""
        if not (SPLIT_MINIMUM <= len(word) <= NEAR_MAXIMUM_CHARACTERS and word.isalpha()):
            return self._reader.resolved(inner, one + other)
        readings = inner
        if self._layers.is_token(word) and not self._is_as_written(one, other):
            readings = (Reading(word, "split_word"), *inner)
        elif (
            len(word) >= PAIR_MINIMUM
            and word.isascii()
            # Two words of a term are found as they are, or are not side by side.
            and not self._layers.are_neighbours(one.rpartition(" ")[2], other.partition(" ")[0])
        ):
            tokens = self._layers.near_tokens(joined_hashes(first, second))
            readings = (*self._reader.nearest(word, tokens), *inner) if tokens else inner
        return self._reader.resolved(readings, f"{one} {other}", f"{one} {other}".count(" ") + 1)

    def _inner(self, one: str, other: str) -> tuple[Reading, ...]:
        """Return what the words that meet are together, where others are joined to them."""
        first, second = one.rpartition(" ")[2], other.partition(" ")[0]
        word = first + second
        split = first and second and not (is_common_word(first) and is_common_word(second))
        long_enough = NEAR_MINIMUM <= len(word) <= NEAR_MAXIMUM_CHARACTERS
        if split and long_enough and word.isalpha() and self._layers.is_token(word):
            together = self._layers.are_neighbours(first, second)
            return () if together else (Reading(word, "split_word"),)
        return ()

    def _is_as_written(self, one: str, other: str) -> bool:
        """Tell whether two stretches side by side are a term as it is written."""
        if not self._layers.are_neighbours(one.rpartition(" ")[2], other.partition(" ")[0]):
            return False
        text = f"{one} {other}"
        return any(hit.end - hit.begin == len(text) for hit in self._layers.find(f" {text} "))


def _are_fragments(first: Chunk, second: Chunk) -> bool:
    """Tell whether two stretches may be pieces of a word: one odd, or a letter, and both short."""
    one, other = first.folded, second.folded
    if not (0 < len(one) <= FRAGMENT_MAXIMUM and 0 < len(other) <= FRAGMENT_MAXIMUM):
        return False
    if not (one.isalpha() and other.isalpha()):
        return False
    if len(one) == 1 or len(other) == 1 or not (first.common or second.common):
        return True
    odd = one if second.common else other
    return min(len(one), len(other)) <= PIECE_MAXIMUM and odd not in known_words()
