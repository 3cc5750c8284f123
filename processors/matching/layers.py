"""The terms as they stand: a large index replaced now and then, and small ones beside it."""

from collections.abc import Iterable, Iterator

from processors.matching.index import Found, TermIndex, build

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

    def lookup(self, text: str) -> Iterator[tuple[str, Found]]:
        """Give all terms whose spelling stands in folded text that has a space at each end."""
        removed = self._removed
        for layer in self._layers:
            for found in layer.find(text):
                term = layer.term(found.term_number)
                if term not in removed:
                    yield term, found

    def is_token(self, word: str) -> bool:
        """Tell whether a word is one of a term's, or a term without its spaces."""
        return any(layer.is_token(word) for layer in self._layers)

    def near_tokens(self, word: str) -> set[str]:
        """Give words of terms that may differ from a word by one letter."""
        return {token for layer in self._layers for token in layer.near_tokens(word)}

    def like_sounding(self, sound: str) -> Iterator[str]:
        """Give Latin terms that may sound like it."""
        for layer in self._layers:
            for number in layer.like_sounding(sound):
                term = layer.term(number)
                if term not in self._removed:
                    yield term
