"""Time, as an input: the worker reads no other clock."""

import time
from typing import Protocol


class Clock(Protocol):
    """Where a worker gets the time from."""

    def now_milliseconds(self) -> int:
        """Return the wall-clock time, UTC."""

    def monotonic_seconds(self) -> float:
        """Return a time that never goes back, for measuring and waiting."""


class SystemClock:
    """The machine's clocks."""

    def now_milliseconds(self) -> int:
        """Return the wall-clock time, UTC."""
        return time.time_ns() // 1_000_000

    def monotonic_seconds(self) -> float:
        """Return a time that never goes back."""
        return time.monotonic()


class ScaledClock:
    """A clock that runs so many times faster than the machine's, from a given moment on.

    Processes that are given the same numbers agree on the time. Only what happens in the world is
    scaled: waiting for other processes is measured in real seconds.
    """

    def __init__(self, factor: float, started_at_milliseconds: int) -> None:
        self._factor = factor
        self._started_at = started_at_milliseconds

    def now_milliseconds(self) -> int:
        """Return the scaled time, UTC."""
        passed = time.time_ns() / 1_000_000 - self._started_at
        return self._started_at + int(passed * self._factor)

    def monotonic_seconds(self) -> float:
        """Return a time that never goes back, not scaled."""
        return time.monotonic()


class VirtualClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now_milliseconds: int) -> None:
        self._now_milliseconds = now_milliseconds

    def now_milliseconds(self) -> int:
        """Return the virtual time, UTC."""
        return self._now_milliseconds

    def monotonic_seconds(self) -> float:
        """Return the virtual time in seconds."""
        return self._now_milliseconds / 1000

    def advance(self, milliseconds: int) -> None:
        """Go on by so many milliseconds. Errors: ValueError for going back."""
        if milliseconds < 0:
            raise ValueError("a virtual clock does not go back")
        self._now_milliseconds += milliseconds
