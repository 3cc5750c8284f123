"""Searches folded text for all spellings of the terms of some indexes."""

from collections.abc import Sequence
from itertools import accumulate, compress, count, pairwise
from operator import itemgetter
from typing import Literal

from processors.matching.discarded import Discarded
from processors.matching.hits import Hit
from processors.matching.index import (
    SPELLINGS,
    Found,
    PlacedHit,
    TermIndex,
    adjoining_hash,
    new_tuple,
)
from processors.matching.packed import key_hash
from processors.matching.terms import Spelling, patterns_of

MEMO_ENTRIES = 100_000
FEW_TERMS = 8
"""Of so few the first words of all spellings are at hand, so that most texts are passed over."""

_Known = tuple[str, Spelling, bool]
"""A term and spelling that words are, the term empty for none; and whether more may follow."""

_Beginning = tuple[str, Spelling, _Known | None]
"""A term and spelling that a word is, the term empty for none; and what it is with the next one."""


class TermSearch:
    """A search whose indexes stay as they are; `removed` are terms that are not to be found.

    What words are is remembered. What is found depends on the set of terms only.
    """

    def __init__(
        self,
        indexes: Sequence[TermIndex],
        removed: frozenset[str] = frozenset(),
        discarded: Discarded | None = None,
    ) -> None:
        self._indexes = tuple(indexes)
        self._removed = removed
        self._discarded = discarded or Discarded()
        self._words: dict[str, _Known | None] = {}
        self._beginnings: dict[tuple[str, str], _Beginning | Literal[False]] = {}
        self._inner_indexes = [index for index in self._indexes if index.has_inner]
        self._first_words: frozenset[str] | None = None
        if sum(map(len, self._indexes)) <= FEW_TERMS:
            self._first_words = frozenset(
                pattern.text.split()[0]
                for index in self._indexes
                for term in index.terms()
                for pattern in patterns_of(term)
            )

    def forget(self) -> None:
        """Let go of what is remembered, a little at a time."""
        self._discarded.add(self._words)
        self._discarded.add(self._beginnings)
        self._words, self._beginnings = {}, {}

    def find(self, text: str) -> list[Hit]:
        """Return all spellings in folded text that has a space at each end, in order of their ends.

        Places are those in the text without these spaces.
        """
        words = text.split(" ")
        hits: list[Hit] = []
        others: list[PlacedHit] = []
        if self._first_words is None or not self._first_words.isdisjoint(words):
            self._find_words(words, hits, others)
        if self._inner_indexes and not text.isascii():
            others += self._within(text)
        if not others:
            return hits
        if hits:
            others = [*((hit.end + 2, hit.begin, hit) for hit in hits), *others]
        if len(others) > 1:
            others.sort(key=_place)
        return [hit for _, _, hit in others]

    def find_within(self, text: str) -> list[Hit]:
        """Return of what `find` does the spellings that may begin or end within a word."""
        return [hit for _, _, hit in sorted(self._within(text), key=_place)]

    def _find_words(self, words: list[str], hits: list[Hit], others: list[PlacedHit]) -> None:
        # All of a text's words in one go, by the interpreter's own code.
        found = list(map(self._beginnings.get, pairwise(words[1:])))
        if None in found:
            for at, known in enumerate(found):
                if known is None:
                    found[at] = self._learn(words[at + 1], words[at + 2])
        if not any(found):
            return
        lengths = list(accumulate(map(len, words)))
        for at in compress(count(1), found):
            known = found[at - 1]
            if not known:
                continue
            term, spelling, longer = known
            # Without the spaces before it, of which the first belongs to no word.
            begin, end = lengths[at - 1] + at - 1, lengths[at] + at - 1
            if term:
                place = (term, spelling, "none", "folded", begin, end, 1.0)
                hits.append(new_tuple(Hit, place))
            if longer is not None:
                self._find_longer(words, at, begin, longer, others)

    def _find_longer(
        self, words: list[str], at: int, begin: int, known: _Known | None, others: list[PlacedHit]
    ) -> None:
        """Add the spellings of two words, of which this is known, and of more."""
        last = at + 1
        text = f"{words[at]} {words[last]}"
        while known is not None:
            term, spelling, goes_on = known
            if term:
                end = begin + len(text)
                hit = Hit(term, spelling, "none", "folded", begin, end, 1.0)
                others.append((end + 2, begin, hit))
            last += 1
            if not goes_on or last == len(words) - 1:
                return
            before, word = words[last - 1], words[last]
            text = f"{text} {word}"
            if text not in self._words:
                if len(self._words) >= MEMO_ENTRIES:
                    self.forget()
                self._words[text] = self._together(text, adjoining_hash(before, word), word)
            known = self._words[text]

    def _learn(self, word: str, following: str) -> _Beginning | Literal[False]:
        """Find out what a word is, and what with the one that follows it; False for nothing."""
        if len(self._beginnings) >= MEMO_ENTRIES:
            self.forget()
        known = self._beginning(word, following)
        self._beginnings[word, following] = known
        return known

    def _beginning(self, word: str, following: str) -> _Beginning | Literal[False]:
        if word not in self._words:
            self._words[word] = self._anew(word, key_hash(word), word)
        known = self._words[word]
        if known is None:
            return False
        term, spelling, goes_on = known
        longer = None
        if goes_on and following:
            text = f"{word} {following}"
            longer = self._together(text, key_hash(text), following)
        return (term, spelling, longer) if term or longer is not None else False

    def _together(self, text: str, adjoining: int, last: str) -> _Known | None:
        """Return what several words are, the last two of them of this hash; None for nothing."""
        return self._anew(text, key_hash(text), last) if self._may_adjoin(adjoining) else None

    def _anew(self, text: str, hashed: int, last: str) -> _Known | None:
        best: Found | None = None
        for index in self._indexes:
            for found in index.spelled(text, hashed):
                if found.term not in self._removed and (best is None or found < best):
                    best = found
        goes_on = self._may_adjoin(adjoining_hash(last, ""))
        if best is None:
            return ("", "exact", True) if goes_on else None
        return best.term, best.spelling, goes_on

    def _may_adjoin(self, hashed: int) -> bool:
        for index in self._indexes:  # noqa: SIM110 - a generator takes thrice the time
            if index.may_adjoin(hashed):
                return True
        return False

    def _within(self, text: str) -> list[PlacedHit]:
        """Return what is found by spellings that may begin or end within a word."""
        placed: list[PlacedHit] = []
        for index in self._inner_indexes:
            placed += index.spelled_within(text)
        if self._removed:
            placed = [each for each in placed if each[2].term not in self._removed]
        return _plainest(placed) if len(self._inner_indexes) > 1 else placed


def _plainest(placed: list[PlacedHit]) -> list[PlacedHit]:
    """Return of the hits of several indexes the plainest of each place."""
    best: dict[tuple[int, int], PlacedHit] = {}
    for each in placed:
        known = best.get(each[:2])
        if known is None or _rank(each[2]) < _rank(known[2]):
            best[each[:2]] = each
    return list(best.values())


def _rank(hit: Hit) -> tuple[int, str]:
    return SPELLINGS.index(hit.spelling), hit.term


_place = itemgetter(0, 1)
