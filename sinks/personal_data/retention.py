"""What ends by itself, and when: each table's time is a row here, and one mechanism removes it."""

from typing import Any, Final, NamedTuple

from psycopg import Connection
from psycopg.rows import tuple_row

from schemas.durations import DAY_MILLISECONDS
from sinks.private_texts.store import remove_unused


class TableRetention(NamedTuple):
    """How long rows of a table are kept after something happened, and when that was.

    `ended` tells by `%(before)s` which rows are over; `%(now)s` is the time.
    """

    table: str
    days: int
    after: str
    """For people: what happened."""
    ended: str


def held(table: str) -> str:
    """Return the query for holds on the party whose a table's row is, as of `%(now)s`."""
    return f"""
    SELECT FROM legal_holds AS hold WHERE hold.party_id = {table}.party_id
    AND hold.lifted_at_milliseconds IS NULL
    AND (hold.until_milliseconds IS NULL OR hold.until_milliseconds > %(now)s)
"""


_DRAFTS_OVER: Final = f"""
    changed_at_milliseconds < %(before)s AND NOT EXISTS ({held("web_drafts")})
"""
DRAFT_DAYS: Final = 30
_UNDER_WAY: Final = """
    closed_at_milliseconds IS NULL OR closed_at_milliseconds >= %(before)s OR EXISTS (
        SELECT FROM appeals
        WHERE appeals.case_id = cases.case_id AND decided_at_milliseconds IS NULL
    )
"""
_FILINGS_OVER: Final = f"""
    received_at_milliseconds < %(before)s AND NOT EXISTS ({held("filings")})
    AND NOT EXISTS (
        SELECT FROM filed_complaints AS filed LEFT JOIN cases ON case_id = complaint_id
        WHERE filed.filing_id = filings.filing_id AND ({_UNDER_WAY})
    )
    AND NOT EXISTS (
        SELECT FROM cases WHERE cases.case_id = filings.case_id AND ({_UNDER_WAY})
    )
"""  # noqa: S608 - texts of our own
_NOT_SENT: Final = """
    SELECT FROM outbox WHERE source = 'filing' AND source_id = filings.filing_id
    AND sent_at_milliseconds IS NULL
"""

TABLE_RETENTIONS: Final = (
    TableRetention(
        "private_text_uses",
        400,
        "the last case of their filing was closed, or the question was answered",
        f"""
        source_id IN (
            SELECT filing_id FROM filings WHERE {_FILINGS_OVER} AND NOT EXISTS (
                SELECT FROM inquiries
                WHERE inquiry_id = filing_id AND answered_at_milliseconds IS NULL
            )
            UNION ALL
            SELECT inquiry_id FROM inquiries WHERE answered_at_milliseconds < %(before)s
            AND NOT EXISTS ({held("inquiries")})
            AND NOT EXISTS (SELECT FROM filings WHERE filing_id = inquiry_id)
        )
        """,  # noqa: S608
    ),
    TableRetention(
        "private_text_uses",
        DRAFT_DAYS,
        "their draft was last changed",
        f"source_id IN (SELECT draft_id FROM web_drafts WHERE {_DRAFTS_OVER})",  # noqa: S608
    ),
    TableRetention(
        "web_drafts",
        DRAFT_DAYS,
        "they were last changed",
        f"""
        {_DRAFTS_OVER}
        AND NOT EXISTS (SELECT FROM private_text_uses WHERE source_id = draft_id)
        """,
    ),
    TableRetention(
        "filings",
        400,
        "they came and their texts are over",
        f"""
        {_FILINGS_OVER} AND NOT EXISTS ({_NOT_SENT})
        AND NOT EXISTS (SELECT FROM private_text_uses WHERE source_id = filing_id)
        """,
    ),
    TableRetention(
        "inquiries",
        400,
        "they were answered and their texts are over",
        f"""
        answered_at_milliseconds < %(before)s AND NOT EXISTS ({held("inquiries")})
        AND NOT EXISTS (SELECT FROM private_text_uses WHERE source_id = inquiry_id)
        """,
    ),
    TableRetention(
        "submissions",
        400,
        "they were queued, of messages to parties, and sent or given up",
        """
        destination IN ('party-email', 'party-webhook')
        AND made_at_milliseconds < %(before)s AND state <> 'pending'
        """,
    ),
    TableRetention(
        "party_messages",
        400,
        "they were issued and sent or given up",
        """
        issued_at_milliseconds < %(before)s
        AND NOT EXISTS (SELECT FROM submissions WHERE key = message_id)
        """,
    ),
    TableRetention(
        "private_text_reads",
        400,
        "somebody read",
        "read_at_milliseconds < %(before)s",
    ),
    TableRetention(
        "erasure_requests",
        400,
        "the party was erased, or took it back",
        "ended_at_milliseconds < %(before)s",
    ),
    TableRetention(
        "legal_holds",
        400,
        "the duty ended",
        "least(lifted_at_milliseconds, until_milliseconds) < %(before)s",
    ),
)
"""In the order in which they are removed. A use of a text is that a filing, a question or a
draft says it; a text goes with its last use."""


def remove_ended(connection: Connection[Any], now_milliseconds: int, limit: int) -> None:
    """Remove what is over, `limit` rows of each table at most. Errors: psycopg.Error."""
    for each in TABLE_RETENTIONS:
        given = {
            "now": now_milliseconds,
            "before": now_milliseconds - each.days * DAY_MILLISECONDS,
            "limit": limit,
        }
        query = f"""
            DELETE FROM {each.table} WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM {each.table} WHERE {each.ended} LIMIT %(limit)s
            ))
        """  # noqa: S608
        with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
            if each.table != "private_text_uses":
                cursor.execute(query, given)
                continue
            ended = cursor.execute(query + " RETURNING sha256", given).fetchall()
            remove_unused(connection, [sha256 for (sha256,) in ended])
