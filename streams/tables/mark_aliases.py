"""The names under which marks are found besides their own, beside the tables in the local state.

A row for each name lists the marks that had it in any version, so that several records of one
number are told, and none takes another's place. It follows from the register and the forms of
numbers alone, and is made anew where another form of numbers made it, or none did.
"""

import logging
from collections.abc import Iterable
from typing import NamedTuple

from processors.registers.numbers import NUMBERS_VERSION
from processors.registers.references import other_references
from schemas.topic_names import TRADEMARKS_EVENTS
from schemas.wire.codec import Codec
from streams.state.cache import Cache
from streams.state.frames import unframed
from streams.state.local_state import TABLES, Change, LocalState
from streams.tables.seen_names import SeenNames
from streams.tables.table_names import ALIAS, APPLICATION, MARK, MARK_NUMBERS_FORM

logger = logging.getLogger(__name__)

CHANGES_IN_ONE_WRITE = 10_000
_SEPARATOR = b"\x00"
_APPLICATION = b":" + APPLICATION + b":"


class SettledAliases(NamedTuple):
    """Rows as they are to stand, and the names that several records have."""

    rows: dict[bytes, bytes]
    shared: frozenset[str]


class MarkAliases:
    """Gathers names by which marks are found, and looks them up."""

    def __init__(self, state: LocalState, codec: Codec, seen: SeenNames | None) -> None:
        self._state = state
        self._codec = codec
        self._known: Cache[tuple[str, ...]] = Cache()
        self._seen = seen
        self.forget_gathered()

    def names(self, reference: str) -> tuple[str, ...]:
        """Return the own names of the marks that may have a name in its form."""
        found = self._known.get(reference)
        if found is None:
            stored = self._state.get(TABLES, ALIAS + reference.encode())
            others = stored.decode().split("\x00") if stored else ()
            found = tuple(dict.fromkeys((reference, *others)))
            self._known.put(reference, found)
        return found

    def gather(self, alias: bytes, name: bytes) -> None:
        """Note a name, as its key in the table, and the own name of its mark."""
        other = self._gathered.setdefault(alias, name)
        if other != name:
            self._several.setdefault(alias, {other}).add(name)

    def forget_gathered(self) -> None:
        """Begin anew, without what was gathered."""
        self._gathered: dict[bytes, bytes] = {}
        self._several: dict[bytes, set[bytes]] = {}

    def settle(self, marks: Iterable[bytes]) -> SettledAliases:
        """Return the rows with what was gathered, for these marks' keys, and begin anew."""
        gathered, several = self._gathered, self._several
        self.forget_gathered()
        rows = dict(gathered)
        for alias, stored in self._stored(list(gathered)):
            several.setdefault(alias, {gathered[alias]}).update(stored.split(_SEPARATOR))
        rows.update((alias, _SEPARATOR.join(sorted(names))) for alias, names in several.items())
        shared = {alias for alias, names in several.items() if len(names) > 1}
        shared |= self._own_names(rows, list(marks))
        for alias in gathered:
            self._known.drop(alias[1:].decode())
        return SettledAliases(rows, frozenset(alias[1:].decode() for alias in shared))

    def end_loading(self) -> None:
        """Give back the memory that only the first load of many marks needs."""
        self._seen = None

    def bring_up_to_date(self) -> None:
        """Make the rows anew where another form of numbers made them, or none did."""
        if self._is_up_to_date() or not any(True for _ in self._state.scan(TABLES, MARK)):
            return
        changes = [Change(TABLES, key, None) for key, _ in self._state.scan(TABLES, ALIAS)]
        found: dict[bytes, set[bytes]] = {}
        for key, frames in self._state.scan(TABLES, MARK):
            for each in unframed(frames):
                for reference in other_references(
                    self._codec.decode(TRADEMARKS_EVENTS, each, None)
                ):
                    found.setdefault(ALIAS + reference.encode(), set()).add(key[1:])
        changes += [
            Change(TABLES, alias, _SEPARATOR.join(sorted(names))) for alias, names in found.items()
        ]
        for start in range(0, len(changes), CHANGES_IN_ONE_WRITE):
            self._state.write(changes[start : start + CHANGES_IN_ONE_WRITE])
        self._state.write([Change(TABLES, MARK_NUMBERS_FORM, NUMBERS_VERSION.encode())])
        logger.info("marks were listed anew by their numbers: %s", len(found))

    def version_row(self) -> dict[bytes, bytes | None]:
        """Return what tells by which form of numbers the rows are made, where it isn't told."""
        return {} if self._is_up_to_date() else {MARK_NUMBERS_FORM: NUMBERS_VERSION.encode()}

    def _is_up_to_date(self) -> bool:
        return self._state.get(TABLES, MARK_NUMBERS_FORM) == NUMBERS_VERSION.encode()

    def _stored(self, aliases: list[bytes]) -> list[tuple[bytes, bytes]]:
        """Return the rows that stand in the table, of those named."""
        if self._seen is not None:
            aliases = self._seen.add(aliases)
        return self._in_table(aliases)

    def _own_names(self, rows: dict[bytes, bytes], marks: list[bytes]) -> set[bytes]:
        """Return, of rows, those whose name is also a mark's own."""
        aliases = [ALIAS + mark[1:] for mark in marks]
        met = {alias for alias in aliases if alias in rows}
        if self._seen is not None:
            aliases = self._seen.noted(aliases)
        met.update(alias for alias, _ in self._in_table(aliases))
        applications = [alias for alias in rows if _APPLICATION in alias and alias not in met]
        keys = [MARK + alias[1:] for alias in applications]
        stored = self._state.get_many(TABLES, keys) if keys else []
        met.update(
            alias for alias, mark in zip(applications, stored, strict=True) if mark is not None
        )
        return met

    def _in_table(self, aliases: list[bytes]) -> list[tuple[bytes, bytes]]:
        stored = self._state.get_many(TABLES, aliases) if aliases else []
        pairs = zip(aliases, stored, strict=True)
        return [(alias, value) for alias, value in pairs if value is not None]
