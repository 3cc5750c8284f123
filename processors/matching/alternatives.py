"""What a title's stretches may be read as, and the terms that are found so."""

import re

from processors.matching.chunks import ChunkReader, WordReading, tells_disguised
from processors.matching.folding import fold
from processors.matching.hits import Hit
from processors.matching.layers import Layers

MAXIMUM_SEARCHES = 32
CONTEXT_CHUNKS = 4
_WORDS = re.compile(r"\w+")


class Alternatives:
    """Other readings of a title, and the best hit for each term and place.

    A reading is searched for amid its neighbours where a term may hold both. Neighbours that are
    disguised too stand in their first reading as well, so that a mark of several words is found
    when each is disguised.
    """

    def __init__(
        self,
        layers: Layers,
        reader: ChunkReader,
        title: str,
        texts: list[str],
        taken: frozenset[str],
    ) -> None:
        """Begin with a title's stretches.

        `taken` are the terms found as they are written, which need no other reading.
        """
        self._layers = layers
        self._reader = reader
        self._title = title
        self._texts = texts
        self._taken = taken
        self._plain: list[str] = []
        self._spoken: list[str] = []
        self._searches = 0
        self._places: list[tuple[int, int]] = []
        self._best: dict[tuple[str, int], Hit] = {}

    @property
    def hits(self) -> list[Hit]:
        """What was found."""
        return list(self._best.values())

    def add(self, first: int, last: int, reading: WordReading, adjoining: bool) -> None:
        """Add what is found when some chunks are read otherwise.

        `adjoining` tells that a term may hold words of their neighbours too.
        """
        if first < last and not side_by_side(self._title, self._stretches(), first):
            return
        may_be_amid = adjoining and reading.may_have_neighbours
        if not may_be_amid or self._searches >= MAXIMUM_SEARCHES:
            self._take(first, last, reading, reading.found)
            return
        if not self._plain:
            chunks = [self._reader.read(text) for text in self._texts]
            self._plain = [chunk.folded for chunk in chunks]
            self._spoken = [
                chunk.readings[0].text if chunk.readings else chunk.folded for chunk in chunks
            ]
        self._take(first, last, reading, self._amid(first, last, reading, self._plain))
        near = slice(max(0, first - CONTEXT_CHUNKS), last + 1 + CONTEXT_CHUNKS)
        if first == last and self._plain[near] != self._spoken[near]:
            self._take(first, last, reading, self._amid(first, last, reading, self._spoken))

    def add_sounds(self, at: int, sounds: tuple[tuple[str, float], ...]) -> None:
        """Add the terms that a chunk sounds like."""
        for term, similarity in sounds:
            if term not in self._taken:
                begin, end = self._place(at, at)
                hit = Hit(term, "exact", "sound", "title", begin, end, similarity)
                self._best.setdefault((term, begin), hit)

    def _amid(
        self, first: int, last: int, reading: WordReading, words: list[str]
    ) -> tuple[Hit, ...]:
        """Search a reading amid its neighbours, if a term may hold any of them."""
        before = words[max(0, first - CONTEXT_CHUNKS) : first]
        after = words[last + 1 : last + 1 + CONTEXT_CHUNKS]
        may_adjoin = self._layers.may_adjoin
        if not (
            (before and may_adjoin(before[-1], reading.text))
            or (after and may_adjoin(reading.text, after[0]))
        ):
            return reading.found
        self._searches += 1
        lead = " ".join(before)
        begin = len(lead) + 1
        end = begin + len(reading.text)
        found = self._layers.find(f" {lead} {reading.text} {' '.join(after)} ")
        return tuple(
            each
            for each in found
            if each.begin < end and each.end > begin and tells_disguised(each, reading.trick)
        )

    def _take(self, first: int, last: int, reading: WordReading, found: tuple[Hit, ...]) -> None:
        for each in found:
            if each.term in self._taken:
                continue
            begin, end = self._place(first, last)
            if reading.trick == "split_word":
                begin, end = narrowed(self._title, begin, end, each.term)
            elif first == last and found is reading.found:
                begin, end = self._words_of(begin, end, reading.text, each)
            known = self._best.get((each.term, begin))
            if known is None or known.similarity < reading.similarity:
                self._best[each.term, begin] = Hit(
                    each.term, each.spelling, reading.trick, "title", begin, end, reading.similarity
                )

    def _place(self, first: int, last: int) -> tuple[int, int]:
        places = self._stretches()
        return places[first][0], places[last][1]

    def _words_of(self, begin: int, end: int, reading: str, hit: Hit) -> tuple[int, int]:
        """Return where the words of a hit stand, of a stretch that is read word for word."""
        words = list(_WORDS.finditer(self._title, begin, end))
        if len(words) < 2 or len(words) != reading.count(" ") + 1:
            return begin, end
        start, stop = reading.count(" ", 0, hit.begin), reading.count(" ", 0, hit.end)
        return words[start].start(), words[stop].end()

    def _stretches(self) -> list[tuple[int, int]]:
        if not self._places:
            self._places = stretch_places(self._title, self._texts)
        return self._places


def stretch_places(title: str, texts: list[str]) -> list[tuple[int, int]]:
    """Return where each stretch begins and ends in its title."""
    places = []
    position = 0
    for text in texts:
        begin = title.index(text, position)
        position = begin + len(text)
        places.append((begin, position))
    return places


def side_by_side(title: str, places: list[tuple[int, int]], at: int) -> bool:
    """Tell whether no letters of another script stand between a stretch and the next one."""
    return title[places[at][1] : places[at + 1][0]].isspace()


def narrowed(title: str, begin: int, end: int, term: str) -> tuple[int, int]:
    """Return the words at a place that make up a term; the whole place where none do."""
    letters = term.replace(" ", "")
    words = list(_WORDS.finditer(title, begin, end))
    for first in words:
        for last in reversed(words):
            start, stop = first.start(), last.end()
            if start < stop and fold(title[start:stop]).replace(" ", "") == letters:
                return start, stop
    return begin, end
