"""The case store: what became of each case, filled from topics with the positions beside it.

Any order between topics ends in the same rows (case_tables.py), and a record written twice
changes nothing. Readers that write partitions of one number wait for one another, as what they
write is about the same listings.
"""

import logging
from collections import Counter

import psycopg

from schemas.topic_names import (
    ACKNOWLEDGEMENTS_EVENTS,
    COMPLAINTS_EVENTS,
    COUNTER_NOTICES_EVENTS,
    DECISIONS_EVENTS,
    DETECTIONS_EVENTS,
    NOTICES_COMMANDS,
    REVIEWS_COMMANDS,
    REVIEWS_EVENTS,
    SLA_EVENTS,
    STANDINGS_STATE,
    TAKEDOWNS_COMMANDS,
)
from schemas.wire.delivered import Delivered, Source
from sinks.case_store.case_rows import concerned, patches_of
from sinks.case_store.stale_tasks import end_stale_tasks
from sinks.contract import Span
from sinks.database.database import Connection
from sinks.database.database_sink import DatabaseSink
from sinks.database.locks import Lock, lock_key
from sinks.database.merging import NUL, REPLACEMENT, write_patches

logger = logging.getLogger(__name__)

TOPICS = (
    COMPLAINTS_EVENTS,
    DECISIONS_EVENTS,
    TAKEDOWNS_COMMANDS,
    DETECTIONS_EVENTS,
    REVIEWS_COMMANDS,
    REVIEWS_EVENTS,
    COUNTER_NOTICES_EVENTS,
    ACKNOWLEDGEMENTS_EVENTS,
    SLA_EVENTS,
    NOTICES_COMMANDS,
    STANDINGS_STATE,
)
MAXIMUM_REFUSAL_CHARACTERS = 2_000

BadRecord = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded)
"""What PostgreSQL says of a record that it can't hold, whatever the others of its batch."""


class CaseStore(DatabaseSink):
    """The sink of one reader; `name` is that under which its positions are kept."""

    def __init__(self, address: str, name: str = "case-store") -> None:
        super().__init__(address, name)
        self.endings: Counter[str] = Counter()

    def write(self, records: list[Delivered], spans: dict[Source, Span]) -> None:
        """Write all records and positions, or none. Errors: SinkUnavailable, PositionMoved.

        Records that PostgreSQL can't hold are set aside in `refused_records`, one by one.
        """
        try:
            self._write(records, spans)
        except BadRecord as error:
            logger.warning("a batch is written record by record: %s", error)
            self._write_singly(records, spans)

    def _write(self, records: list[Delivered], spans: dict[Source, Span]) -> None:
        with self._batch(spans) as connection:
            _write_rows(connection, records)
        self.endings["written"] += len(records)

    def _write_singly(self, records: list[Delivered], spans: dict[Source, Span]) -> None:
        refused = 0
        with self._batch(spans) as connection:
            for record in records:
                try:
                    with connection.transaction():
                        _write_rows(connection, [record])
                except BadRecord as error:
                    self._set_aside(connection, record, error)
                    refused += 1
        self.endings["written"] += len(records) - refused
        self.endings["refused"] += refused

    def _before_positions(self, connection: Connection, spans: dict[Source, Span]) -> None:
        for partition in sorted({partition for _, partition in spans}):
            key = lock_key(Lock.CASE_STORE_PARTITION, self._name, str(partition))
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (key,))

    def _set_aside(self, connection: Connection, record: Delivered, error: psycopg.Error) -> None:
        name = type(record.event).__name__
        refusal = str(error).replace(NUL, REPLACEMENT)[:MAXIMUM_REFUSAL_CHARACTERS]
        place = (record.topic, record.partition, record.offset)
        logger.error("%s %s %s: %s is refused: %s", *place, name, refusal)
        connection.execute(
            """
            INSERT INTO refused_records (sink, topic, partition, record_offset, event, refusal)
            VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
            """,
            (self._name, *place, name, refusal),
        )


def _write_rows(connection: Connection, records: list[Delivered]) -> None:
    patches = [patch for record in records for patch in patches_of(record)]
    write_patches(connection, patches)
    found = {concerned(record.event) for record in records}
    end_stale_tasks(connection, sorted(each for each in found if each is not None))
