"""Spans of time."""

from typing import NamedTuple


class Period(NamedTuple):
    """From a time on and before another, in milliseconds, UTC."""

    begin_milliseconds: int
    end_milliseconds: int


EVER = Period(0, 1 << 62)
