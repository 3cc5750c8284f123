"""When something is sent again: a schedule with jitter, and Retry-After."""

from datetime import UTC
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import NamedTuple

JITTER_SHARE = 0.2
MAXIMUM_RETRY_AFTER_SECONDS = 3_600.0
"""A receiver can't put anything off for longer: a case has 24 hours."""


class RetrySchedule(NamedTuple):
    """Delays before each attempt, from the end of the one before.

    After the last there is no further attempt, or, where it `repeats`, one after the last delay.
    """

    seconds: tuple[float, ...]
    repeats: bool = False

    def delay_seconds(self, key: str, failed_attempts: int) -> float | None:
        """Return the wait after so many failed attempts, or None when there is no further one.

        The jitter of up to a fifth follows from the key and the attempt: the same whenever it is
        worked out, and different for what failed together.
        """
        if failed_attempts >= len(self.seconds) and not self.repeats:
            return None
        drawn = sha256(f"{key}\x00{failed_attempts}".encode()).digest()
        share = int.from_bytes(drawn[:8], "big") / 2**64
        delay = self.seconds[min(failed_attempts, len(self.seconds) - 1)]
        return delay * (1 + JITTER_SHARE * share)


def retry_after_seconds(value: str | None, now_milliseconds: int) -> float | None:
    """Read Retry-After (RFC 9110, 10.2.3): seconds or a date; capped; None where it is neither."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), MAXIMUM_RETRY_AFTER_SECONDS)
    try:
        moment = parsedate_to_datetime(text)
        until = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return min(max(0.0, until - now_milliseconds / 1000), MAXIMUM_RETRY_AFTER_SECONDS)
