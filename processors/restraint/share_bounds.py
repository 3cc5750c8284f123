"""A share seen in a sample, and between which bounds the true one lies."""

from math import sqrt
from typing import NamedTuple

Z_95_PERCENT = 1.959964
"""Standard deviations within which 95 % of a normal distribution lie."""


class ShareBounds(NamedTuple):
    """A share and its 95 % bounds, 0 to 1."""

    estimate: float
    lower: float
    upper: float


def share_bounds(part: int, whole: int) -> ShareBounds:
    """Return a share with the bounds of Wilson's interval; of nothing, all is possible."""
    if whole <= 0:
        return ShareBounds(0.0, 0.0, 1.0)
    share = part / whole
    square = Z_95_PERCENT * Z_95_PERCENT
    middle = share + square / (2 * whole)
    width = Z_95_PERCENT * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    scale = 1 + square / whole
    return ShareBounds(
        share, max(0.0, (middle - width) / scale), min(1.0, (middle + width) / scale)
    )


def is_beyond(part: int, whole: int, limit_percent: int) -> bool:
    """Tell whether a share is surely above a limit: its lower bound is; no limit is 0."""
    return limit_percent > 0 and 100 * share_bounds(part, whole).lower > limit_percent
