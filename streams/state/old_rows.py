"""Rows from before marketplaces were told apart: found, and split by marketplace.

Such a row is split with the first input that touches it, in the same transaction: the changelog
gets a row for each marketplace and a tombstone for the old one, and its index entries move.
"""

from collections.abc import Iterator
from typing import Any

from processors.cases.row import EMPTY
from streams.kafka.records import OutputRecord
from streams.state.indexes import differences
from streams.state.local_state import PREFIX_BYTES, ROWS, Change, LocalState, partition_prefix
from streams.state.row_keys import FIRST_PRINTABLE
from streams.topology import CHANGELOG


class OldRows:
    """Tells which partitions still have rows to be split."""

    def __init__(self, state: LocalState) -> None:
        self._state = state
        self._present: dict[bytes, bool] = {}

    def may_be_in(self, partition: bytes) -> bool:
        """Tell whether a partition, all of whose rows are there, may have rows to be split.

        `partition` is the beginning of its keys. None is ever added, so a partition that has none
        is not looked at again.
        """
        present = self._present.get(partition)
        if present is None:
            following = partition_prefix(int.from_bytes(partition, "big") + 1)
            present = self._state.has_any(ROWS, partition + FIRST_PRINTABLE, following)
            self._present[partition] = present
        return present


def tombstone(name: bytes, at_milliseconds: int) -> OutputRecord:
    """Return the changelog record that says that a row is no more."""
    partition = int.from_bytes(name[:PREFIX_BYTES], "big")
    return OutputRecord(CHANGELOG, partition, name[PREFIX_BYTES:], None, [], at_milliseconds)


def removal(name: bytes, row: Any) -> Iterator[Change]:
    """Return the changes that take a row out of the local state, with its index entries."""
    partition = int.from_bytes(name[:PREFIX_BYTES], "big")
    yield Change(ROWS, name, None)
    yield from differences(partition, name[PREFIX_BYTES:], row, EMPTY)
