"""One endpoint's share of a sender: so many requests at once, a circuit, and pauses it asked for.

Times are monotonic seconds: what is waited for is another process, not the simulated day.
"""

from dataclasses import dataclass

FAILURES_TO_OPEN = 5
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 60.0


@dataclass
class EndpointLane:
    """Counts of one endpoint. The circuit opens after some failures in a row; when its pause is
    over one request tries, and closes it or opens it for twice as long."""

    marketplace: str
    concurrency: int
    under_way: int = 0
    disabled: bool = False
    _failures: int = 0
    _pause_seconds: float = FIRST_PAUSE_SECONDS
    _paused_until: float = 0.0

    @property
    def circuit_open(self) -> bool:
        """Whether the endpoint's failures keep others back."""
        return self._failures >= FAILURES_TO_OPEN

    def free(self, now_seconds: float) -> int:
        """Return how many more requests may be made now."""
        if self.disabled or now_seconds < self._paused_until:
            return 0
        allowed = 1 if self.circuit_open else self.concurrency
        return max(0, allowed - self.under_way)

    def answered(self) -> None:
        """Tell that the endpoint works."""
        self._failures = 0
        self._pause_seconds = FIRST_PAUSE_SECONDS

    def failed(self, now_seconds: float) -> None:
        """Tell that the endpoint did not answer, or not as it should."""
        was_open = self.circuit_open
        self._failures += 1
        if not self.circuit_open:
            return
        if was_open and now_seconds < self._paused_until:
            # One of those that were under way when it opened.
            return
        if was_open:
            self._pause_seconds = min(self._pause_seconds * 2, LONGEST_PAUSE_SECONDS)
        self.pause(self._pause_seconds, now_seconds)

    def pause(self, seconds: float, now_seconds: float) -> None:
        """Make no request for so long."""
        self._paused_until = max(self._paused_until, now_seconds + seconds)
