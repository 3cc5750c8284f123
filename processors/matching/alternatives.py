"""The other readings of a title's stretches, put amid their neighbours to be searched."""

from typing import NamedTuple

from processors.matching.chunks import Chunk
from processors.matching.disguises import Reading, Trick

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

    def __init__(self, chunks: list[Chunk]) -> None:
        self._chunks = chunks
        self._plain: list[str] = []
        self._spoken: list[str] = []
        self._position = 0
        self.parts: list[str] = []
        self.spans: list[Span] = []

    def add(self, first: int, last: int, reading: Reading) -> None:
        """Add a reading of some chunks amid their neighbours."""
        if len(self.spans) >= MAXIMUM_ALTERNATIVES:
            return
        if not self._plain:
            self._plain = [chunk.folded for chunk in self._chunks]
            self._spoken = [
                chunk.readings[0].text if chunk.readings else chunk.folded for chunk in self._chunks
            ]
        self._add(first, last, reading, self._plain)
        near = slice(max(0, first - CONTEXT_CHUNKS), last + 1 + CONTEXT_CHUNKS)
        if first == last and self._plain[near] != self._spoken[near]:
            self._add(first, last, reading, self._spoken)

    def _add(self, first: int, last: int, reading: Reading, words: list[str]) -> None:
        before = " ".join(words[max(0, first - CONTEXT_CHUNKS) : first])
        after = " ".join(words[last + 1 : last + 1 + CONTEXT_CHUNKS])
        part = f" {before} {reading.text} {after} "
        begin = self._position + len(before) + 2
        end = begin + len(reading.text)
        self.spans.append(Span(begin, end, reading.trick, first, last))
        self.parts.append(part)
        self._position += len(part) + 1

    @property
    def text(self) -> str:
        """The text to be searched; empty for no other reading."""
        return "\n".join(self.parts)


def places(title: str, chunks: list[Chunk]) -> list[tuple[int, int]]:
    """Give where each stretch begins and ends in its title."""
    found = []
    position = 0
    for chunk in chunks:
        position = title.index(chunk.text, position)
        found.append((position, position + len(chunk.text)))
        position += len(chunk.text)
    return found
