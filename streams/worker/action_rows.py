"""Rows that count what was done without a person, read and changed within a batch."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from processors.policies.standing_policy import StandingPolicy
from processors.restraint.action_counts import counted, names_counted, nothing_counted
from schemas.events.action_rows import ActionCount
from streams.state.local_state import ROWS, LocalState, partition_prefix
from streams.state.row_keys import action_key


class RowBytes(Protocol):
    """What makes rows of bytes, and bytes of rows."""

    def encode_action_count(self, count: ActionCount) -> bytes:
        """Return the bytes of a count."""

    def decode_row(self, value: bytes) -> Any:
        """Return the row of its bytes, of any kind."""


class ActionRows:
    """The counts of the partitions of a batch, as they are now. Few steps ask for any."""

    def __init__(self, rows: RowBytes, state: LocalState, policy: StandingPolicy) -> None:
        self._rows = rows
        self._policy = policy
        self._state = state
        self._known: dict[bytes, ActionCount] = {}
        self._changed: dict[bytes, int] = {}

    def reader(self, partition: int) -> Callable[[str], ActionCount]:
        """Return what gives a partition's counts by their names."""
        return lambda name: self._read(partition, name)

    def take(self, outputs: Iterable[Any], partition: int, now_milliseconds: int) -> None:
        """Count what the outputs of a step did."""
        for name in names_counted(outputs, self._policy):
            count = counted(self._read(partition, name), now_milliseconds)
            key = _row_name(partition, name)
            self._known[key] = count
            self._changed[key] = now_milliseconds

    def changes(self) -> list[tuple[bytes, bytes, int]]:
        """Return the rows that changed: name, bytes and time."""
        encode = self._rows.encode_action_count
        return [(key, encode(self._known[key]), at) for key, at in self._changed.items()]

    def _read(self, partition: int, name: str) -> ActionCount:
        key = _row_name(partition, name)
        count = self._known.get(key)
        if count is None:
            value = self._state.get(ROWS, key)
            count = nothing_counted(name) if value is None else self._rows.decode_row(value)
            self._known[key] = count
        return count


def _row_name(partition: int, name: str) -> bytes:
    return partition_prefix(partition) + action_key(name)
