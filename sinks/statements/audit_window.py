"""Reads windows of statements and their events from the queue, for audits."""

from collections.abc import Iterator
from typing import Any

from schemas.record import record_of
from sinks.contract import SinkUnavailable
from sinks.database.database import AWAY, Connection, connect
from sinks.statements.client import DESTINATION
from sinks.statements.drift import Audit, audit
from sinks.statements.store import KINDS

BATCH_ROWS = 1_000


def audit_window(
    address: str,
    begin_milliseconds: int,
    end_milliseconds: int,
    trusted_flaggers: frozenset[str] = frozenset(),
) -> Audit:
    """Audit the statements made within a window; its shares are compared with those of the window
    of the same length before it. Errors: SinkUnavailable."""
    earlier = 2 * begin_milliseconds - end_milliseconds
    try:
        with connect(address) as connection:
            before = audit(_pairs(connection, earlier, begin_milliseconds), None)
            pairs = _pairs(connection, begin_milliseconds, end_milliseconds)
            return audit(pairs, before.shares, trusted_flaggers)
    except AWAY as error:
        raise SinkUnavailable(str(error)) from error


def _pairs(
    connection: Connection, begin_milliseconds: int, end_milliseconds: int
) -> Iterator[tuple[Any, dict[str, Any]]]:
    # A cursor of the server: a window may hold more than memory should.
    with connection.transaction(), connection.cursor("statements_audit") as cursor:
        cursor.itersize = BATCH_ROWS
        cursor.execute(
            """
            SELECT source_type, source, body FROM submissions
            WHERE destination = %s AND made_at_milliseconds >= %s AND made_at_milliseconds < %s
                AND state <> 'refused'
            """,
            (DESTINATION, begin_milliseconds, end_milliseconds),
        )
        for source_type, source, body in cursor:
            yield record_of(KINDS[source_type], source), body
