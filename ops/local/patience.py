"""Waiting for others: as long as they get on, however slow the machine is."""

import time
from collections.abc import Callable
from typing import TypeVar

from ops.errors import OperatorError

PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.02
LONGEST_LOOK_SECONDS = 5.0

Found = TypeVar("Found")


class Patience:
    """Runs out when what is seen of others has stayed the same for so long."""

    def __init__(self, seconds: float = PATIENCE_SECONDS) -> None:
        self._seconds = seconds
        self._seen: object = None
        self._looked_at = time.monotonic()
        self._unchanged_seconds = 0.0

    def runs_out(self, seen: object) -> bool:
        """Take what is seen now; tell whether nothing has changed for too long.

        Where we could not look for a while ourselves, little of it counts.
        """
        passed, self._looked_at = time.monotonic() - self._looked_at, time.monotonic()
        if seen != self._seen:
            self._seen, self._unchanged_seconds = seen, 0.0
            return False
        self._unchanged_seconds += min(passed, LONGEST_LOOK_SECONDS)
        return self._unchanged_seconds > self._seconds


def wait_for(
    what: str,
    find: Callable[[], Found],
    progress: Callable[[], object] = lambda: None,
    tell: Callable[[], str] = lambda: "",
    patience_seconds: float = PATIENCE_SECONDS,
) -> Found:
    """Wait until something is found, and return it.

    Others get on while `progress` gives something new. Errors: OperatorError, with what `tell`
    says.
    """
    patience = Patience(patience_seconds)
    while not (found := find()):
        if patience.runs_out(progress()):
            raise OperatorError(f"{what}: no progress for {patience_seconds:g} s\n{tell()}")
        time.sleep(POLL_SECONDS)
    return found
