"""Names of the rows that a batch touches: of inputs that tell their marketplace and of others.

An input that tells only the listing id belongs to one of the rows under this id: which one, its
case says. So all of them are read.
"""

from collections.abc import Iterator

from streams.state.local_state import PREFIX_BYTES, ROWS, LocalState
from streams.state.old_rows import OldRows
from streams.state.row_keys import (
    PARTY_PREFIX,
    SEPARATOR,
    is_unsplit,
    key_prefix,
    listing_id_of,
)

_KEY_BEGINS = PREFIX_BYTES + 1
"""A partition's number may have the separator's byte in it."""


class RowNames:
    """Rows by partition and key, for one batch."""

    def __init__(self, state: LocalState, old_rows: OldRows) -> None:
        self._state = state
        self._old_rows = old_rows
        self._names: set[bytes] = set()
        self._under: dict[bytes, set[bytes]] = {}
        self._old: set[bytes] = set()

    def want(self, name: bytes) -> None:
        """Note that an input belongs to a row, or to one of those under its listing id."""
        partition, key = name[:PREFIX_BYTES], name[PREFIX_BYTES:]
        if is_unsplit(key):
            self._under.setdefault(partition + key_prefix(key), set())
        else:
            self._names.add(name)
        if self._old_rows.may_be_in(partition) and not key.startswith(PARTY_PREFIX):
            self._old.add(partition + listing_id_of(key))

    def wanted(self) -> list[bytes]:
        """Return the names of all rows that are to be read."""
        if self._under:
            for name in self._names:
                self._note(name)
            for prefix, names in self._under.items():
                names.update(name for name, _ in self._state.scan(ROWS, prefix))
                self._names |= names
        return list(self._names)

    def old(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield the rows that are to be split before the batch's inputs are taken."""
        names = sorted(self._old)
        if names:
            values = self._state.get_many(ROWS, names)
            yield from ((n, v) for n, v in zip(names, values, strict=True) if v is not None)

    def add(self, name: bytes) -> None:
        """Note a row that was made by splitting another."""
        if self._under:
            self._note(name)

    def under(self, name: bytes) -> list[bytes]:
        """Return the rows under the listing id of an input that tells only that, by name."""
        prefix = name[:PREFIX_BYTES] + key_prefix(name[PREFIX_BYTES:])
        return sorted(self._under[prefix])

    def _note(self, name: bytes) -> None:
        end = name.find(SEPARATOR, _KEY_BEGINS) + 1
        names = self._under.get(name[:end])
        if names is not None:
            names.add(name)
