"""The database's clock: consoles and services at one desk agree on when a lease ends."""

import time

from streams.clock import Clock, SystemClock
from streams.sources.desk.rows import Connection

_NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"


class DatabaseClock:
    """The clock of the server that a connection leads to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def now_milliseconds(self) -> int:
        """Return the database's wall-clock time, UTC. Errors: psycopg.Error."""
        (now,) = self._connection.execute(_NOW).fetchone() or (0,)
        return int(now)

    def monotonic_seconds(self) -> float:
        """Return a time that never goes back, of this machine."""
        return time.monotonic()


def desk_clock(connection: Connection, clock: Clock) -> Clock:
    """Return the database's clock in place of the machine's; a simulation's stays."""
    return DatabaseClock(connection) if isinstance(clock, SystemClock) else clock
