"""Tasks that are alike, taken and decided together: each is shown, and each can be undone.

Alike are complaints on one ground, from one complainant, about one mark. What needs a reading of
its own, such as an appeal, is never in a batch, and neither is what was found in different titles.
"""

from typing import Any, NamedTuple

from streams.sources.desk import holding
from streams.sources.desk.claims import ELIGIBLE, take
from streams.sources.desk.rows import (
    Connection,
    end_assignment,
    fetch_all,
    fetch_one,
    find_reviewer,
)
from streams.sources.desk.types import (
    DeskRefused,
    DeskSettings,
    TaskAssignment,
    Verdict,
    VerdictResult,
)

MAXIMUM_TOGETHER = 300
"""As many as one request may complain of."""
KIND = "complaint"
"""The kind of tasks that come in batches."""
SHOWN_GROUPS = 20

_ALIKE = """
    task.kind = lead.kind AND task.ground = lead.ground
    AND task.complainant_id IS NOT DISTINCT FROM lead.complainant_id
    AND task.trademark_key IS NOT DISTINCT FROM lead.trademark_key
"""
_GROUPS = f"""
    SELECT task.kind, task.ground, task.complainant_id, task.trademark_key, count(*) AS tasks,
        min(task.deadline_at_milliseconds) AS deadline_at_milliseconds,
        (array_agg(task.task_id ORDER BY task.deadline_at_milliseconds, task.task_id))[1] AS lead,
        (array_agg(task.mark ORDER BY task.deadline_at_milliseconds, task.task_id))[1] AS mark
    FROM reviewers AS who
    JOIN review_tasks AS task ON task.kind = %(kind)s AND {ELIGIBLE}
    WHERE who.reviewer_id = %(reviewer)s AND who.active
    GROUP BY task.kind, task.ground, task.complainant_id, task.trademark_key
    HAVING count(*) > 1
    ORDER BY count(*) DESC, min(task.deadline_at_milliseconds) LIMIT {SHOWN_GROUPS}
"""  # noqa: S608 - a text of our own
_TOGETHER = f"""
    SELECT task.* FROM review_tasks AS lead
    JOIN review_tasks AS task ON {_ALIKE}
    JOIN reviewers AS who ON who.reviewer_id = %(reviewer)s AND who.active
    WHERE lead.task_id = %(lead)s AND {ELIGIBLE}
    ORDER BY task.deadline_at_milliseconds, task.task_id LIMIT %(limit)s
    FOR UPDATE OF task SKIP LOCKED
"""  # noqa: S608 - a text of our own
_MINE = f"""
    SELECT task.*, held.outcome, held.settles_at_milliseconds
    FROM review_tasks AS lead JOIN review_tasks AS task ON {_ALIKE}
    LEFT JOIN held_verdicts AS held ON held.task_id = task.task_id
    WHERE lead.task_id = %(lead)s AND task.state = 'leased' AND task.reviewer_id = %(reviewer)s
    ORDER BY task.deadline_at_milliseconds, task.task_id
"""  # noqa: S608 - a text of our own
_HELD = "SELECT task_id FROM review_tasks WHERE state = 'leased' AND reviewer_id = %s"
_RETURN = """
    UPDATE review_tasks SET state = 'open', reviewer_id = NULL, lease_until_milliseconds = NULL
    WHERE task_id = ANY(%s) AND state = 'leased' AND reviewer_id = %s
    AND NOT EXISTS (SELECT FROM held_verdicts WHERE held_verdicts.task_id = review_tasks.task_id)
    RETURNING task_id
"""


class BatchDecided(NamedTuple):
    """What became of a batch: verdicts held, refused ones, and tasks that went back."""

    held: int
    refused: tuple[VerdictResult, ...]
    returned: int
    settles_at_milliseconds: int


def groups(connection: Connection, reviewer_id: str) -> list[dict[str, Any]]:
    """Return the largest groups of tasks that a reviewer may take together."""
    return fetch_all(connection, _GROUPS, {"reviewer": reviewer_id, "kind": KIND})


def claim_together(
    connection: Connection, lead: str, reviewer_id: str, now: int, settings: DeskSettings
) -> list[TaskAssignment]:
    """Return a reviewer the tasks like one that waits, that one among them. Errors: DeskRefused."""
    with connection.pipeline(), connection.transaction():
        find_reviewer(connection, reviewer_id)
        first = fetch_one(connection, "SELECT * FROM review_tasks WHERE task_id = %s", (lead,))
        if first is None or first["kind"] != KIND:
            raise DeskRefused("{task} is none of a batch", task=lead)
        held = len(fetch_all(connection, _HELD, (reviewer_id,)))
        if held >= settings.maximum_held:
            raise DeskRefused("{reviewer} holds {held} tasks", reviewer=reviewer_id, held=held)
        wanted = {"lead": lead, "reviewer": reviewer_id, "limit": MAXIMUM_TOGETHER}
        return take(
            connection, fetch_all(connection, _TOGETHER, wanted), reviewer_id, now, settings
        )


def batch_of(connection: Connection, lead: str, reviewer_id: str) -> list[dict[str, Any]]:
    """Return the tasks like one that a reviewer holds, with what is held of each."""
    return fetch_all(connection, _MINE, {"lead": lead, "reviewer": reviewer_id})


def hold_together(
    connection: Connection,
    verdicts: list[Verdict],
    returned: list[str],
    now: int,
    settings: DeskSettings,
) -> BatchDecided:
    """Hold a verdict on each of some tasks, and put others back into the queue.

    All are held until the same time, which is longer than for one. What is refused stays with the
    reviewer.
    """
    longer = settings._replace(hold_milliseconds=settings.batch_hold_milliseconds)
    settles_at, refused = now + longer.hold_milliseconds, []
    with connection.transaction():
        for verdict in verdicts:
            try:
                with connection.transaction():
                    holding.hold(connection, verdict, now, longer)
            except DeskRefused as error:
                refused.append(VerdictResult(verdict.task_id, None, error))
        reviewer_id = verdicts[0].reviewer_id if verdicts else ""
        back = [task_id for (task_id,) in connection.execute(_RETURN, (returned, reviewer_id))]
        for task_id in back:
            end_assignment(connection, task_id, "returned", now)
    return BatchDecided(len(verdicts) - len(refused), tuple(refused), len(back), settles_at)


def undo_together(connection: Connection, lead: str, reviewer_id: str) -> int:
    """Forget what is held of a batch; give of how many tasks. Those stay with the reviewer."""
    tasks = [row["task_id"] for row in batch_of(connection, lead, reviewer_id) if row["outcome"]]
    query = "DELETE FROM held_verdicts WHERE task_id = ANY(%s) AND reviewer_id = %s"
    return connection.execute(query, (tasks, reviewer_id)).rowcount
