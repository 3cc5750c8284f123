"""A sink's own connection to PostgreSQL: made when first used, and anew after it was lost."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from schemas.wire.delivered import Source
from sinks.contract import SinkUnavailable
from sinks.database.database import AWAY, Connection, connect, read_positions


class KeptConnection:
    """One connection, for one thread."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection: Connection | None = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Return the connection for one transaction, committed at the end.

        Errors: SinkUnavailable where the database can't be reached or is lost on the way; nothing
        is written then. What it says of a record that it can't hold goes through as it is.
        """
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._address)
        try:
            with self._connection.transaction():
                yield self._connection
        except psycopg.errors.ProgramLimitExceeded:
            raise
        except AWAY as error:
            # Its state isn't known any more.
            self.close()
            raise SinkUnavailable(str(error)) from error

    def positions(self, sink: str, topics: list[str]) -> dict[Source, int]:
        """Return the offset from which a sink is to read each partition.

        Errors: SinkUnavailable.
        """
        with self.transaction() as connection:
            return read_positions(connection, sink, topics)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
