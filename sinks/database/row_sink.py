"""A sink that writes rows for each batch, and sets aside what PostgreSQL can't hold."""

import logging
from abc import abstractmethod
from collections import Counter

import psycopg

from schemas.wire.delivered import Delivered, Source
from sinks.contract import Span
from sinks.database.database import Connection
from sinks.database.database_sink import DatabaseSink
from sinks.database.merging import NUL, REPLACEMENT

logger = logging.getLogger(__name__)

MAXIMUM_REFUSAL_CHARACTERS = 2_000

BadRecord = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded)
"""What PostgreSQL says of a record that it can't hold, whatever the others of its batch."""


class RowSink(DatabaseSink):
    """The base of such a sink, for one reader; `name` is that under which its positions are kept.

    `endings` counts the records that were written and refused.
    """

    def __init__(self, address: str, name: str) -> None:
        super().__init__(address, name)
        self.endings: Counter[str] = Counter()

    @abstractmethod
    def _write_rows(self, connection: Connection, records: list[Delivered]) -> None:
        """Write the rows of a batch, within its transaction."""

    def write(self, records: list[Delivered], spans: dict[Source, Span]) -> None:
        """Write all records and positions, or none. Errors: SinkUnavailable, PositionMoved.

        Records that PostgreSQL can't hold are set aside in `refused_records`, one by one.
        """
        try:
            with self._batch(spans) as connection:
                self._write_rows(connection, records)
        except BadRecord as error:
            logger.warning("a batch is written record by record: %s", error)
            self._write_singly(records, spans)
        else:
            self.endings["written"] += len(records)

    def _write_singly(self, records: list[Delivered], spans: dict[Source, Span]) -> None:
        refused = 0
        with self._batch(spans) as connection:
            for record in records:
                try:
                    with connection.transaction():
                        self._write_rows(connection, [record])
                except BadRecord as error:
                    self._set_aside(connection, record, error)
                    refused += 1
        self.endings["written"] += len(records) - refused
        self.endings["refused"] += refused

    def _set_aside(self, connection: Connection, record: Delivered, error: psycopg.Error) -> None:
        name = type(record.event).__name__
        refusal = str(error).replace(NUL, REPLACEMENT)[:MAXIMUM_REFUSAL_CHARACTERS]
        place = (record.topic, record.partition, record.offset)
        ids = {"case_id": record.event.case_id} if hasattr(record.event, "case_id") else {}
        logger.error("%s %s %s: %s is refused: %s", *place, name, refusal, extra=ids)
        connection.execute(
            """
            INSERT INTO refused_records (sink, topic, partition, record_offset, event, refusal)
            VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
            """,
            (self._name, *place, name, refusal),
        )
