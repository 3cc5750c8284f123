"""The queue as a whole: what waits, for how long, and what is going to be late."""

from typing import Any, NamedTuple

from processors.reviews.assignment import Task, next_level
from processors.reviews.breach_forecast import BreachForecast, breach_forecast
from streams.sources.desk.rows import Connection, fetch_all, fetch_one, reviewer_of

RATE_WINDOW_MILLISECONDS = 15 * 60_000

_GROUPS = """
    SELECT kind, state, ground, language, level, unclaimable, count(*) AS tasks,
        min(issued_at_milliseconds) AS oldest
    FROM review_tasks WHERE state IN ('open', 'leased')
    GROUP BY kind, state, ground, language, level, unclaimable
"""
_DEADLINES = """
    SELECT coalesce(array_agg(deadline_at_milliseconds ORDER BY deadline_at_milliseconds), '{}')
    FROM review_tasks WHERE state IN ('open', 'leased')
"""
_REST = """
    SELECT
        (SELECT count(*) FROM review_tasks
         WHERE state = 'decided' AND ended_at_milliseconds > %(since)s) AS reviews,
        (SELECT count(*) FROM inquiries WHERE answered_at_milliseconds IS NULL) AS inquiries,
        (SELECT count(*) FROM inquiries WHERE answered_at_milliseconds IS NULL
         AND answer_until_milliseconds < %(now)s) AS overdue
"""


class QueueState(NamedTuple):
    """The desk at one moment; tasks by (kind, state), where state is open, leased or unclaimable;
    ages in seconds."""

    tasks: dict[tuple[str, str], int]
    oldest_seconds: dict[str, float]
    reviews_per_second: float
    forecast: BreachForecast
    inquiries: int
    overdue_inquiries: int

    def gauges(self) -> dict[tuple[str, tuple[str, ...]], float]:
        """Return the values of the metrics, by name and labels."""
        return {
            **{("ip_review_queue_tasks", key): count for key, count in self.tasks.items()},
            **{
                ("ip_review_queue_oldest_seconds", (kind,)): seconds
                for kind, seconds in self.oldest_seconds.items()
            },
            ("ip_review_rate_per_second", ()): self.reviews_per_second,
            ("ip_breach_forecast_cases", ()): self.forecast.late,
            ("ip_breach_forecast_ratio", ()): self.forecast.share,
            ("ip_inquiries", ("open",)): self.inquiries,
            ("ip_inquiries", ("overdue",)): self.overdue_inquiries,
        }


def queue_state(connection: Connection, now: int) -> QueueState:
    """Return the state of the queue."""
    reviewers = [
        reviewer_of(row) for row in fetch_all(connection, "SELECT * FROM reviewers WHERE active")
    ]
    tasks: dict[tuple[str, str], int] = {}
    oldest: dict[str, float] = {}
    for row in fetch_all(connection, _GROUPS):
        state = row["state"]
        if row["unclaimable"] or (
            state == "open" and next_level(_any_of(row), reviewers, ()) is None
        ):
            state = "unclaimable"
        key = (row["kind"], state)
        tasks[key] = tasks.get(key, 0) + row["tasks"]
        age = max(0, now - row["oldest"]) / 1000
        oldest[row["kind"]] = max(oldest.get(row["kind"], 0.0), age)
    (deadlines,) = connection.execute(_DEADLINES).fetchone() or ([],)
    since = {"now": now, "since": now - RATE_WINDOW_MILLISECONDS}
    rest = fetch_one(connection, _REST, since) or {}
    rate = rest["reviews"] * 1000 / RATE_WINDOW_MILLISECONDS
    return QueueState(
        tasks=tasks,
        oldest_seconds=oldest,
        reviews_per_second=rate,
        forecast=breach_forecast(deadlines, rate, now),
        inquiries=rest["inquiries"],
        overdue_inquiries=rest["overdue"],
    )


def waiting(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Return tasks of the queue, lane by lane and by deadline."""
    query = """
        SELECT * FROM review_tasks WHERE state IN ('open', 'leased')
        ORDER BY lane, deadline_at_milliseconds, task_id LIMIT %s
    """
    return fetch_all(connection, query, (limit,))


def _any_of(row: dict[str, Any]) -> Task:
    """Return a task as those of a group are, as far as reviewers' skills go."""
    nature = (row["kind"], row["ground"], row["language"], row["level"])
    return Task("", *nature, False, False, None, (), 0, 0)
