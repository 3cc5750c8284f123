"""Finds marks' terms in titles: as they are, disguised, misspelt, or written as they sound."""

from collections.abc import Iterable
from typing import Any

from processors.matching.alternatives import Alternatives
from processors.matching.chunks import ChunkReader, stretches
from processors.matching.discarded import Discarded
from processors.matching.folding import fold_anew
from processors.matching.gaps import across_gaps, spaced_letters
from processors.matching.hits import Hit
from processors.matching.index import TermIndex
from processors.matching.layers import Layers
from processors.matching.neighbours import Loud, NeighbourReader

MEMO_TITLES = 50_000
"""Most changes of a listing leave its title as it was."""

_make = tuple.__new__


class Matcher:
    """Searches titles for a set of terms, which may change between two of them."""

    def __init__(self, base: TermIndex | None = None) -> None:
        self._layers = Layers(base)
        self._discarded = Discarded()
        self._reader = ChunkReader(self._layers, self._discarded)
        self._neighbours = NeighbourReader(self._layers, self._reader, self._discarded)
        # Plain tuples: a garbage collection does not look into them, and there are many.
        self._memo: dict[str, tuple[tuple[Any, ...], ...]] = {}

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
        self._forget_titles()

    def _forget_titles(self) -> None:
        self._discarded.add(self._memo)
        self._memo = {}

    def find(self, title: str) -> list[Hit]:
        """Give every term found, each once for a place, the plainest spelling of it."""
        self._discarded.release()
        known = self._memo.get(title)
        if known is not None:
            return [_make(Hit, each) for each in known]
        if len(self._memo) >= MEMO_TITLES:
            self._forget_titles()
        hits = self._search(title)
        self._memo[title] = tuple([tuple(hit) for hit in hits])
        return hits

    def _search(self, title: str) -> list[Hit]:
        folded = fold_anew(title)
        lookup = self._layers.find
        hits = [
            # A third of the time that the class's own constructor takes.
            _make(Hit, (term, spelling, "none", "folded", begin - 1, end - 1, 1.0))
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
        self, title: str, texts: list[str], loud: dict[int, Loud], plain: list[Hit]
    ) -> list[Hit]:
        """Give what is found where stretches of loud pairs are read as what they may mean."""
        taken = frozenset([hit.term for hit in plain])
        alternatives = Alternatives(self._layers, self._reader, title, texts, taken)
        sounding = []
        places = [at for at in sorted({*loud, *(at + 1 for at in loud)}) if at < len(texts)]
        for at in places:
            before, after = loud.get(at - 1), loud.get(at)
            amid = bool((before and before.adjoining) or (after and after.adjoining))
            chunk = self._reader.read(texts[at])
            for reading in chunk.readings:
                alternatives.add(at, at, reading, amid)
            for reading in before.joined if before else ():
                alternatives.add(at - 1, at, reading, True)
            if chunk.sounds:
                sounding.append((at, chunk.sounds))
        for at, sounds in sounding:
            alternatives.add_sounds(at, sounds)
        return alternatives.hits
