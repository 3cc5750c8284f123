"""Rate limits by token bucket, one for each party and kind of request.

Buckets are kept in the process, not in the database: they are to protect the service also while
the database is slow. Of several processes each gives its part of the rate, so that a party whose
requests are spread over them has the whole and never more; a process forgets its buckets when it
ends.
"""

import math
import threading
from collections import OrderedDict
from typing import NamedTuple

from streams.clock import Clock

MAXIMUM_BUCKETS = 100_000


class Rate(NamedTuple):
    """How much a party may ask for: `burst` at once, then `per_second`."""

    name: str
    burst: int
    per_second: float

    @property
    def window_seconds(self) -> int:
        """The time in which an empty bucket is full again."""
        return math.ceil(self.burst / self.per_second)


class Allowance(NamedTuple):
    """Whether a request may pass, what is left, and how long until there is more."""

    allowed: bool
    remaining: int
    wait_seconds: int


class RateLimits:
    """The buckets of all parties; those unused for longest are dropped first, full or not far off.

    Safe to call from several threads.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._sharers = 1

    def share_among(self, processes: int) -> None:
        """Give a part of the rates from now on, as one of so many."""
        self._sharers = max(1, processes)

    def take(self, party_id: str, rate: Rate) -> Allowance:
        """Take one request out of a party's bucket."""
        now = self._clock.monotonic_seconds()
        burst, per_second = max(1.0, rate.burst / self._sharers), rate.per_second / self._sharers
        with self._lock:
            tokens, at = self._buckets.pop((party_id, rate.name), (burst, now))
            tokens = min(burst, tokens + (now - at) * per_second)
            allowed = tokens >= 1.0
            tokens -= allowed
            self._buckets[party_id, rate.name] = (tokens, now)
            if len(self._buckets) > MAXIMUM_BUCKETS:
                self._buckets.popitem(last=False)
        missing = max(0.0, 1.0 - tokens)
        return Allowance(allowed, int(tokens), math.ceil(missing / per_second))


def headers(rate: Rate, allowance: Allowance) -> dict[str, str]:
    """Return the RateLimit fields (draft-ietf-httpapi-ratelimit-headers) and Retry-After."""
    told = {
        "RateLimit-Policy": f'"{rate.name}";q={rate.burst};w={rate.window_seconds}',
        "RateLimit": f'"{rate.name}";r={allowance.remaining};t={allowance.wait_seconds}',
    }
    if not allowance.allowed:
        told["Retry-After"] = str(max(1, allowance.wait_seconds))
    return told
