"""Finds marks' terms in titles: as they are, disguised, misspelt, or written as they sound."""

from collections.abc import Iterable

from rapidfuzz.distance import OSA

from processors.matching.alternatives import Alternatives, Span, places
from processors.matching.chunks import Chunk, ChunkReader
from processors.matching.folding import fold
from processors.matching.gaps import across_gaps, spaced_letters
from processors.matching.hits import Hit
from processors.matching.index import Found, TermIndex
from processors.matching.layers import Layers

DISGUISED_MINIMUM = 4
"""A shorter word in disguise may be anything."""


class Matcher:
    """Searches titles for a set of terms, which may change between two of them."""

    def __init__(self, base: TermIndex | None = None) -> None:
        self._layers = Layers(base)
        self._reader = ChunkReader(self._layers)

    def __len__(self) -> int:
        return len(self._layers)

    @property
    def changed_terms(self) -> int:
        """Terms that changed since the base was built, more or less."""
        return self._layers.changed_terms

    def change(self, added: Iterable[str], removed: Iterable[str]) -> None:
        """Add terms and take others out; its cost goes with the number of these terms."""
        self._layers.change(added, removed)
        self._reader.forget()

    def replace_base(
        self, base: TermIndex, added: Iterable[str] = (), removed: Iterable[str] = ()
    ) -> None:
        """Take another base, with what changed after it was begun."""
        self._layers.replace_base(base, added, removed)
        self._reader.forget()

    def find(self, title: str) -> list[Hit]:
        """Give every term found, each once for a place, the plainest spelling of it."""
        folded = fold(title)
        hits = [
            Hit(term, found.spelling, "none", "folded", found.begin - 1, found.end - 1, 1.0)
            for term, found in self._layers.lookup(f" {folded} ")
        ]
        chunks = self._reader.chunks(title)
        alternatives = self._alternatives(chunks)
        if alternatives.parts or any(chunk.sounds for chunk in chunks):
            hits += self._read_otherwise(title, chunks, alternatives, hits)
        hits += spaced_letters(title, self._layers.lookup)
        if not title.isascii():
            hits += across_gaps(title, folded, self._layers.lookup)
        return hits

    def _alternatives(self, chunks: list[Chunk]) -> Alternatives:
        """Give all other readings of the stretches, each amid its neighbours."""
        alternatives = Alternatives(chunks)
        before: Chunk | None = None
        for at, chunk in enumerate(chunks):
            if chunk.readings:
                for reading in chunk.readings:
                    alternatives.add(at, at, reading)
            if before is not None and not (before.common and chunk.common):
                for reading in self._reader.pair(before.folded, chunk.folded):
                    alternatives.add(at - 1, at, reading)
            before = chunk
        return alternatives

    def _read_otherwise(
        self, title: str, chunks: list[Chunk], alternatives: Alternatives, plain: list[Hit]
    ) -> list[Hit]:
        """Search again with each disguised or misspelt stretch read as what it may mean."""
        where = places(title, chunks)
        text = alternatives.text
        taken = {hit.term for hit in plain}
        best: dict[tuple[str, int], Hit] = {}
        for term, found in self._layers.lookup(text) if text else ():
            for span in alternatives.spans:
                if found.begin < span.end and found.end > span.begin:
                    hit = _alternative_hit(chunks, where, span, term, found, text)
                    known = best.get((term, hit.begin))
                    if (
                        term not in taken
                        and found.spelling != "romanised"
                        and found.end - found.begin >= DISGUISED_MINIMUM
                        and (known is None or known.similarity < hit.similarity)
                    ):
                        best[term, hit.begin] = hit
                    break
        for chunk, (begin, end) in zip(chunks, where, strict=True):
            for term, similarity in chunk.sounds:
                hit = Hit(term, "exact", "sound", "title", begin, end, similarity)
                if term not in taken:
                    best.setdefault((term, begin), hit)
        return list(best.values())


def _alternative_hit(
    chunks: list[Chunk],
    where: list[tuple[int, int]],
    span: Span,
    term: str,
    found: Found,
    text: str,
) -> Hit:
    similarity = 1.0
    if span.trick == "near":
        written = "".join(chunk.folded for chunk in chunks[span.first : span.last + 1])
        meant = text[span.begin : span.end]
        similarity = OSA.normalized_similarity(written, meant)
    begin, end = where[span.first][0], where[span.last][1]
    return Hit(term, found.spelling, span.trick, "title", begin, end, similarity)
