"""What a jumping clock showed when: the measure of whether a timer fired too early."""

import itertools
import time
from pathlib import Path
from typing import NamedTuple

from ops.shell.jumping_clock import set_offset


class Stretch(NamedTuple):
    """From when until when, in the machine's milliseconds, the clock had an offset."""

    since_milliseconds: int
    until_milliseconds: int | None
    offset_milliseconds: int


class Timeline:
    """Makes a clock jump, and knows what it showed at any time. Times are in milliseconds."""

    def __init__(self, path: Path, offset_milliseconds: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        set_offset(path, offset_milliseconds)
        self.path = path
        self._stretches = [Stretch(_machine(), None, offset_milliseconds)]

    @property
    def jumps(self) -> tuple[int, int]:
        """How often the clock jumped forwards and backwards."""
        offsets = [stretch.offset_milliseconds for stretch in self._stretches]
        pairs = list(itertools.pairwise(offsets))
        return sum(b > a for a, b in pairs), sum(b < a for a, b in pairs)

    def now(self) -> int:
        """Return what the clock shows."""
        return _machine() + self._stretches[-1].offset_milliseconds

    def jump(self, milliseconds: int) -> None:
        """Make the clock jump by so much, forwards, or backwards where negative."""
        before = self._stretches[-1]
        offset = before.offset_milliseconds + milliseconds
        since = _machine()
        set_offset(self.path, offset)
        # Both offsets may have been read while the file was replaced, so both hold that long.
        self._stretches[-1] = before._replace(until_milliseconds=_machine())
        self._stretches.append(Stretch(since, None, offset))

    def highest(self, since_milliseconds: int, until_milliseconds: int) -> int:
        """Return the latest time that the clock showed between two times of the machine's clock."""
        shown = []
        for since, until, offset in self._stretches:
            end = until_milliseconds if until is None else min(until, until_milliseconds)
            if since <= until_milliseconds and end >= since_milliseconds:
                shown.append(end + offset)
        return max(shown)


def _machine() -> int:
    return time.time_ns() // 1_000_000
