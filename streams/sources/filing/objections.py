"""What sellers objected and complainants answered, as the case store has it."""

from sinks.private_texts.store import PrivateTextStore, shown
from streams.sources.filing.complaint_models import (
    CounterNoticeAnswerStatus,
    CounterNoticeStatus,
)
from streams.sources.filing.database import Connection
from streams.sources.filing.filings import timestamp


def counter_notices_of(
    connection: Connection, case_ids: list[str], private_texts: PrivateTextStore, reader: str
) -> dict[str, list[CounterNoticeStatus]]:
    """Return what sellers objected, in order, by case."""
    rows = connection.execute(
        """
        SELECT case_id, counter_notice_id, reason, statement, statement_sha256,
            filed_at_milliseconds
        FROM counter_notices WHERE case_id = ANY(%s) ORDER BY filed_at_milliseconds
        """,
        (case_ids,),
    ).fetchall()
    texts = private_texts.read(connection, [row["statement_sha256"] for row in rows], reader)
    told: dict[str, list[CounterNoticeStatus]] = {}
    for row in rows:
        objection = CounterNoticeStatus(
            counter_notice_id=row["counter_notice_id"],
            reason=row["reason"],
            statement=shown(texts, row["statement"], row["statement_sha256"]),
            filed_at=timestamp(row["filed_at_milliseconds"]),
        )
        told.setdefault(row["case_id"], []).append(objection)
    return told


def answers_of(
    connection: Connection, case_ids: list[str], private_texts: PrivateTextStore, reader: str
) -> dict[str, list[CounterNoticeAnswerStatus]]:
    """Return what complainants answered, in order, by case."""
    rows = connection.execute(
        """
        SELECT case_id, answer, explanation, explanation_sha256, answered_at_milliseconds
        FROM counter_notice_answers WHERE case_id = ANY(%s) ORDER BY answered_at_milliseconds
        """,
        (case_ids,),
    ).fetchall()
    texts = private_texts.read(connection, [row["explanation_sha256"] for row in rows], reader)
    told: dict[str, list[CounterNoticeAnswerStatus]] = {}
    for row in rows:
        answer = CounterNoticeAnswerStatus(
            answer=row["answer"],
            explanation=shown(texts, row["explanation"], row["explanation_sha256"]),
            answered_at=timestamp(row["answered_at_milliseconds"]),
        )
        told.setdefault(row["case_id"], []).append(answer)
    return told
