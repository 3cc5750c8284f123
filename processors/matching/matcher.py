"""Finds marks' terms in titles: as they are, disguised, misspelt, or written as they sound."""

from collections.abc import Iterable, Iterator
from typing import Any

from processors.matching.alternatives import Alternatives, side_by_side, stretch_places
from processors.matching.chunks import ChunkReader, stretches
from processors.matching.discarded import Discarded
from processors.matching.folding import fold_anew, fold_unescaped
from processors.matching.gaps import across_gaps, spaced_letters
from processors.matching.hits import Hit
from processors.matching.index import TermIndex, new_tuple
from processors.matching.layers import Layers
from processors.matching.neighbours import NeighbourReader, SuspectPair
from processors.matching.spoken import has_spoken
from processors.matching.spoken_hits import by_sound
from processors.matching.unescaping import Unescaped, unescaped_with_offsets

MEMO_ENTRIES, MEMO_CHARACTERS = 20_000, 200
"""Titles whose hits are remembered, some 10 megabytes; longer ones are not."""


class Matcher:
    """Searches titles for a set of terms, which may change between two of them."""

    def __init__(self, base: TermIndex | None = None) -> None:
        self._discarded = Discarded()
        self._layers = Layers(base, self._discarded)
        self._reader = ChunkReader(self._layers, self._discarded)
        self._neighbours = NeighbourReader(self._layers, self._reader, self._discarded)
        # Plain tuples: a garbage collection does not look into them, and there are many.
        self._titles: dict[str, tuple[tuple[Any, ...], ...]] = {}

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

    def begin_base(self) -> None:
        """Know that another base is made of the terms as they are now."""
        self._layers.begin_base()

    def replace_base(
        self, base: TermIndex, added: Iterable[str] = (), removed: Iterable[str] = ()
    ) -> None:
        """Take another base, with what is to be there and what not beside it."""
        self._layers.replace_base(base, added, removed)
        self._forget()

    def _forget(self) -> None:
        self._reader.forget()
        self._neighbours.forget()
        self._forget_titles()

    def _forget_titles(self) -> None:
        self._discarded.add(self._titles)
        self._titles = {}

    def find_plain(self, title: str) -> list[Hit]:
        """Return the terms that stand in the folded title as they are: the first of `find`."""
        return self._layers.find(f" {fold_anew(title)} ")

    def find(self, title: str) -> list[Hit]:
        """Return every term found, each once for a place, the plainest spelling of it.

        Titles are remembered: a listing comes again with each change of its price.
        """
        self._discarded.release()
        known = self._titles.get(title)
        if known is not None:
            return [new_tuple(Hit, each) for each in known]
        found = self._find_anew(title)
        if len(title) <= MEMO_CHARACTERS:
            if len(self._titles) >= MEMO_ENTRIES:
                self._forget_titles()
            self._titles[title] = tuple(map(tuple, found))
        return found

    def _find_anew(self, title: str) -> list[Hit]:
        plain = unescaped_with_offsets(title)
        if plain is None:
            return self._find(title, fold_unescaped(title))
        return [_placed(hit, plain) for hit in self._find(plain.text, fold_anew(plain.text))]

    def _find(self, title: str, folded: str) -> list[Hit]:
        lookup = self._layers.find
        hits = lookup(f" {folded} ")
        texts, plain = stretches(title), title.isascii()
        suspects = self._neighbours.suspect_pairs(texts, plain)
        if suspects:
            taken = frozenset([hit.term for hit in hits])
            if any(each.terms is None or not each.terms <= taken for each in suspects.values()):
                hits += self._read_otherwise(title, texts, suspects, taken)
            if any(each.fragments for each in suspects.values()):
                hits += self._in_three(title, texts, suspects)
        hits += spaced_letters(title, lookup)
        if not plain:
            hits += across_gaps(title, folded, lookup)
            if has_spoken(folded):
                hits += by_sound(folded, self._layers.find_within)
        return hits

    def _in_three(
        self, title: str, texts: list[str], suspects: dict[int, SuspectPair]
    ) -> Iterator[Hit]:
        """Return terms of one word that three stretches make together."""
        pairs = [at for at, pair in suspects.items() if pair.fragments]
        for at in sorted({start for each in pairs for start in (each - 1, each) if start >= 0}):
            terms = self._neighbours.in_three(tuple(texts[at : at + 3]))
            if not terms:
                continue
            places = stretch_places(title, texts)
            if all(side_by_side(title, places, each) for each in (at, at + 1)):
                begin, end = places[at][0], places[at + 2][1]
                for term in terms:
                    yield Hit(term, "exact", "split_word", "title", begin, end, 1.0)

    def _read_otherwise(
        self, title: str, texts: list[str], suspects: dict[int, SuspectPair], taken: frozenset[str]
    ) -> list[Hit]:
        """Return what is found where stretches of suspects pairs are read as what they may mean."""
        alternatives = Alternatives(self._layers, self._reader, title, texts, taken)
        sounding = []
        places = [at for at in sorted({*suspects, *(at + 1 for at in suspects)}) if at < len(texts)]
        for at in places:
            before, after = suspects.get(at - 1), suspects.get(at)
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


def _placed(hit: Hit, plain: Unescaped) -> Hit:
    """Return a hit in unescaped text by its place in the original."""
    if hit.place == "folded":
        return hit
    return hit._replace(begin=plain.begins[hit.begin], end=plain.ends[hit.end - 1])
