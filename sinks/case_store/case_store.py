"""The case store: what became of each case, filled from topics with the positions beside it.

Any order between topics ends in the same rows (case_tables.py), and a record written twice
changes nothing. Readers that write partitions of one number wait for one another, as what they
write is about the same listings.
"""

from schemas.topic_names import (
    ACCOUNTS_COMMANDS,
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
from sinks.database.locks import Lock, lock_key
from sinks.database.merging import write_patches
from sinks.database.row_sink import RowSink

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
    ACCOUNTS_COMMANDS,
    STANDINGS_STATE,
)


class CaseStore(RowSink):
    """The sink of one reader; `name` is that under which its positions are kept."""

    def __init__(self, address: str, name: str = "case-store") -> None:
        super().__init__(address, name)

    def _before_positions(self, connection: Connection, spans: dict[Source, Span]) -> None:
        for partition in sorted({partition for _, partition in spans}):
            key = lock_key(Lock.CASE_STORE_PARTITION, self._name, str(partition))
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (key,))

    def _write_rows(self, connection: Connection, records: list[Delivered]) -> None:
        patches = [patch for record in records for patch in patches_of(record)]
        write_patches(connection, patches)
        found = {concerned(record.event) for record in records}
        end_stale_tasks(connection, sorted(each for each in found if each is not None))
