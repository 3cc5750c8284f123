"""Lengths of time in milliseconds, UTC without leap seconds."""

from typing import Final

MINUTE_MILLISECONDS: Final = 60_000
HOUR_MILLISECONDS: Final = 60 * MINUTE_MILLISECONDS
DAY_MILLISECONDS: Final = 24 * HOUR_MILLISECONDS
