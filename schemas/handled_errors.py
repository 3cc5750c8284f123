"""Errors after which a process goes on: counted by where and why, and logged.

The counts are the process's own, as what goes on lies deep in clients and loops. Services tell them
(streams/metrics/error_metrics.py).
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

logger = logging.getLogger(__name__)

LOG_INTERVAL_SECONDS = 10.0
"""Errors of one sort are logged at most that often, with how many there were since."""


class HandledErrors:
    """How many errors were handled, by where and reason. Threads may note errors at once."""

    def __init__(self, monotonic_seconds: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_seconds = monotonic_seconds
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._logged: dict[tuple[str, ...], tuple[float, int]] = {}
        self._lock = threading.Lock()

    def note(self, where: str, error: object) -> None:
        """Count an error after which the caller goes on, and log it."""
        sort, now = (where, reason_of_error(error)), self._monotonic_seconds()
        with self._lock:
            self._counts[sort] += 1
            count = self._counts[sort]
            at, told = self._logged.get(sort, (float("-inf"), 0))
            if now - at < LOG_INTERVAL_SECONDS:
                return
            self._logged[sort] = now, count
        # Words of others may hold half of a surrogate pair, which no file or terminal takes.
        words = str(error).encode("utf-8", "backslashreplace").decode("utf-8")
        logger.warning("%s: %s: %s (%s times)", where, sort[1], words, count - told)

    def counts(self) -> dict[tuple[str, ...], int]:
        """Return the numbers so far, by where and reason."""
        with self._lock:
            return dict(self._counts)


HANDLED: Final = HandledErrors()
note_handled: Final = HANDLED.note


def reason_of_error(error: object) -> str:
    """Return an error's reason in a word: the Kafka client's name of it, or else its class.

    Where an error's words are nobody's business, its class's name is noted in its place.
    """
    if isinstance(error, str):
        return error
    for told in (error, *getattr(error, "args", ())[:1]):
        name = getattr(told, "name", None)
        if callable(name):
            return str(name())
    return type(error).__name__
