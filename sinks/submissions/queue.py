"""The queue of submissions in PostgreSQL: put once by key, taken when due, ended once."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from psycopg.rows import namedtuple_row

from sinks.database.database import Connection
from sinks.sending.retrying import RetrySchedule
from sinks.submissions.contract import Ending, Submission

MAXIMUM_ERRORS = 50
MAXIMUM_ERROR_CHARACTERS = 2_000
RETRIES = RetrySchedule((0, *(float(min(900, 2**n)) for n in range(11))), repeats=True)
STATES = {
    **dict.fromkeys(("sent", "already_there"), "sent"),
    "refused": "refused",
    **dict.fromkeys(("unclear", "later"), "pending"),
}


class Draft(NamedTuple):
    """A submission to be put into the queue, with the event that it was made of.

    Not empty `errors` mean that it is never to be sent.
    """

    key: str
    body: dict[str, Any]
    source_type: str
    source: dict[str, Any]
    after_key: str | None = None
    errors: tuple[dict[str, str], ...] = ()


def put(
    connection: Connection, destination: str, drafts: Iterable[Draft], now_milliseconds: int
) -> int:
    """Put drafts into the queue; those whose key is there change nothing. Give how many are new."""
    added = 0
    for draft in drafts:
        added += connection.execute(
            """
            INSERT INTO submissions (destination, key, after_key, body, source_type, source, state,
                errors, due_at_milliseconds, made_at_milliseconds)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (destination, key) DO NOTHING
            """,
            (
                destination, draft.key, draft.after_key, json_text(draft.body), draft.source_type,
                json_text(draft.source), "refused" if draft.errors else "pending",
                _errors_text(draft.errors), now_milliseconds, now_milliseconds,
            ),
        ).rowcount  # fmt: skip
    return added


def due(
    connection: Connection, destination: str, batch_limit: int, now_milliseconds: int
) -> list[Submission]:
    """Return the next batch of due submissions, the longest due first.

    What failed before goes in smaller batches, in the end alone, so that one submission at which
    the destination fails does not hold up the others.
    """
    rows = connection.execute(
        """
        SELECT key, body, attempts, coalesce(
            (SELECT reference FROM submissions AS earlier
             WHERE earlier.destination = due.destination AND earlier.key = due.after_key), '')
        FROM submissions AS due
        WHERE destination = %(destination)s AND state = 'pending'
            AND due_at_milliseconds <= %(now)s
            AND NOT EXISTS (
                SELECT FROM submissions AS earlier
                WHERE earlier.destination = due.destination AND earlier.key = due.after_key
                    AND earlier.state = 'pending')
        ORDER BY due_at_milliseconds, submission_number LIMIT %(limit)s
        """,
        {"destination": destination, "now": now_milliseconds, "limit": batch_limit},
    ).fetchall()
    found = [Submission(*row) for row in rows]
    if not found:
        return []
    attempts = found[0].attempts
    limit = max(1, batch_limit >> min(attempts, 30))
    return [each for each in found if each.attempts == attempts][:limit]


def end(
    connection: Connection,
    destination: str,
    batch: list[Submission],
    endings: dict[str, Ending],
    now_milliseconds: int,
) -> None:
    """Write down how attempts ended; what is unclear, or not taken now, is due again after a
    growing delay, the latter not before the destination asks."""
    for key, attempts in ((each.key, each.attempts) for each in batch):
        ending = endings[key]
        if ending.kind == "unreachable":
            continue
        again = STATES[ending.kind] == "pending"
        delay = RETRIES.delay_seconds(key, attempts + 1) if again else None
        if ending.kind == "later":
            delay = max(delay or 0.0, ending.retry_after_seconds or 0.0)
        connection.execute(
            """
            UPDATE submissions SET state = %s, reference = %s, errors = %s,
                attempts = attempts + 1, due_at_milliseconds = %s, ended_at_milliseconds = %s
            WHERE destination = %s AND key = %s AND state = 'pending'
            """,
            (
                STATES[ending.kind], ending.reference, _errors_text(ending.errors),
                now_milliseconds + int((delay or 0.0) * 1000), None if again else now_milliseconds,
                destination, key,
            ),
        )  # fmt: skip


class Backlog(NamedTuple):
    """What stands in the queue; `oldest_seconds` is the age of the oldest pending submission."""

    pending: int
    sent: int
    refused: int
    oldest_seconds: float


def backlog(connection: Connection, destination: str, now_milliseconds: int) -> Backlog:
    """Count the queue of a destination."""
    row = connection.execute(
        """
        SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'sent'),
            count(*) FILTER (WHERE state = 'refused'),
            coalesce(%s - min(made_at_milliseconds) FILTER (WHERE state = 'pending'), 0) / 1000.0
        FROM submissions WHERE destination = %s
        """,
        (now_milliseconds, destination),
    ).fetchone()
    assert row is not None
    return Backlog(row[0], row[1], row[2], float(row[3]))


def refused(connection: Connection, destination: str, limit: int) -> list[Any]:
    """Return submissions that were set aside, newest first: key, errors, time."""
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        return cursor.execute(
            """
            SELECT key, errors, made_at_milliseconds FROM submissions
            WHERE destination = %s AND state = 'refused'
            ORDER BY submission_number DESC LIMIT %s
            """,
            (destination, limit),
        ).fetchall()


def json_text(value: Any) -> str:
    """Write a value as JSON that PostgreSQL can hold: without null characters, NaN or infinity."""
    plain = json.loads(json.dumps(value, default=list), parse_constant=lambda _name: None)
    return json.dumps(plain, ensure_ascii=False).replace("\\u0000", "\\ufffd")


def _errors_text(errors: tuple[dict[str, str], ...]) -> str:
    short = [
        {name: text[:MAXIMUM_ERROR_CHARACTERS] for name, text in error.items()}
        for error in errors[:MAXIMUM_ERRORS]
    ]
    return json_text(short)
