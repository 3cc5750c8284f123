"""Verdicts that wait for a while before they are taken, so that a reviewer can undo a slip."""

from typing import Any

import psycopg

from processors.validity import invalid_fields
from schemas.handled_errors import note_handled
from streams.sources.desk.rows import Connection, fetch_all, fetch_one, lock_held
from streams.sources.desk.types import DeskRefused, DeskSettings, Verdict, VerdictResult
from streams.sources.desk.verdicts import check, decide, event_of

LEASE_BEYOND_MILLISECONDS = 10 * 60_000
"""How long a task stays with its reviewer after the hold, should nobody settle it in time."""

_HOLD = """
    INSERT INTO held_verdicts VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (task_id) DO UPDATE SET reviewer_id = excluded.reviewer_id,
        outcome = excluded.outcome, reason_codes = excluded.reason_codes,
        explanation = excluded.explanation,
        settles_at_milliseconds = excluded.settles_at_milliseconds
"""
_LEASE = """
    UPDATE review_tasks
    SET lease_until_milliseconds = greatest(lease_until_milliseconds, %s) WHERE task_id = %s
"""
_DUE = """
    SELECT * FROM held_verdicts WHERE settles_at_milliseconds <= %s
    ORDER BY settles_at_milliseconds, task_id LIMIT 1000
"""


def hold(connection: Connection, verdict: Verdict, now: int, settings: DeskSettings) -> int:
    """Keep a verdict until it is settled or undone; give when it settles. Errors: DeskRefused.

    What would be refused then is refused now. A case whose time ends sooner is not held longer.
    """
    with connection.transaction():
        row = lock_held(connection, verdict.task_id, verdict.reviewer_id)
        check(row, verdict)
        invalid = invalid_fields(event_of(row, verdict, now))
        if invalid:
            raise DeskRefused("not valid: {fields}", fields=", ".join(invalid))
        deadline: int = row["deadline_at_milliseconds"]
        settles_at = min(now + settings.hold_milliseconds, max(now, deadline))
        connection.execute(_HOLD, (*_kept(verdict), settles_at))
        until = settles_at + LEASE_BEYOND_MILLISECONDS
        connection.execute(_LEASE, (until, verdict.task_id))
        return settles_at


def undo(connection: Connection, task_id: str, reviewer_id: str) -> None:
    """Forget a reviewer's verdict that is still held; the task stays with him or her.

    Errors: DeskRefused where it was settled by now.
    """
    query = "DELETE FROM held_verdicts WHERE task_id = %s AND reviewer_id = %s"
    if connection.execute(query, (task_id, reviewer_id)).rowcount != 1:
        raise DeskRefused("it can't be undone any more: the verdict was taken")


def settle(connection: Connection, now: int, settings: DeskSettings) -> list[VerdictResult]:
    """Take the verdicts whose hold is over. One that is refused leaves the task as it is."""
    return [_settle(connection, row, now, settings) for row in fetch_all(connection, _DUE, (now,))]


def held_by(connection: Connection, reviewer_id: str) -> list[dict[str, Any]]:
    """Return a reviewer's verdicts that can be undone, the newest first."""
    query = """
        SELECT * FROM held_verdicts WHERE reviewer_id = %s ORDER BY settles_at_milliseconds DESC
    """
    return fetch_all(connection, query, (reviewer_id,))


def _settle(
    connection: Connection, row: dict[str, Any], now: int, settings: DeskSettings
) -> VerdictResult:
    task_id = row["task_id"]
    with connection.transaction():
        query = "DELETE FROM held_verdicts WHERE task_id = %s AND settles_at_milliseconds = %s"
        at = row["settles_at_milliseconds"]
        gone = fetch_one(connection, f"{query} RETURNING task_id", (task_id, at)) is None
    if gone:
        return VerdictResult(task_id, None, DeskRefused("it was undone"))
    words = (row["outcome"], tuple(row["reason_codes"]), row["explanation"])
    try:
        return decide(connection, Verdict(task_id, row["reviewer_id"], *words), now, settings)
    except (DeskRefused, psycopg.DataError) as error:
        note_handled("held_verdict", type(error).__name__)
        return VerdictResult(task_id, None, DeskRefused(str(error)))


def _kept(verdict: Verdict) -> tuple[Any, ...]:
    task_id, reviewer_id, outcome, reasons, explanation = verdict
    return task_id, reviewer_id, outcome, list(reasons), explanation
