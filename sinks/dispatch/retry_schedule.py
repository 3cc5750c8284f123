"""When a delivery is tried again: Standard Webhooks' example schedule with jitter, Retry-After."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256

SCHEDULE_SECONDS = (
    0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
)  # fmt: skip
"""Delays before each attempt, from the end of the one before (specification 1.0.0)."""

JITTER_SHARE = 0.2
MAXIMUM_RETRY_AFTER_SECONDS = 3_600.0
"""A receiver can't put a command off for longer: a case has 24 hours."""


def delay_seconds(command_id: str, failed_attempts: int) -> float | None:
    """Return the wait after so many failed attempts, or None when there is no further one.

    The jitter of up to a fifth follows from the command and the attempt: the same whenever it is
    worked out, and different for commands that failed together.
    """
    if failed_attempts >= len(SCHEDULE_SECONDS):
        return None
    drawn = sha256(f"{command_id}\x00{failed_attempts}".encode()).digest()
    share = int.from_bytes(drawn[:8], "big") / 2**64
    return SCHEDULE_SECONDS[failed_attempts] * (1 + JITTER_SHARE * share)


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
    now = datetime.fromtimestamp(now_milliseconds / 1000, UTC).timestamp()
    return min(max(0.0, until - now), MAXIMUM_RETRY_AFTER_SECONDS)
