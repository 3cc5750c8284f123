"""Makes statements that were set aside again, from their events, after the mapping was mended."""

from schemas.record import record_of
from sinks.contract import SinkUnavailable
from sinks.database.database import AWAY, connect
from sinks.statements.client import DESTINATION
from sinks.statements.mapping import OmittedStatement, StatementSettings, statement_of
from sinks.statements.store import KINDS
from sinks.statements.validation import validate
from sinks.submissions.queue import json_text

BATCH_ROWS = 1_000


def remake_refused(
    address: str, settings: StatementSettings, now_milliseconds: int
) -> tuple[int, int]:
    """Put back what is valid now; give how many are due again, and how many still can't be sent.

    Errors: SinkUnavailable.
    """
    again = still = 0
    last = 0
    try:
        with connect(address) as connection:
            while True:
                rows = connection.execute(
                    """
                    SELECT submission_number, key, source_type, source FROM submissions
                    WHERE destination = %s AND state = 'refused' AND submission_number > %s
                    ORDER BY submission_number LIMIT %s
                    """,
                    (DESTINATION, last, BATCH_ROWS),
                ).fetchall()
                if not rows:
                    return again, still
                for number, key, source_type, source in rows:
                    last = number
                    made = statement_of(record_of(KINDS[source_type], source), settings)
                    if (
                        isinstance(made, OmittedStatement)
                        or made.puid != key
                        or validate(made.body)
                    ):
                        still += 1
                        continue
                    again += connection.execute(
                        """
                        UPDATE submissions SET state = 'pending', body = %s, errors = '[]',
                            attempts = 0, due_at_milliseconds = %s, ended_at_milliseconds = NULL
                        WHERE submission_number = %s AND state = 'refused'
                        """,
                        (json_text(made.body), now_milliseconds, number),
                    ).rowcount
    except AWAY as error:
        raise SinkUnavailable(str(error)) from error
