"""Figures of the operator's overview, from the stores that all services share."""

from typing import Any, NamedTuple

from schemas.durations import DAY_MILLISECONDS, HOUR_MILLISECONDS
from sinks.database.outbox import SOURCES
from streams.sources.filing.database import Database

_CASES = """
    SELECT
        count(*) FILTER (WHERE closed_at_milliseconds > %(since)s AND within_deadline) AS in_time,
        count(*) FILTER (WHERE closed_at_milliseconds > %(since)s AND NOT within_deadline) AS late,
        count(*) FILTER (WHERE closed_at_milliseconds IS NULL
            AND deadline_at_milliseconds BETWEEN %(since)s AND %(now)s) AS overdue,
        min(coalesce(received_at_milliseconds, arrived_at_milliseconds))
            FILTER (WHERE closed_at_milliseconds IS NULL) AS oldest
    FROM cases
"""
_PROVED = """
    SELECT count(*) AS commands,
        count(*) FILTER (WHERE proved_at_milliseconds - issued_at_milliseconds <= %(day)s) AS proved
    FROM commands WHERE kind <> 'reinstate'
    AND issued_at_milliseconds BETWEEN %(before)s AND %(since)s
"""
_DELIVERIES = "SELECT state, count(*) AS deliveries FROM deliveries GROUP BY state"
_OUTBOX = """
    SELECT source, count(*) FILTER (WHERE refusal IS NULL) AS waiting,
        count(*) FILTER (WHERE refusal IS NOT NULL) AS refused,
        min(written_at_milliseconds) FILTER (WHERE refusal IS NULL) AS oldest
    FROM outbox WHERE sent_at_milliseconds IS NULL GROUP BY source
"""


class Overview(NamedTuple):
    """What is late, stuck or wrong: counts, and times in milliseconds."""

    closed_share: float | None
    overdue: int
    proved_share: float | None
    oldest: int | None
    deliveries: dict[str, int]
    outbox: list[dict[str, Any]]


def overview(database: Database, now: int) -> Overview:
    """Return the figures of the last 24 hours, and what stands now."""
    since = now - DAY_MILLISECONDS
    times = {
        "now": now,
        "since": since,
        "before": since - DAY_MILLISECONDS,
        "day": 24 * HOUR_MILLISECONDS,
    }
    with database.connection() as connection:
        cases = connection.execute(_CASES, times).fetchone() or {}
        proved = connection.execute(_PROVED, times).fetchone() or {}
        deliveries = connection.execute(_DELIVERIES).fetchall()
        waiting = {row["source"]: row for row in connection.execute(_OUTBOX).fetchall()}
    in_time, ended = cases["in_time"], cases["in_time"] + cases["late"] + cases["overdue"]
    none = {"waiting": 0, "refused": 0, "oldest": None}
    return Overview(
        in_time / ended if ended else None,
        cases["overdue"],
        proved["proved"] / proved["commands"] if proved["commands"] else None,
        cases["oldest"],
        {row["state"]: row["deliveries"] for row in deliveries},
        [{"source": source, **none, **waiting.get(source, {})} for source in SOURCES],
    )


def actions(database: Database, limit: int, party_id: str) -> list[dict[str, Any]]:
    """Return what was seen and done on the pages, the newest first; of one party where named."""
    query = """
        SELECT * FROM web_actions WHERE %(party)s = '' OR party_id = %(party)s
        ORDER BY action_number DESC LIMIT %(limit)s
    """
    with database.connection() as connection:
        return connection.execute(query, {"party": party_id, "limit": limit}).fetchall()


def refused_records(database: Database, limit: int) -> list[dict[str, Any]]:
    """Return records that the case store could not take in, the newest first."""
    query = "SELECT * FROM refused_records ORDER BY topic, partition, record_offset DESC LIMIT %s"
    with database.connection() as connection:
        return connection.execute(query, (limit,)).fetchall()
