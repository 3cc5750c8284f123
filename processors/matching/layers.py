"""The terms as they stand: a large index replaced now and then, and small ones beside it."""

from collections.abc import Iterable, Iterator

from processors.matching.hits import Hit
from processors.matching.index import TermIndex, adjoining_hash, build
from processors.matching.near_keys import single_letters
from processors.matching.packed import key_hash

LAYER_TERMS = 250
"""Terms of a small index: built in about 10 milliseconds."""


class Layers:
    """A stack of indexes, and the terms taken out of them.

    What is found depends on the set of terms only, not on which index holds them, but for near
    spellings and sounds under a key that more terms share than are looked at.
    """

    def __init__(self, base: TermIndex | None = None) -> None:
        self._layers: list[TermIndex] = [] if base is None else [base]
        self._newest: frozenset[str] = frozenset()
        self._removed: frozenset[str] = frozenset()
        self._recent: frozenset[int] = frozenset()

    def change(self, added: Iterable[str], removed: Iterable[str]) -> None:
        """Add terms and take others out; its cost goes with the number of these terms."""
        gone = frozenset(removed)
        wanted = frozenset(added) - gone
        self._removed = (self._removed | gone) - wanted
        layers = self._layers
        if self._newest and len(self._newest) < LAYER_TERMS:
            layers = layers[:-1]
        else:
            self._newest = frozenset()
        new = {t for t in wanted if not any(t in layer for layer in layers)} | self._newest
        ordered = sorted(new)
        for start in range(0, len(ordered), LAYER_TERMS):
            self._newest = frozenset(ordered[start : start + LAYER_TERMS])
            layers = [*layers, TermIndex(build(self._newest))]
        # Before the layers: another thread may be searching.
        self._recent = frozenset().union(*(layer.hashes for layer in layers[1:]))
        self._layers = layers

    def replace_base(
        self, base: TermIndex, added: Iterable[str] = (), removed: Iterable[str] = ()
    ) -> None:
        """Take another base, with what changed after it was begun."""
        self._layers = [base]
        self._newest, self._removed = frozenset(), frozenset()
        self.change(added, removed)

    def __len__(self) -> int:
        return sum(len(layer) for layer in self._layers) - len(self._removed)

    @property
    def changed_terms(self) -> int:
        """Terms that changed since the base was built, more or less."""
        return sum(len(layer) for layer in self._layers[1:]) + len(self._removed)

    def find(self, text: str) -> list[Hit]:
        """Return all terms whose spelling stands in folded text that has a space at each end.

        Places are those in the text without these spaces.
        """
        layers, removed = self._layers, self._removed
        if len(layers) == 1 and not removed:
            return layers[0].find(text)
        hits = [each for layer in layers for each in layer.find(text)]
        return [each for each in hits if each.term not in removed] if removed else hits

    def possible(self, hashes: list[int]) -> list[int]:
        """Return those of near spellings' hashes that may be there, and all that are."""
        layers, recent = self._layers, self._recent
        found = layers[0].possible(hashes) if layers else []
        return found + [each for each in hashes if each in recent] if recent else found

    def is_token(self, word: str) -> bool:
        """Tell whether a word is one of a term's, or a term without its spaces."""
        hashed = key_hash(single_letters(word))
        return bool(self.possible([hashed])) and any(
            layer.is_token(word, hashed) for layer in self._layers
        )

    def near_tokens(self, hashes: list[int]) -> set[str]:
        """Return words of terms under hashes: those that may differ by one letter."""
        possible = self.possible(hashes)
        if not possible:
            return set()
        return {token for layer in self._layers for token in layer.near_tokens(possible)}

    def tokens_under(self, hashed: int) -> set[str]:
        """Return words of terms under a key that many may share."""
        if not self.possible([hashed]):
            return set()
        return {token for layer in self._layers for token in layer.tokens_under(hashed)}

    def may_adjoin(self, first: str, second: str) -> bool:
        """Tell whether the last word of one text and the first of another may stand so in a term.

        Only words in Latin letters are looked up: others may be parts of words.
        """
        if not first or not second:
            return False
        last, begin = first.rpartition(" ")[2], second.partition(" ")[0]
        return not (last.isascii() and begin.isascii()) or self.are_neighbours(last, begin)

    def are_neighbours(self, first: str, second: str) -> bool:
        """Tell whether two words in Latin letters may follow one another in a term."""
        hashed = adjoining_hash(first, second)
        return any(layer.may_adjoin(hashed) for layer in self._layers)

    def may_have_neighbours(self, text: str) -> bool:
        """Tell whether other words may stand before or after a text in a term."""
        first, last = text.partition(" ")[0], text.rpartition(" ")[2]
        if not (first.isascii() and last.isascii()):
            return True
        hashes = adjoining_hash(last, ""), adjoining_hash("", first)
        return any(layer.may_adjoin(hashed) for hashed in hashes for layer in self._layers)

    def like_sounding(self, sound: str, least: float) -> Iterator[tuple[str, float]]:
        """Return Latin terms whose sound is at least so similar, 0 to 1, and how similar."""
        for layer in self._layers:
            for term, similarity in layer.like_sounding(sound, least):
                if term not in self._removed:
                    yield term, similarity
