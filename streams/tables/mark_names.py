"""Marks in force by their words, beside the tables in a worker's local state.

A row for each term lists the marks of that name, so that those over some words of a title are found
by one look-up of several keys. It follows from the register alone, and is made anew where another
folding made it, or none did.
"""

import logging
from collections.abc import Mapping, Sequence

from processors.matching.folding import FOLDING_VERSION
from schemas.wire.codec import Codec
from streams.state.cache import Cache
from streams.state.local_state import TABLES, Change, LocalState
from streams.tables.mark_terms import MarkTerms
from streams.tables.table_names import MARK, MARK_TERM, MARK_TERMS_FOLDING

logger = logging.getLogger(__name__)

Pending = dict[bytes, bytes | None]

CHANGES_IN_ONE_WRITE = 10_000


class MarkNames:
    """References of marks in force by term."""

    def __init__(self, state: LocalState, codec: Codec) -> None:
        self._state = state
        self._terms = MarkTerms(codec)
        self._known: Cache[tuple[str, ...]] = Cache()

    def references(self, terms: Sequence[str]) -> list[str]:
        """Return the references of all marks in force with one of these terms, in order."""
        found = {term: self._known.get(term) for term in terms}
        unknown = [term for term, references in found.items() if references is None]
        if unknown:
            keys = [MARK_TERM + term.encode() for term in unknown]
            for term, value in zip(unknown, self._state.get_many(TABLES, keys), strict=True):
                found[term] = _references(value)
                self._known.put(term, found[term] or ())
        return sorted({each for references in found.values() for each in references or ()})

    def take(
        self, before: Mapping[bytes, bytes], after: Mapping[bytes, bytes], pending: Pending
    ) -> None:
        """Add to the changes what follows from marks' newer histories, given in frames by name."""
        changed: list[tuple[str, str, bool]] = []
        for name, frames in after.items():
            old, new = self._terms.term_in(before.get(name)), self._terms.term_in(frames)
            if old != new:
                reference = name[1:].decode()
                changed += [(old, reference, False)] if old else []
                changed += [(new, reference, True)] if new else []
        if after and not self._is_up_to_date():
            # Rows follow all changes from here on; of an import's none was ever made.
            pending[MARK_TERMS_FOLDING] = FOLDING_VERSION.encode()
        terms = list(dict.fromkeys(term for term, _, _ in changed))
        keys = [MARK_TERM + term.encode() for term in terms]
        stored = self._state.get_many(TABLES, keys) if keys else []
        named = {term: set(_references(value)) for term, value in zip(terms, stored, strict=True)}
        for term, reference, present in changed:
            (named[term].add if present else named[term].discard)(reference)
        for term, references in named.items():
            pending[MARK_TERM + term.encode()] = _value(references)
            self._known.drop(term)

    def bring_up_to_date(self) -> None:
        """Make the rows anew where another folding made them, or there are none yet."""
        if self._is_up_to_date() or not any(True for _ in self._state.scan(TABLES, MARK)):
            return
        changes = [Change(TABLES, key, None) for key, _ in self._state.scan(TABLES, MARK_TERM)]
        named: dict[str, set[str]] = {}
        for key, frames in self._state.scan(TABLES, MARK):
            term = self._terms.term_in(frames)
            if term:
                named.setdefault(term, set()).add(key[1:].decode())
        changes += [
            Change(TABLES, MARK_TERM + term.encode(), _value(references))
            for term, references in named.items()
        ]
        for start in range(0, len(changes), CHANGES_IN_ONE_WRITE):
            self._state.write(changes[start : start + CHANGES_IN_ONE_WRITE])
        self._state.write([Change(TABLES, MARK_TERMS_FOLDING, FOLDING_VERSION.encode())])
        logger.info("marks were listed anew by their words: %s", len(named))

    def _is_up_to_date(self) -> bool:
        return self._state.get(TABLES, MARK_TERMS_FOLDING) == FOLDING_VERSION.encode()


def _references(value: bytes | None) -> tuple[str, ...]:
    return tuple(value.decode().split("\x00")) if value else ()


def _value(references: set[str]) -> bytes | None:
    return "\x00".join(sorted(references)).encode() or None
