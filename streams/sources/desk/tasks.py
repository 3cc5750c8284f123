"""All that a reviewer is to know of a task: listing, mark, words, evidence, and why it is here."""

from typing import Any, NamedTuple

from sinks.private_texts.store import PrivateTextStore, shown
from streams.sources.desk.rows import Connection, fetch_all, fetch_one
from streams.sources.desk.types import DeskRefused

BLIND_KINDS = frozenset({"second_look"})
"""Of these a reviewer is not told what was decided before."""


class Word(NamedTuple):
    """What a party said, in its own words."""

    role: str
    kind: str
    text: str
    at_milliseconds: int
    evidence: tuple[dict[str, Any], ...] = ()


class ShownTask(NamedTuple):
    """A task's row, and what the store knows beside it; None of what it does not know."""

    row: dict[str, Any]
    held: dict[str, Any] | None
    decision: dict[str, Any] | None
    detection: dict[str, Any] | None
    words: tuple[Word, ...]
    seller: dict[str, Any] | None
    complainant: dict[str, Any] | None
    history: dict[str, int]
    earlier: tuple[dict[str, Any], ...]


_HISTORY = """
    SELECT
        count(*) FILTER (WHERE listing_id = %(listing)s AND marketplace = %(marketplace)s)
            AS of_listing,
        count(*) FILTER (WHERE seller_id = %(seller)s) AS of_seller,
        count(*) FILTER (WHERE complainant_id = %(complainant)s) AS of_complainant
    FROM cases WHERE case_id <> %(case)s AND (
        (listing_id = %(listing)s AND marketplace = %(marketplace)s)
        OR (%(seller)s <> '' AND seller_id = %(seller)s)
        OR (%(complainant)s <> '' AND complainant_id = %(complainant)s)
    )
"""
_DECISIONS = """
    SELECT decision_number, outcome, reason_codes, rule_id, findings, capsule, automated,
        decided_at_milliseconds
    FROM decisions WHERE case_id = %s ORDER BY decision_number
"""
_STANDING = "SELECT * FROM standings WHERE party_id = %s"
_WORDS = (
    (
        "complainant",
        "complaint",
        """
        SELECT statement AS text, statement_sha256 AS sha256, evidence,
            filed_at_milliseconds AS at
        FROM cases
        WHERE case_id = %s AND statement IS NOT NULL
        """,
    ),
    (
        "complainant",
        "clarification",
        """
        SELECT statement AS text, statement_sha256 AS sha256, evidence,
            provided_at_milliseconds AS at
        FROM clarifications WHERE case_id = %s
        """,
    ),
    (
        "seller",
        "counter_notice",
        """
        SELECT statement AS text, statement_sha256 AS sha256, NULL::jsonb AS evidence,
            filed_at_milliseconds AS at
        FROM counter_notices WHERE case_id = %s
        """,
    ),
    (
        "complainant",
        "answer",
        """
        SELECT explanation AS text, explanation_sha256 AS sha256, NULL::jsonb AS evidence,
            answered_at_milliseconds AS at
        FROM counter_notice_answers WHERE case_id = %s
        """,
    ),
    (
        "party",
        "appeal",
        """
        SELECT statement AS text, statement_sha256 AS sha256, evidence,
            filed_at_milliseconds AS at
        FROM appeals
        WHERE case_id = %s AND statement IS NOT NULL
        """,
    ),
)


def show(
    connection: Connection, task_id: str, reviewer_id: str, texts: PrivateTextStore
) -> ShownTask:
    """Return a task with all beside it, for who holds it. Errors: DeskRefused."""
    row = fetch_one(connection, "SELECT * FROM review_tasks WHERE task_id = %s", (task_id,))
    if row is None or row["reviewer_id"] != reviewer_id or row["state"] != "leased":
        raise DeskRefused("{reviewer} does not hold {task}", reviewer=reviewer_id, task=task_id)
    case_id, blind = row["case_id"], row["kind"] in BLIND_KINDS
    decisions = [] if blind else fetch_all(connection, _DECISIONS, (case_id,))
    now_decided = [each for each in decisions if each["decision_number"] == row["decision_number"]]
    seller, complainant = row["seller_id"] or "", row["complainant_id"] or ""
    named = {
        "listing": row["listing_id"],
        "marketplace": row["marketplace"],
        "seller": seller,
        "complainant": complainant,
        "case": case_id,
    }
    held = "SELECT * FROM held_verdicts WHERE task_id = %s"
    detection = "SELECT * FROM detections WHERE detection_id = %s"
    return ShownTask(
        row=row,
        held=fetch_one(connection, held, (task_id,)),
        decision=now_decided[0] if now_decided else None,
        detection=fetch_one(connection, detection, (case_id,)),
        words=words_of(connection, case_id, texts, f"reviewer {reviewer_id}"),
        seller=fetch_one(connection, _STANDING, (seller,)),
        complainant=fetch_one(connection, _STANDING, (complainant,)),
        history=fetch_one(connection, _HISTORY, named) or {},
        earlier=tuple(each for each in decisions if each not in now_decided),
    )


def words_of(
    connection: Connection, case_id: str, texts: PrivateTextStore, reader: str
) -> tuple[Word, ...]:
    """Return what the parties to a case said, in order of time; texts are read here only."""
    rows = [
        (role, kind, each)
        for role, kind, query in _WORDS
        for each in fetch_all(connection, query, (case_id,))
    ]
    private = texts.read(connection, [each["sha256"] for _, _, each in rows], reader)
    found = []
    for role, kind, each in rows:
        said = shown(private, each["text"], each["sha256"])
        found.append(Word(role, kind, said, each["at"], tuple(each["evidence"] or ())))
    return tuple(sorted(found, key=lambda word: word.at_milliseconds or 0))


def tasks_of(connection: Connection, reviewer_id: str) -> list[dict[str, Any]]:
    """Return the tasks that a reviewer holds and has given no verdict on, due first."""
    query = """
        SELECT * FROM review_tasks WHERE state = 'leased' AND reviewer_id = %s
        AND NOT EXISTS (SELECT FROM held_verdicts WHERE task_id = review_tasks.task_id)
        ORDER BY deadline_at_milliseconds, task_id
    """
    return fetch_all(connection, query, (reviewer_id,))
