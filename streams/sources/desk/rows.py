"""Rows of the desk's tables, read and written."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import dict_row

from processors.reviews.assignment import Reviewer, Task
from schemas.reasons import SAFETY_HAZARD
from sinks.database.outbox import INSERT_ROW, content_row
from streams.sources.desk.types import DeskRefused

Connection = psycopg.Connection[Any]
Row = Mapping[str, Any]

LOCK_TASK = "SELECT * FROM review_tasks WHERE task_id = %s FOR UPDATE"


def fetch_one(connection: Connection, query: str, parameters: Any) -> dict[str, Any] | None:
    """Return the first row of a query, by column names, or None."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, parameters).fetchone()


def fetch_all(connection: Connection, query: str, parameters: Any = ()) -> list[dict[str, Any]]:
    """Return all rows of a query, by column names."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, parameters).fetchall()


def fetch_together(
    connection: Connection, parameters: Any, *queries: str
) -> list[list[dict[str, Any]]]:
    """Return the rows of each of some queries, in one round trip."""
    cursors = []
    with connection.pipeline():
        for query in queries:
            cursor = connection.cursor(row_factory=dict_row)
            cursors.append(cursor.execute(query, parameters))
    return [cursor.fetchall() for cursor in cursors]


def task_of(row: Row) -> Task:
    """Return the task of a row of review_tasks."""
    return Task(
        row["task_id"],
        row["kind"],
        row["ground"],
        row["language"],
        row["level"],
        row["trusted_flagger"],
        row["fast_lane"],
        row["price_euros"],
        tuple(row["excluded_reviewer_ids"]),
        row["issued_at_milliseconds"],
        row["deadline_at_milliseconds"],
        SAFETY_HAZARD in row["reason_codes"],
    )


def reviewer_of(row: Row) -> Reviewer:
    """Return the reviewer of a row of reviewers."""
    return Reviewer(
        row["reviewer_id"],
        tuple(row["skills"]),
        tuple(row["languages"]),
        row["seniority"],
        row["active"],
    )


def find_reviewer(connection: Connection, reviewer_id: str) -> Reviewer:
    """Return an active reviewer. Errors: DeskRefused."""
    query = "SELECT * FROM reviewers WHERE reviewer_id = %s"
    row = fetch_one(connection, query, (reviewer_id,))
    if row is None or not row["active"]:
        raise DeskRefused("{reviewer} is no active reviewer", reviewer=reviewer_id)
    return reviewer_of(row)


def lock_task(connection: Connection, task_id: str) -> dict[str, Any]:
    """Return a task's row, locked until the transaction ends. Errors: DeskRefused."""
    row = fetch_one(connection, LOCK_TASK, (task_id,))
    if row is None:
        raise DeskRefused("there is no task {task}", task=task_id)
    return row


def lock_held(connection: Connection, task_id: str, reviewer_id: str) -> dict[str, Any]:
    """Return the row of a task that a reviewer holds, locked. Errors: DeskRefused."""
    row = lock_task(connection, task_id)
    check_held(row, reviewer_id)
    return row


def check_held(row: Row, reviewer_id: str) -> None:
    """Refuse a task that a reviewer does not hold. Errors: DeskRefused."""
    if row["state"] != "leased" or row["reviewer_id"] != reviewer_id:
        raise DeskRefused(
            "{reviewer} does not hold {task}, which is {state}",
            reviewer=reviewer_id,
            task=row["task_id"],
            state=row["state"],
        )


def end_assignment(connection: Connection, task_id: str, ending: str, at: int) -> None:
    """Note how a reviewer's hold of a task ended."""
    connection.execute(
        """
        UPDATE assignments SET ended_at_milliseconds = %s, ending = %s
        WHERE task_id = %s AND ended_at_milliseconds IS NULL
        """,
        (at, ending, task_id),
    )


def tell(connection: Connection, event: Any, at: int) -> None:
    """Put an event into the outbox, in the caller's transaction."""
    connection.execute(INSERT_ROW, content_row("desk", event, at))
