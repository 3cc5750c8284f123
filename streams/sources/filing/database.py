"""Connections of the filing API, and what its errors mean."""

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

Connection = psycopg.Connection[dict[str, Any]]


class Database:
    """A bounded pool of connections; open it with `with`."""

    def __init__(self, address: str, wait_seconds: float = WAIT_SECONDS) -> None:
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            address,
            connection_class=psycopg.Connection[dict[str, Any]],
            min_size=1,
            max_size=CONNECTIONS,
            timeout=wait_seconds,
            open=False,
            # Connections that broke while the database was away, or led to what is a replica now,
            # are not lent.
            check=_check,
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


def _check(connection: Connection) -> None:
    """Find out whether a connection takes writes. Errors: psycopg.Error."""
    found = connection.execute("SHOW transaction_read_only").fetchone()
    if found is None or found["transaction_read_only"] != "off":
        raise psycopg.OperationalError("the server takes no writes")
