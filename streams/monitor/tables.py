"""What monitors look up: terms of marks in force, holders of marks, and sellers' offences.

They stand in the local state beside the global tables, and change in the same write.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from processors.matching.folding import FOLDING_VERSION
from processors.matching.hits import Hit
from processors.matching.matcher import Matcher
from processors.registers.numbers import NUMBERS_VERSION
from processors.registers.references import formed_key
from processors.rules.rule_set import RuleSet
from processors.titles.offences import Offence, record
from schemas.events.detections import BlockListing, DelistListing
from schemas.events.parties import PartyRecorded
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing
from schemas.events.trademarks import TrademarkRecorded
from schemas.topic_names import PARTIES_STATE, TRADEMARKS_EVENTS
from schemas.wire.codec import Codec
from streams.monitor.index_file import RegisterPosition
from streams.monitor.term_index import BuiltIndex
from streams.state.local_state import TABLES, Change, LocalState
from streams.tables.gathered_records import Pending, TableUpdate
from streams.tables.global_tables import GlobalTables
from streams.tables.mark_terms import MarkTerms
from streams.tables.table_names import (
    DETECTION,
    HOLDER,
    HOLDERS_FORM,
    MARK,
    OFFENCES,
    PARTY,
    WATCHED_FOLDING,
    WATCHED_TERM,
)

logger = logging.getLogger(__name__)

COMMANDS = TakeDownListing | RestrictListing | ReinstateListing | BlockListing | DelistListing
_END = b"\x00"
CHANGES_IN_ONE_WRITE = 10_000


class MonitoringTables(GlobalTables):
    """The tables of a monitor. It is the `MonitoringReference` of the steps."""

    def __init__(self, state: LocalState, codec: Codec, built_in: RuleSet) -> None:
        super().__init__(state, codec, built_in)
        self._terms = MarkTerms(codec)
        self.matcher = Matcher()
        self._touched: set[str] = set()
        self._indexing = False
        self._changed: dict[str, bool] = {}
        self._refold()
        self._forget_detections()
        self._reform_holders()

    def settle(self, while_loading: bool = False) -> TableUpdate:
        """Put what was gathered in place, and bring the matcher to it."""
        applied = super().settle(while_loading)
        touched, self._touched = self._touched, set()
        if touched and self._indexing:
            present = {term for term in touched if self._is_watched(term)}
            self.matcher.change(present, touched - present)
            self._changed.update({term: term in present for term in touched})
        return applied

    def checkpoint(self, directory: Path) -> None:
        """Put a checkpoint for an index's build, and take in what changes from here on."""
        self._indexing = True
        self._changed = {}
        self.matcher.begin_base()
        self._state.checkpoint(directory)

    def use(self, built: BuiltIndex) -> None:
        """Take an index that was built for the last checkpoint."""
        present = dict.fromkeys(built.added, True)
        present.update((term, False) for term in built.removed)
        present.update(self._changed)
        added = [term for term, is_there in present.items() if is_there]
        removed = [term for term, is_there in present.items() if not is_there]
        self.matcher.replace_base(built.terms, added, removed)

    def register_position(self, cluster_id: str, topic_id: str) -> RegisterPosition:
        """Return how far the register was read, for the cluster and topic that it is in."""
        offsets = next(
            (each.next_offsets for each in self.positions if each.topic == TRADEMARKS_EVENTS), ()
        )
        return RegisterPosition(cluster_id, topic_id, offsets)

    def find(self, title: str) -> list[Hit]:
        """Return the terms found in a title."""
        return self.matcher.find(title)

    def marks_of(self, term: str) -> tuple[TrademarkRecorded, ...]:
        """Return the newest records of the marks with a term, in order of their keys."""
        prefix = WATCHED_TERM + term.encode() + _END
        references = [key[len(prefix) :].decode() for key, _ in self._state.scan(TABLES, prefix)]
        histories = map(self.mark_history, references)
        return tuple(history[-1] for history in histories if history)

    def holders_of(self, trademark_key: str) -> tuple[PartyRecorded, ...]:
        """Return the rights holders on record for a mark."""
        prefix = HOLDER + formed_key(trademark_key).encode() + _END
        names = [key[len(prefix) :].decode() for key, _ in self._state.scan(TABLES, prefix)]
        return tuple(party for name in names if (party := self.party(name)) is not None)

    def offences(self, seller_id: str) -> tuple[Offence, ...]:
        """Return the takedowns against a seller."""
        return _offences(self._state.get(TABLES, OFFENCES + seller_id.encode()))

    def _is_watched(self, term: str) -> bool:
        return any(True for _ in self._state.scan(TABLES, WATCHED_TERM + term.encode() + _END))

    def _on_marks(
        self, before: Mapping[bytes, bytes], after: Mapping[bytes, bytes], pending: Pending
    ) -> None:
        for name, frames in after.items():
            old, new = self._terms.term_in(before.get(name)), self._terms.term_in(frames)
            if old == new:
                continue
            for term, value in ((old, None), (new, b"")):
                if term:
                    pending[_term_row(term, name[1:].decode())] = value
                    self._touched.add(term)

    def _mark_names(self) -> None:
        """Monitors have rows of their own for marks and their words."""

    def _on_party(
        self, before: PartyRecorded | None, after: PartyRecorded, pending: Pending
    ) -> None:
        name = after.party_id.encode()
        for key in () if before is None else before.trademark_keys:
            pending[_holder_row(key, name)] = None
        for key in after.trademark_keys:
            pending[_holder_row(key, name)] = b""

    def _on_other(self, event: Any, pending: Pending) -> None:
        if not isinstance(event, COMMANDS):
            super()._on_other(event, pending)
            return
        key = OFFENCES + event.seller_id.encode()
        stored = pending[key] if key in pending else self._state.get(TABLES, key)
        offences = record(_offences(stored), event)
        pending[key] = json.dumps(offences).encode()

    def _refold(self) -> None:
        """Make the terms anew where another folding made them."""
        if self._state.get(TABLES, WATCHED_FOLDING) == FOLDING_VERSION.encode():
            return
        changes = [Change(TABLES, key, None) for key, _ in self._state.scan(TABLES, WATCHED_TERM)]
        for key, frames in self._state.scan(TABLES, MARK):
            term = self._terms.term_in(frames)
            if term:
                changes.append(Change(TABLES, _term_row(term, key[1:].decode()), b""))
        for start in range(0, len(changes), CHANGES_IN_ONE_WRITE):
            self._state.write(changes[start : start + CHANGES_IN_ONE_WRITE])
        self._state.write([Change(TABLES, WATCHED_FOLDING, FOLDING_VERSION.encode())])
        logger.info("terms were folded anew: %s", len(changes))

    def _forget_detections(self) -> None:
        """Drop what was kept for reviews, which workers carry out now."""
        kept = [Change(TABLES, key, None) for key, _ in self._state.scan(TABLES, DETECTION)]
        if kept:
            self._state.write(kept)

    def _reform_holders(self) -> None:
        """List holders anew where another form of marks' numbers listed them."""
        if self._state.get(TABLES, HOLDERS_FORM) == NUMBERS_VERSION.encode():
            return
        changes = [Change(TABLES, key, None) for key, _ in self._state.scan(TABLES, HOLDER)]
        for key, value in self._state.scan(TABLES, PARTY):
            party = self._codec.decode(PARTIES_STATE, value, None)
            changes += [
                Change(TABLES, _holder_row(each, key[1:]), b"") for each in party.trademark_keys
            ]
        self._state.write([*changes, Change(TABLES, HOLDERS_FORM, NUMBERS_VERSION.encode())])

    def terms(self) -> Iterator[str]:
        """Return all terms watched, each once."""
        last = ""
        for key, _ in self._state.scan(TABLES, WATCHED_TERM):
            term = key[len(WATCHED_TERM) :].partition(_END)[0].decode()
            if term != last:
                yield term
                last = term


def _holder_row(trademark_key: str, party_id: bytes) -> bytes:
    return HOLDER + formed_key(trademark_key).encode() + _END + party_id


def _term_row(term: str, reference: str) -> bytes:
    return WATCHED_TERM + term.encode() + _END + reference.encode()


def _offences(stored: bytes | None) -> tuple[Offence, ...]:
    if stored is None:
        return ()
    offences = (Offence(*fields) for fields in json.loads(stored))
    return tuple(each._replace(signature=tuple(each.signature)) for each in offences)
