"""Rows that count what was done without a person, read and changed within a batch."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol

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


class CountedAction(NamedTuple):
    """A count after a step, with its row's name and bytes, and the step's time."""

    key: bytes
    after: ActionCount
    value: bytes
    at_milliseconds: int


class ActionRows:
    """The counts of the partitions of a batch, as they are now. Few steps ask for any."""

    def __init__(self, rows: RowBytes, state: LocalState, policy: StandingPolicy) -> None:
        self._rows = rows
        self._policy = policy
        self._state = state
        self._known: dict[bytes, ActionCount] = {}
        self._changed: dict[bytes, CountedAction] = {}

    def reader(self, partition: int) -> Callable[[str], ActionCount]:
        """Return what gives a partition's counts by their names."""
        return lambda name: self._read(partition, name)

    def counted(
        self, outputs: Iterable[Any], partition: int, now_milliseconds: int
    ) -> list[CountedAction]:
        """Return the counts with what the outputs of a step did; they are not kept yet."""
        found: dict[bytes, CountedAction] = {}
        for name in names_counted(outputs, self._policy):
            key = _row_name(partition, name)
            before = found[key].after if key in found else self._read(partition, name)
            count = counted(before, now_milliseconds)
            value = self._rows.encode_action_count(count)
            found[key] = CountedAction(key, count, value, now_milliseconds)
        return list(found.values())

    def keep(self, counts: Iterable[CountedAction]) -> None:
        """Keep counts as they are after a step."""
        for each in counts:
            self._known[each.key] = each.after
            self._changed[each.key] = each

    def changes(self) -> list[tuple[bytes, bytes, int]]:
        """Return the rows that changed: name, bytes and time."""
        return [(each.key, each.value, each.at_milliseconds) for each in self._changed.values()]

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
