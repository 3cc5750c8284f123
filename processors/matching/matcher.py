"""Finds marks' terms in titles: as they are, disguised, misspelt, or written as they sound."""

from collections.abc import Iterable

from rapidfuzz.distance import OSA

from processors.matching.alternatives import Alternatives, Span, places
from processors.matching.chunks import Chunk, ChunkReader, stretches, tells_disguised
from processors.matching.folding import fold_anew
from processors.matching.gaps import across_gaps, spaced_letters
from processors.matching.hits import Hit
from processors.matching.index import Found, TermIndex
from processors.matching.layers import Layers
from processors.matching.neighbours import NeighbourReader


class Matcher:
    """Searches titles for a set of terms, which may change between two of them."""

    def __init__(self, base: TermIndex | None = None) -> None:
        self._layers = Layers(base)
        self._reader = ChunkReader(self._layers)
        self._neighbours = NeighbourReader(self._layers, self._reader)

    def __len__(self) -> int:
        return len(self._layers)

    @property
    def changed_terms(self) -> int:
        """Terms that changed since the base was built, more or less."""
        return self._layers.changed_terms

    def change(self, added: Iterable[str], removed: Iterable[str]) -> None:
        """Add terms and take others out; its cost goes with the number of these terms."""
        self._layers.change(added, removed)
        self._forget()

    def replace_base(
        self, base: TermIndex, added: Iterable[str] = (), removed: Iterable[str] = ()
    ) -> None:
        """Take another base, with what changed after it was begun."""
        self._layers.replace_base(base, added, removed)
        self._forget()

    def _forget(self) -> None:
        self._reader.forget()
        self._neighbours.forget()

    def find(self, title: str) -> list[Hit]:
        """Give every term found, each once for a place, the plainest spelling of it."""
        folded = fold_anew(title)
        lookup = self._layers.find
        hits = [
            Hit(term, spelling, "none", "folded", begin - 1, end - 1, 1.0)
            for term, spelling, begin, end in lookup(f" {folded} ")
        ]
        texts, plain = stretches(title), title.isascii()
        loud = self._neighbours.loud(texts, plain)
        if loud:
            hits += self._read_otherwise(title, texts, loud, hits)
        hits += spaced_letters(title, lookup)
        if not plain:
            hits += across_gaps(title, folded, lookup)
        return hits

    def _read_otherwise(
        self, title: str, texts: list[str], loud: list[int], plain: list[Hit]
    ) -> list[Hit]:
        """Search again with each disguised or misspelt stretch read as what it may mean."""
        chunks = [self._reader.read(text) for text in texts]
        taken = frozenset([hit.term for hit in plain])
        alternatives = self._alternatives(chunks, loud, taken)
        text = alternatives.text
        found = self._layers.find(text) if text else []
        found = [each for each in found if each.term not in taken and tells_disguised(each)]
        sounds = any(chunks[at].sounds for at in loud)
        if not found and not sounds:
            return []
        where = places(title, texts)
        best: dict[tuple[str, int], Hit] = {}
        for each in found:
            span = alternatives.span_over(each.begin, each.end)
            if span is not None:
                hit = _alternative_hit(chunks, where, span, each, text)
                known = best.get((hit.term, hit.begin))
                if known is None or known.similarity < hit.similarity:
                    best[hit.term, hit.begin] = hit
        if sounds:
            for chunk, (begin, end) in zip(chunks, where, strict=True):
                for term, similarity in chunk.sounds:
                    hit = Hit(term, "exact", "sound", "title", begin, end, similarity)
                    if term not in taken:
                        best.setdefault((term, begin), hit)
        return list(best.values())

    def _alternatives(
        self, chunks: list[Chunk], loud: list[int], taken: frozenset[str]
    ) -> Alternatives:
        """Give the other readings of loud pairs' stretches, each amid its neighbours."""
        alternatives = Alternatives(chunks, self._layers, taken)
        done = -1
        for at in loud:
            for place in range(max(at, done + 1), min(at + 2, len(chunks))):
                for reading in chunks[place].readings:
                    alternatives.add(place, place, reading)
                done = place
            if at + 1 < len(chunks):
                for reading in self._neighbours.pair(chunks[at], chunks[at + 1]):
                    alternatives.add(at, at + 1, reading)
        return alternatives


def _alternative_hit(
    chunks: list[Chunk],
    where: list[tuple[int, int]],
    span: Span,
    found: Found,
    text: str,
) -> Hit:
    similarity = 1.0
    if span.trick == "near":
        written = "".join(chunk.folded for chunk in chunks[span.first : span.last + 1])
        meant = text[span.begin : span.end]
        similarity = OSA.normalized_similarity(written, meant)
    begin, end = where[span.first][0], where[span.last][1]
    return Hit(found.term, found.spelling, span.trick, "title", begin, end, similarity)
