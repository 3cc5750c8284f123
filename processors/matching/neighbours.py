"""Neighbouring stretches of a title: what two are together, and whether all is as it is written."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from processors.matching.chunks import NEAR_MINIMUM, Chunk, ChunkReader, Resolved
from processors.matching.disguises import Reading
from processors.matching.index import NEAR_MAXIMUM_CHARACTERS
from processors.matching.layers import Layers
from processors.matching.near_keys import joined_hashes

MEMO_ENTRIES = 300_000
PAIR_MINIMUM = 8


_Pair = tuple[str, str]


class _Pairs(NamedTuple):
    quiet: set[_Pair]
    loud: set[_Pair]


class NeighbourReader:
    """Reads pairs of stretches, and remembers in which there is nothing to be read otherwise.

    Such a pair is quiet. In a title of quiet pairs no term can be found but as it is written: that
    is told from the memory alone, without a look at each stretch.
    """

    def __init__(self, layers: Layers, reader: ChunkReader) -> None:
        self._layers = layers
        self._reader = reader
        self.forget()

    def forget(self) -> None:
        """Forget what was read, as the terms have changed."""
        self._pairs = _Pairs(set(), set())
        self._whole_pairs = _Pairs(set(), set())
        self._readings: dict[_Pair, tuple[Resolved, ...]] = {}

    def loud(self, texts: list[str], whole: bool) -> list[int]:
        """Give the places of the pairs that may hide a term: each is a stretch and the next one.

        `whole` tells that the stretches are all of the title, with spaces only between them.
        The last one's neighbour is empty, so that it is looked at when it is the only one.
        """
        pairs = list(pairwise([*texts, ""]))
        quiet, loud = self._whole_pairs if whole else self._pairs
        if quiet.issuperset(pairs):
            return []
        if len(quiet) + len(loud) >= MEMO_ENTRIES:
            quiet.clear()
            loud.clear()
        for first, second in pairs:
            if (first, second) not in quiet and (first, second) not in loud:
                one, other = self._reader.read(first), self._reader.read(second)
                # The texts remembered for the stretches are kept once.
                pair = one.text, other.text
                (quiet if self._is_quiet(one, other, whole) else loud).add(pair)
        return [at for at, pair in enumerate(pairs) if pair in loud]

    def pair(self, first: Chunk, second: Chunk) -> tuple[Resolved, ...]:
        """Give what two stretches that follow one another may be read as together."""
        if (first.common and second.common) or not second.text:
            return ()
        pair = first.text, second.text
        found = self._readings.get(pair)
        if found is None:
            found = self._reader.resolved(self._read_pair(first.folded, second.folded))
            if found:
                if len(self._readings) >= MEMO_ENTRIES:
                    self._readings = {}
                self._readings[pair] = found
        return found

    def _is_quiet(self, first: Chunk, second: Chunk, whole: bool) -> bool:
        if first.sounds or second.sounds:
            return False
        joined = self.pair(first, second)
        if not (first.readings or second.readings or joined):
            return True
        terms = {t for each in (*first.readings, *second.readings, *joined) for t in each.terms}
        if terms and not (whole and terms <= self._terms_as_written(first, second)):
            return False
        may_adjoin = self._layers.may_adjoin
        if any(self._layers.may_be_beside_others(reading.text) for reading in joined):
            return False
        forms = [second.folded, *(reading.text for reading in second.readings)]
        return not any(
            may_adjoin(reading.text, form) for reading in first.readings for form in forms
        ) and not any(may_adjoin(first.folded, form) for form in forms[1:])

    def _terms_as_written(self, first: Chunk, second: Chunk) -> set[str]:
        return {found.term for found in self._layers.find(f" {first.folded} {second.folded} ")}

    def _read_pair(self, first: str, second: str) -> Iterator[Reading]:
        first, second = first.replace(" ", ""), second.replace(" ", "")
        joined = first + second
        if not (NEAR_MINIMUM <= len(joined) <= NEAR_MAXIMUM_CHARACTERS and joined.isalpha()):
            return
        if self._layers.is_token(joined):
            yield Reading(joined, "split_word")
        elif len(joined) >= PAIR_MINIMUM and joined.isascii():
            yield from self._reader.near(joined, hashes=joined_hashes(first, second))
