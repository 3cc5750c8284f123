"""The other readings of a title's stretches, put amid their neighbours to be searched."""

from typing import NamedTuple

from processors.matching.chunks import Chunk, Resolved
from processors.matching.disguises import Trick
from processors.matching.layers import Layers

MAXIMUM_ALTERNATIVES = 32
CONTEXT_CHUNKS = 4


class Span(NamedTuple):
    """Where a reading stands among the alternatives, and the chunks that it reads."""

    begin: int
    end: int
    trick: Trick
    first: int
    last: int


class Alternatives:
    """The text of other readings as it grows.

    Neighbours that are disguised too stand in their first reading as well, so that a mark of
    several words is found when each is disguised.
    """

    def __init__(self, chunks: list[Chunk], layers: Layers, taken: frozenset[str]) -> None:
        """`taken` are the terms found as they are written, which need no other reading."""
        self._layers = layers
        self._taken = taken
        self._plain = [chunk.folded for chunk in chunks]
        self._spoken = [
            chunk.readings[0].text if chunk.readings else chunk.folded for chunk in chunks
        ]
        self._position = 0
        self.parts: list[str] = []
        self.spans: list[Span] = []

    def add(self, first: int, last: int, reading: Resolved) -> None:
        """Add a reading of some chunks amid their neighbours, if a term may stand in it so."""
        if len(self.spans) >= MAXIMUM_ALTERNATIVES:
            return
        self._add(first, last, reading, self._plain)
        near = slice(max(0, first - CONTEXT_CHUNKS), last + 1 + CONTEXT_CHUNKS)
        if first == last and self._plain[near] != self._spoken[near]:
            self._add(first, last, reading, self._spoken)

    def _add(self, first: int, last: int, reading: Resolved, words: list[str]) -> None:
        before = words[max(0, first - CONTEXT_CHUNKS) : first]
        after = words[last + 1 : last + 1 + CONTEXT_CHUNKS]
        may_adjoin = self._layers.may_adjoin
        if not (
            not self._taken.issuperset(reading.terms)
            or (before and may_adjoin(before[-1], reading.text))
            or (after and may_adjoin(reading.text, after[0]))
        ):
            return
        lead = " ".join(before)
        part = f" {lead} {reading.text} {' '.join(after)} "
        begin = self._position + len(lead) + 2
        self.spans.append(Span(begin, begin + len(reading.text), reading.trick, first, last))
        self.parts.append(part)
        self._position += len(part) + 1

    @property
    def text(self) -> str:
        """The text to be searched; empty for no other reading."""
        return "\n".join(self.parts)

    def span_over(self, begin: int, end: int) -> Span | None:
        """Give the first reading that a stretch of the text lies over, at least in part."""
        for span in self.spans:
            if begin < span.end and end > span.begin:
                return span
        return None


def places(title: str, texts: list[str]) -> list[tuple[int, int]]:
    """Give where each stretch begins and ends in its title."""
    found = []
    position = 0
    for text in texts:
        position = title.index(text, position)
        found.append((position, position + len(text)))
        position += len(text)
    return found
