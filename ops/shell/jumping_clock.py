"""A clock that another process makes jump, forwards and backwards."""

import os
import time
from pathlib import Path


class JumpingClock:
    """The machine's clock plus an offset in milliseconds that is read from a file each time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now_milliseconds(self) -> int:
        """Return the wall-clock time, UTC, as the file would have it."""
        return time.time_ns() // 1_000_000 + int(self._path.read_text(encoding="ascii"))

    def monotonic_seconds(self) -> float:
        """Return a time that never goes back; it does not jump."""
        return time.monotonic()


def set_offset(path: Path, offset_milliseconds: int) -> None:
    """Make all clocks on the file jump, at one instant."""
    draft = path.with_suffix(".new")
    draft.write_text(str(offset_milliseconds), encoding="ascii")
    os.replace(draft, path)
