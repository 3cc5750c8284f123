"""What the sinks on PostgreSQL share: a connection of their own, and positions under their name."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from schemas.wire.delivered import Delivered, Source
from sinks.contract import Span
from sinks.database.database import Connection, advance_positions
from sinks.database.kept_connection import KeptConnection


class DatabaseSink(ABC):
    """The base of a sink (sinks/contract.py), for one reader's thread."""

    def __init__(self, address: str, name: str) -> None:
        self._kept = KeptConnection(address)
        self._name = name

    def positions(self, topics: list[str]) -> dict[Source, int]:
        """Return the offset from which each partition is still to be read.

        Errors: SinkUnavailable.
        """
        return self._kept.positions(self._name, topics)

    @abstractmethod
    def write(self, records: list[Delivered], spans: dict[Source, Span]) -> None:
        """Write all records and positions, or none. Errors: SinkUnavailable, PositionMoved."""

    def close(self) -> None:
        """Close the connection."""
        self._kept.close()

    @contextmanager
    def _batch(self, spans: dict[Source, Span]) -> Iterator[Connection]:
        """Return the connection for a batch's rows; they are committed with its positions.

        Errors: SinkUnavailable, PositionMoved.
        """
        with self._kept.transaction() as connection:
            self._before_positions(connection, spans)
            advance_positions(connection, self._name, spans)
            yield connection

    def _before_positions(self, connection: Connection, spans: dict[Source, Span]) -> None:  # noqa: B027 - most need none
        """Take the locks, if any, that a sink needs before its positions' rows are locked."""
