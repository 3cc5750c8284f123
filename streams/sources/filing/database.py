"""Connections of the filing API, and what its errors mean."""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from schemas.handled_errors import note_handled
from sinks.contract import SinkUnavailable
from sinks.database.database import AWAY, CONNECTION_SETTINGS
from streams.sources.filing.problems import MALFORMED, UNAVAILABLE, Problem

STATEMENT_TIMEOUT_MILLISECONDS = 10_000
LOCK_TIMEOUT_MILLISECONDS = 5_000
WAIT_SECONDS = 5.0
CONNECTIONS = 10
RETRY_AFTER_SECONDS = 5
FULL_RETRY_AFTER_SECONDS = 60
TRUSTED_SECONDS = 1.0
"""For so long after it was asked, a connection of which nothing was heard is lent unasked."""

Connection = psycopg.Connection[dict[str, Any]]


class _Pooled(psycopg.Connection[dict[str, Any]]):
    """A connection, and when it was last seen to take writes, in monotonic seconds."""

    seen_at: float | None = None


class Database:
    """A bounded pool of connections; open it with `with`."""

    def __init__(self, address: str, wait_seconds: float = WAIT_SECONDS) -> None:
        self._doubted_at = 0.0
        self._pool: ConnectionPool[_Pooled] = ConnectionPool(
            address,
            connection_class=_Pooled,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=wait_seconds,
            open=False,
            # Connections that broke while the database was away, or led to what is a replica now,
            # are not lent.
            check=self._check,
            kwargs={
                **CONNECTION_SETTINGS,
                "row_factory": dict_row,
                "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MILLISECONDS}"
                f" -c lock_timeout={LOCK_TIMEOUT_MILLISECONDS}",
            },
        )

    def __enter__(self) -> "Database":
        self._pool.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lend a connection.

        Errors: Problem, UNAVAILABLE while the database does not answer, has no room or takes no
        writes, MALFORMED where a value can't be stored.
        """
        try:
            with self._pool.connection() as connection:
                yield connection
        except psycopg.DataError as error:
            # It would be refused each time again. The error's words may hold what a party wrote.
            note_handled("filing", type(error).__name__)
            raise Problem(MALFORMED, "It holds what can't be stored, such as NUL.") from error
        except psycopg.errors.DiskFull as error:
            note_handled("filing", error)
            raise Problem(
                UNAVAILABLE,
                "The database has no room; send the same request again later, with the same key.",
                headers={"Retry-After": str(FULL_RETRY_AFTER_SECONDS)},
            ) from error
        except (*AWAY, PoolTimeout, SinkUnavailable) as error:
            self._doubted_at = time.monotonic()
            raise Problem(
                UNAVAILABLE,
                "The database does not answer; send the same request again, with the same key.",
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
            ) from error

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Lend a connection within a transaction. Errors: as `connection`."""
        with self.connection() as connection, connection.transaction():
            yield connection

    def _check(self, connection: _Pooled) -> None:
        """Find out whether a connection takes writes. Errors: psycopg.Error."""
        now = time.monotonic()
        trusted_from = max(self._doubted_at, now - TRUSTED_SECONDS)
        seen = connection.seen_at is not None and connection.seen_at > trusted_from
        if seen and not _speaks(connection):
            return
        found = connection.execute("SHOW transaction_read_only").fetchone()
        if found is None or found["transaction_read_only"] != "off":
            # The pool would lend it again.
            connection.close()
            raise psycopg.OperationalError("the server takes no writes")
        connection.seen_at = now


def _speaks(connection: Connection) -> bool:
    """Tell whether a server has something to say unasked: as a rule, that it ends."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
