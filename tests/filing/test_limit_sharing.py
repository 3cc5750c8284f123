"""A party's limits hold over all processes that serve one database."""

import psycopg

from ops.local.patience import wait_for
from streams.clock import VirtualClock
from streams.sources.filing.limit_sharing import LimitSharing
from streams.sources.filing.rate_limits import Rate, RateLimits

RATE = Rate("reading", 60, 2.0)


def taken(processes, clock, seconds=0):
    """Ask each process in turn for more than there is; give how much a party got in all."""
    clock.advance(seconds * 1_000)
    asked = range(3 * RATE.burst)
    return sum(limits.take("party", RATE).allowed for _ in asked for limits in processes)


def test_processes_share_a_party_s_rate(database):
    clock = VirtualClock(0)
    first, second = RateLimits(clock), RateLimits(clock)
    with LimitSharing(database, "filing", first) as one:
        with (
            LimitSharing(database, "filing", second),
            LimitSharing(database, "web", RateLimits(clock)),
        ):
            one.look()
            assert taken((first, second), clock) == RATE.burst
            assert taken((first, second), clock, 10) == 10 * RATE.per_second
        # A session that was closed ends a moment later.
        wait_for("the other's end", lambda: one.look() == 1)
        assert taken((first,), clock, 10) == 10 * RATE.per_second


def test_a_database_that_is_away_changes_nothing(database, postgres):
    clock = VirtualClock(0)
    limits, other = RateLimits(clock), RateLimits(clock)
    with LimitSharing(database, "filing", limits) as one, LimitSharing(database, "filing", other):
        one.look()
        with psycopg.connect(postgres.address, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                (database.rpartition("/")[2],),
            )
        one.look()
        assert taken((limits,), clock) == RATE.burst / 2
