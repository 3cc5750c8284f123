"""Tasks taken and given back: each is with one reviewer at most, and never lost."""

from typing import Any

from processors.reviews.assignment import TOP_LEVEL, next_level, priority
from schemas.events.desk import ReviewAssigned, ReviewEscalated, ReviewSkipped
from streams.sources.desk.rows import (
    Connection,
    end_assignment,
    fetch_all,
    fetch_one,
    fetch_together,
    find_reviewer,
    lock_held,
    lock_task,
    reviewer_of,
    task_of,
    tell,
)
from streams.sources.desk.types import DeskRefused, DeskSettings, TaskAssignment

LANES = 32

ELIGIBLE = """
    task.state = 'open' AND task.level <= who.seniority
    AND ('*' = ANY(who.skills) OR task.kind || ':*' = ANY(who.skills)
         OR task.kind || ':' || task.ground = ANY(who.skills))
    AND ('*' = ANY(who.languages) OR task.language = '' OR task.language = ANY(who.languages))
    AND NOT who.reviewer_id = ANY(task.excluded_reviewer_ids)
    AND NOT who.reviewer_id = ANY(task.passed_by_reviewer_ids)
"""
"""Whether a reviewer may take a task."""

_FIRST = f"{ELIGIBLE} ORDER BY deadline_at_milliseconds, task_id LIMIT 1"
_HEADS = f"""
    SELECT head.* FROM reviewers AS who
    CROSS JOIN generate_series(0, {LANES - 1}) AS lanes (lane)
    CROSS JOIN LATERAL (
        SELECT lane, task_id, kind, ground, language, level, trusted_flagger, fast_lane,
            price_euros, excluded_reviewer_ids, issued_at_milliseconds, deadline_at_milliseconds,
            reason_codes
        FROM review_tasks AS task WHERE task.lane = lanes.lane AND {_FIRST}
    ) AS head
    WHERE who.reviewer_id = %(reviewer)s AND who.active
"""  # noqa: S608 - a text of our own
_TAKE = f"""
    WITH taken AS (
        UPDATE review_tasks SET
            state = 'leased', reviewer_id = %(reviewer)s, lease_until_milliseconds = %(until)s,
            unclaimable = false
        WHERE task_id = (
            SELECT first.task_id FROM reviewers AS who CROSS JOIN LATERAL (
                SELECT task_id FROM review_tasks AS task
                WHERE task.lane = %(lane)s AND {_FIRST} FOR UPDATE SKIP LOCKED
            ) AS first
            WHERE who.reviewer_id = %(reviewer)s AND who.active
        )
        RETURNING *
    ), noted AS (
        INSERT INTO assignments (task_id, reviewer_id, assigned_at_milliseconds)
        SELECT task_id, reviewer_id, %(now)s FROM taken
    )
    SELECT * FROM taken
"""  # noqa: S608 - a text of our own
_EXPIRE = """
    UPDATE review_tasks SET state = 'open', reviewer_id = NULL, lease_until_milliseconds = NULL
    WHERE task_id IN (
        SELECT task_id FROM review_tasks
        WHERE state = 'leased' AND lease_until_milliseconds <= %s
        ORDER BY task_id LIMIT 1000 FOR UPDATE SKIP LOCKED
    )
    RETURNING task_id
"""
_GIVE = """
    WITH noted AS (
        INSERT INTO assignments (task_id, reviewer_id, assigned_at_milliseconds)
        VALUES (%(task_id)s, %(reviewer_id)s, %(now)s)
    )
    UPDATE review_tasks SET state = 'leased', unclaimable = false,
        reviewer_id = %(reviewer_id)s, lease_until_milliseconds = %(lease_until_milliseconds)s
    WHERE task_id = %(task_id)s
"""
_CLAIMER = """
    SELECT reviewers.*,
        (SELECT count(*) FROM review_tasks
         WHERE state = 'leased' AND reviewer_id = %(reviewer)s) AS held,
        EXISTS (SELECT FROM review_tasks
                WHERE state = 'leased' AND lease_until_milliseconds <= %(now)s) AS expired
    FROM reviewers WHERE reviewer_id = %(reviewer)s AND active
"""


def claim(
    connection: Connection, reviewer_id: str, now: int, settings: DeskSettings
) -> TaskAssignment | None:
    """Return a reviewer the first task that he or she may take, or None. Errors: DeskRefused.

    Within a lane all tasks have as much time, so the first by deadline is the first by priority;
    of the lanes' heads, processors/reviews/assignment.py tells which goes first.
    """
    wanted = {"reviewer": reviewer_id, "now": now, "until": now + settings.lease_milliseconds}
    claimers, heads = fetch_together(connection, wanted, _CLAIMER, _HEADS)
    if not claimers:
        raise DeskRefused("{reviewer} is no active reviewer", reviewer=reviewer_id)
    if claimers[0]["held"] >= settings.maximum_held:
        raise DeskRefused(
            "{reviewer} holds {held} tasks", reviewer=reviewer_id, held=claimers[0]["held"]
        )
    if claimers[0]["expired"]:
        with connection.transaction():
            expire_leases(connection, now)
        heads = fetch_all(connection, _HEADS, wanted)
    heads.sort(key=lambda row: priority(task_of(row), now))
    for head in heads:
        # What is told goes to the server with the commit.
        with connection.pipeline(), connection.transaction():
            row = fetch_one(connection, _TAKE, {**wanted, "lane": head["lane"]})
            if row is not None:
                return _assign(connection, row, now)
    return None


def assign(
    connection: Connection, task_id: str, reviewer_id: str, now: int, settings: DeskSettings
) -> TaskAssignment:
    """Return an open task to a reviewer of an operator's choice, even one who skipped it.

    Errors: DeskRefused, also for one who decided the case or gave an opinion.
    """
    with connection.transaction():
        find_reviewer(connection, reviewer_id)
        row = lock_task(connection, task_id)
        if row["state"] != "open":
            raise DeskRefused("{task} is {state}", task=task_id, state=row["state"])
        opinion = "SELECT FROM opinions WHERE task_id = %s AND reviewer_id = %s"
        said = connection.execute(opinion, (task_id, reviewer_id)).rowcount
        if said or reviewer_id in row["excluded_reviewer_ids"]:
            raise DeskRefused("{reviewer} has decided this before", reviewer=reviewer_id)
        (taken,) = take(connection, [row], reviewer_id, now, settings)
        return taken


def take(
    connection: Connection,
    rows: list[dict[str, Any]],
    reviewer_id: str,
    now: int,
    settings: DeskSettings,
) -> list[TaskAssignment]:
    """Give tasks, whose rows are open and locked, to a reviewer who may take them; return them."""
    until = now + settings.lease_milliseconds
    taken = []
    for row in rows:
        row.update(state="leased", reviewer_id=reviewer_id, lease_until_milliseconds=until)
        connection.execute(_GIVE, {**row, "now": now})
        taken.append(_assign(connection, row, now))
    return taken


def skip(connection: Connection, task_id: str, reviewer_id: str, reason: str, now: int) -> None:
    """Take a task back from a reviewer, to whom it does not come again. Errors: DeskRefused."""
    with connection.transaction():
        row = lock_held(connection, task_id, reviewer_id)
        _note_skip(connection, row, reason, now)
        told = ReviewSkipped(task_id, row["case_id"], reviewer_id, reason, now)
        tell(connection, told, now)
        give_back(connection, row, "skipped", now)


def escalate(connection: Connection, task_id: str, reviewer_id: str, reason: str, now: int) -> int:
    """Pass a task to more senior reviewers; give its level then. Errors: DeskRefused."""
    with connection.transaction():
        row = lock_held(connection, task_id, reviewer_id)
        if row["level"] >= TOP_LEVEL:
            raise DeskRefused("{task} is with the most senior reviewers already", task=task_id)
        _note_skip(connection, row, reason, now)
        raise_level(connection, row, row["level"] + 1, (reason, reviewer_id), now)
        give_back(connection, row, "escalated", now)
        return int(row["level"])


def give_back(connection: Connection, row: dict[str, Any], ending: str, now: int) -> None:
    """Put a locked task back into the queue, at a level where somebody is left for it.

    Its reviewer skipped it or gave an opinion, and does not get it again.
    """
    task_id = row["task_id"]
    passed_by = [*row["passed_by_reviewer_ids"], row["reviewer_id"]]
    end_assignment(connection, task_id, ending, now)
    reviewers = [reviewer_of(each) for each in fetch_all(connection, _ACTIVE)]
    level = next_level(task_of(row), reviewers, passed_by)
    if level is not None and level > row["level"]:
        reason = f"nobody of level {row['level']} is left for it"
        raise_level(connection, row, level, (reason, None), now)
    connection.execute(
        """
        UPDATE review_tasks SET state = 'open', reviewer_id = NULL,
            lease_until_milliseconds = NULL, passed_by_reviewer_ids = %s, unclaimable = %s
        WHERE task_id = %s
        """,
        (passed_by, level is None, task_id),
    )


_ACTIVE = "SELECT * FROM reviewers WHERE active"


def raise_level(
    connection: Connection,
    row: dict[str, Any],
    level: int,
    cause: tuple[str, str | None],
    now: int,
) -> None:
    """Ask for a higher seniority, and tell so; `cause` is the reason and who asked, if anybody."""
    row["level"] = level
    query = "UPDATE review_tasks SET level = %s, outreach_checked = false WHERE task_id = %s"
    connection.execute(query, (level, row["task_id"]))
    told = ReviewEscalated(row["task_id"], row["case_id"], level, *cause, now)
    tell(connection, told, now)


def expire_leases(connection: Connection, now: int) -> int:
    """Put tasks back whose reviewers let their time pass; give their number."""
    expired = [task_id for (task_id,) in connection.execute(_EXPIRE, (now,))]
    for task_id in expired:
        end_assignment(connection, task_id, "expired", now)
    return len(expired)


def look_again(connection: Connection) -> int:
    """Look again at tasks that nobody could take, after the team changed; give how many can be."""
    with connection.transaction():
        reviewers = [reviewer_of(each) for each in fetch_all(connection, _ACTIVE)]
        query = "SELECT * FROM review_tasks WHERE unclaimable ORDER BY task_id FOR UPDATE"
        taken = [
            row["task_id"]
            for row in fetch_all(connection, query)
            if next_level(task_of(row), reviewers, row["passed_by_reviewer_ids"])
        ]
        clear = "UPDATE review_tasks SET unclaimable = false WHERE task_id = ANY(%s)"
        connection.execute(clear, (taken,))
        return len(taken)


def _assign(connection: Connection, row: dict[str, Any], now: int) -> TaskAssignment:
    """Tell that a task, whose row was leased, is with its reviewer; return it."""
    case_id, until = row["case_id"], row["lease_until_milliseconds"]
    told = ReviewAssigned(row["task_id"], case_id, row["reviewer_id"], now, until)
    tell(connection, told, now)
    number, listing_id = row["decision_number"], row["listing_id"]
    return TaskAssignment(task_of(row), case_id, number, listing_id, until, row)


def _note_skip(connection: Connection, row: dict[str, Any], reason: str, now: int) -> None:
    connection.execute(
        """
        INSERT INTO skips (task_id, reviewer_id, reason, skipped_at_milliseconds)
        VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (row["task_id"], row["reviewer_id"], reason, now),
    )
