"""One receiver's share of a sender: so many requests at once, a circuit, and pauses it asked for.

Times are monotonic seconds: what is waited for is another process, not the simulated day.
"""

from dataclasses import dataclass

LONGEST_PAUSE_SECONDS = 60.0


@dataclass
class Lane:
    """Counts of one receiver. The circuit opens after some failures in a row; when its pause is
    over one request tries, and closes it or opens it for twice as long."""

    name: str
    concurrency: int = 1
    failures_to_open: int = 5
    first_pause_seconds: float = 5.0
    under_way: int = 0
    disabled: bool = False
    _failures: int = 0
    _pause_seconds: float = 0.0
    _paused_until: float = 0.0

    @property
    def circuit_open(self) -> bool:
        """Whether the receiver's failures keep others back."""
        return self._failures >= self.failures_to_open

    def free(self, now_seconds: float) -> int:
        """Return how many more requests may be made now."""
        if self.disabled or self.seconds_left(now_seconds):
            return 0
        allowed = 1 if self.circuit_open else self.concurrency
        return max(0, allowed - self.under_way)

    def seconds_left(self, now_seconds: float) -> float:
        """Return how long no request is to be made."""
        return max(0.0, self._paused_until - now_seconds)

    def answered(self) -> None:
        """Tell that the receiver works."""
        self._failures = 0

    def failed(self, now_seconds: float) -> None:
        """Tell that the receiver did not answer, or not as it should."""
        was_open = self.circuit_open
        self._failures += 1
        if not self.circuit_open:
            return
        if was_open and self.seconds_left(now_seconds):
            # One of those that were under way when it opened.
            return
        longer = self._pause_seconds * 2 if was_open else self.first_pause_seconds
        self._pause_seconds = min(longer, LONGEST_PAUSE_SECONDS)
        self.pause(self._pause_seconds, now_seconds)

    def pause(self, seconds: float, now_seconds: float) -> None:
        """Make no request for so long."""
        self._paused_until = max(self._paused_until, now_seconds + seconds)
