"""Large memories let go of a little at a time: to free one at once would be a pause."""

from collections.abc import Callable
from typing import Any

SMALL_ENTRIES = 2_000
"""Freed at once."""

ENTRIES_AT_A_TIME = 100


class Discarded:
    """Dictionaries and sets that are no longer used."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], object]] = []
        self._sizes: list[int] = []

    def add(self, memory: "dict[Any, Any] | set[Any]") -> None:
        """Take a memory that nothing else refers to."""
        if len(memory) > SMALL_ENTRIES:
            self._waiting.append(memory.popitem if isinstance(memory, dict) else memory.pop)
            self._sizes.append(len(memory))

    def release(self) -> None:
        """Free some entries, if there are any."""
        if not self._waiting:
            return
        pop = self._waiting[-1]
        entries = min(ENTRIES_AT_A_TIME, self._sizes[-1])
        for _ in range(entries):
            pop()
        self._sizes[-1] -= entries
        if not self._sizes[-1]:
            self._waiting.pop()
            self._sizes.pop()
