"""Calls on parties: on a complainant's first complaint, and where a case is complicated."""

from typing import Any

from processors.identifiers import hashed
from schemas.events.desk import OutreachReason, OutreachRequested
from streams.sources.desk.rows import Connection, fetch_all, find_reviewer, tell
from streams.sources.desk.types import DeskRefused, DeskSettings

BATCH = 1_000

_NEW_PARTIES = """
    UPDATE complainants SET outreach_requested = true
    WHERE party_id IN (
        SELECT party_id FROM complainants WHERE NOT outreach_requested
        ORDER BY party_id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    RETURNING party_id, first_case_id AS case_id
"""
_UNCHECKED = """
    UPDATE review_tasks SET outreach_checked = true
    WHERE task_id IN (
        SELECT task_id FROM review_tasks WHERE NOT outreach_checked
        ORDER BY task_id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    RETURNING case_id, complainant_id
"""
_COMPLICATED = """
    SELECT case_id, complainant_id AS party_id FROM review_tasks
    WHERE case_id = ANY(%s) AND complainant_id <> ''
    GROUP BY case_id, complainant_id HAVING count(*) >= %s OR max(level) > 1
"""


def request_outreach(connection: Connection, now: int, settings: DeskSettings) -> int:
    """Ask for calls on new complainants and about complicated cases; give how many are new.

    A case is complicated after several rounds of review, or where a task of it was escalated. It
    takes up to BATCH of each; there is one call for a party, and one for a case.
    """
    requested = 0
    with connection.transaction():
        for row in fetch_all(connection, _NEW_PARTIES, (BATCH,)):
            requested += _request(connection, row, "new_party", now)
        cases = sorted({row["case_id"] for row in fetch_all(connection, _UNCHECKED, (BATCH,))})
        rounds = (cases, settings.complicated_rounds)
        for row in fetch_all(connection, _COMPLICATED, rounds):
            requested += _request(connection, row, "complicated_case", now)
    return requested


def finish(connection: Connection, outreach_id: str, reviewer_id: str, now: int) -> None:
    """Note that a party was called on. Errors: DeskRefused."""
    with connection.transaction():
        find_reviewer(connection, reviewer_id)
        done = connection.execute(
            """
            UPDATE outreach_tasks SET reviewer_id = %s, done_at_milliseconds = %s
            WHERE outreach_id = %s AND done_at_milliseconds IS NULL
            """,
            (reviewer_id, now, outreach_id),
        ).rowcount
        if not done:
            raise DeskRefused("there is no open outreach task {task}", task=outreach_id)


def to_call(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Return open outreach tasks, the oldest first."""
    query = """
        SELECT * FROM outreach_tasks WHERE done_at_milliseconds IS NULL
        ORDER BY requested_at_milliseconds, outreach_id LIMIT %s
    """
    return fetch_all(connection, query, (limit,))


def _request(connection: Connection, row: dict[str, Any], reason: OutreachReason, now: int) -> int:
    party_id, case_id = row["party_id"], row["case_id"]
    outreach_id = hashed("outreach", reason, party_id if reason == "new_party" else case_id)
    new = connection.execute(
        """
        INSERT INTO outreach_tasks
            (outreach_id, party_id, case_id, reason, requested_at_milliseconds)
        VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (outreach_id, party_id, case_id, reason, now),
    ).rowcount
    if new:
        told = OutreachRequested(outreach_id, party_id, case_id, reason, now)
        tell(connection, told, now)
    return new
