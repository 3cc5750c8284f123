"""The terms as they stand: a large index replaced now and then, and small ones beside it."""

from collections.abc import Iterable, Iterator

from processors.matching.discarded import Discarded
from processors.matching.hits import Hit
from processors.matching.index import TermIndex, adjoining_hash, build
from processors.matching.near_keys import single_letters
from processors.matching.packed import key_hash
from processors.matching.search import TermSearch

LAYER_TERMS = 250
"""Terms of a small index: built in about 10 milliseconds."""

MAXIMUM_LAYER_TERMS = 10_000


class Layers:
    """A stack of indexes, and the terms taken out of them.

    What is found depends on the set of terms only, not on which index holds them, but for near
    spellings and sounds under a key that more terms share than are looked at.
    """

    def __init__(self, base: TermIndex | None = None, discarded: Discarded | None = None) -> None:
        self._discarded = discarded or Discarded()
        self._search = TermSearch(())
        self._base = base
        self._small: list[TermIndex] = []
        self._newest: frozenset[str] = frozenset()
        self._since_base: int | None = None
        self._removed: frozenset[str] = frozenset()
        self._put_in_use()

    def change(self, added: Iterable[str], removed: Iterable[str]) -> None:
        """Add terms and take others out; its cost goes with the number of these terms."""
        gone = frozenset(removed)
        wanted = frozenset(added) - gone
        self._removed = (self._removed | gone) - wanted
        new = {term for term in wanted if not self._holds(term)}
        if new and self._newest and len(self._newest) < LAYER_TERMS:
            self._small.pop()
            new |= self._newest
        self._add(sorted(new), LAYER_TERMS)
        self._put_in_use()

    def begin_base(self) -> None:
        """Know that another base is made of the terms as they are now.

        What changes from here on comes into indexes that stay beside it.
        """
        self._newest = frozenset()
        self._since_base = len(self._small)

    def replace_base(
        self, base: TermIndex, added: Iterable[str] = (), removed: Iterable[str] = ()
    ) -> None:
        """Take another base, with what is to be there and what not beside it."""
        self._base = base
        self._small = [] if self._since_base is None else self._small[self._since_base :]
        self._since_base = None
        if not self._small:
            self._newest = frozenset()
        self._layered = _terms_of(self._small)
        self._removed = frozenset(removed)
        # As one index: they may be many, and each index costs its time.
        self._add(sorted(term for term in added if not self._holds(term)), MAXIMUM_LAYER_TERMS)
        self._put_in_use()

    def _holds(self, term: str) -> bool:
        return term in self._layered or (self._base is not None and term in self._base)

    def _add(self, terms: list[str], layer_terms: int) -> None:
        for start in range(0, len(terms), layer_terms):
            self._newest = frozenset(terms[start : start + layer_terms])
            self._small.append(TermIndex(build(self._newest)))

    def _put_in_use(self) -> None:
        layers = [*([] if self._base is None else [self._base]), *self._small]
        self._layered = _terms_of(self._small)
        # Before the layers: another thread may be searching.
        self._recent = frozenset().union(*(layer.hashes for layer in self._small))
        self._layers = layers
        self._search.forget()
        self._search = TermSearch(layers, self._removed, self._discarded)

    def __len__(self) -> int:
        return sum(len(layer) for layer in self._layers) - len(self._removed)

    @property
    def changed_terms(self) -> int:
        """Terms that changed since the base was built, more or less."""
        return len(self._layered) + len(self._removed)

    def find(self, text: str) -> list[Hit]:
        """Return all terms whose spelling stands in folded text that has a space at each end.

        Places are those in the text without these spaces.
        """
        return self._search.find(text)

    def find_within(self, text: str) -> list[Hit]:
        """Return of what `find` does the spellings that may begin or end within a word."""
        return self._search.find_within(text)

    def possible(self, hashes: list[int]) -> list[int]:
        """Return those of near spellings' hashes that may be there, and all that are."""
        base, recent = self._base, self._recent
        found = [] if base is None else base.possible(hashes)
        return found + [each for each in hashes if each in recent] if recent else found

    def _may_have(self, hashed: int) -> bool:
        """Tell whether one of near spellings' hashes may be there."""
        return hashed in self._recent or (self._base is not None and self._base.may_have(hashed))

    def is_token(self, word: str) -> bool:
        """Tell whether a word is one of a term's, or a term without its spaces."""
        hashed = key_hash(single_letters(word))
        if not self._may_have(hashed):
            return False
        for layer in self._layers:  # noqa: SIM110 - a generator takes thrice the time
            if layer.is_token(word, hashed):
                return True
        return False

    def near_tokens(self, hashes: list[int]) -> set[str]:
        """Return words of terms under hashes: those that may differ by one letter."""
        possible = self.possible(hashes)
        if not possible:
            return set()
        return {token for layer in self._layers for token in layer.near_tokens(possible)}

    def tokens_under(self, hashed: int) -> set[str]:
        """Return words of terms under a key that many may share."""
        if not self._may_have(hashed):
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
        return self._may_adjoin(adjoining_hash(first, second))

    def may_have_neighbours(self, text: str) -> bool:
        """Tell whether other words may stand before or after a text in a term."""
        first, last = text.partition(" ")[0], text.rpartition(" ")[2]
        if not (first.isascii() and last.isascii()):
            return True
        return self._may_adjoin(adjoining_hash(last, "")) or self._may_adjoin(
            adjoining_hash("", first)
        )

    def _may_adjoin(self, hashed: int) -> bool:
        for layer in self._layers:  # noqa: SIM110 - a generator takes thrice the time
            if layer.may_be_neighbours(hashed):
                return True
        return False

    def like_sounding(self, sound: str, least: float) -> Iterator[tuple[str, float]]:
        """Return Latin terms whose sound is at least so similar, 0 to 1, and how similar."""
        for layer in self._layers:
            for term, similarity in layer.like_sounding(sound, least):
                if term not in self._removed:
                    yield term, similarity


def _terms_of(layers: Iterable[TermIndex]) -> frozenset[str]:
    return frozenset(term for layer in layers for term in layer.terms())
