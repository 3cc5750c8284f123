"""What is known of a case: from the filings, and from the case store's tables where they are."""

from typing import Any, NamedTuple

from streams.sources.filing.complaint_models import (
    ComplaintStatus,
    CounterNoticeAnswerStatus,
    CounterNoticeStatus,
    DecisionStatus,
)
from streams.sources.filing.database import Connection, Database
from streams.sources.filing.filings import timestamp
from streams.sources.filing.rows import has_table

CASE_STORE = "case_overview"


class CaseReference(NamedTuple):
    """A case's listing and parties; the seller is known once the case store has the decision."""

    case_id: str
    listing_id: str
    marketplace: str
    complainant_id: str
    rights_holder_id: str
    seller_id: str | None


class CaseReader:
    """Looks cases up. Methods raise Problem (UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, case_id: str) -> CaseReference | None:
        """Return a case that was filed here, or that the case store knows."""
        with self._database.connection() as connection:
            stored = _stored(connection, [case_id]).get(case_id)
            filed = connection.execute(
                """
                SELECT listing_id, marketplace, complainant_id, rights_holder_id
                FROM filed_complaints WHERE complaint_id = %s
                """,
                (case_id,),
            ).fetchone()
        seller_id = None if stored is None else stored["seller_id"]
        known = filed or stored
        if known is None or known["listing_id"] is None or known["complainant_id"] is None:
            return None
        return CaseReference(
            case_id,
            known["listing_id"],
            known["marketplace"],
            known["complainant_id"],
            known["rights_holder_id"],
            seller_id,
        )

    def statuses(self, column: str, value: str) -> list[ComplaintStatus]:
        """Return the status of complaints filed here, by `complaint_id` or by `filing_id`."""
        with self._database.connection() as connection:
            rows = connection.execute(_FILED[column], (value,)).fetchall()
            ids = [row["complaint_id"] for row in rows]
            present = has_table(connection, CASE_STORE)
            stored = _stored(connection, ids)
            told = _told(connection, ids) if present else _Told({}, {}, {})
        return [_status(row, stored.get(row["complaint_id"]), told, present) for row in rows]


class _Told(NamedTuple):
    """What was decided and said on cases, by their ids."""

    decisions: dict[str, list[DecisionStatus]]
    counter_notices: dict[str, list[CounterNoticeStatus]]
    answers: dict[str, list[CounterNoticeAnswerStatus]]


_FILED_COLUMNS = """
    SELECT complaint_id, complaints.filing_id, listing_id, marketplace, complainant_id,
        rights_holder_id, received_at_milliseconds,
        EXISTS (
            SELECT FROM outbox
            WHERE source = 'filing' AND source_id = complaints.filing_id
            AND record_key = complaints.listing_id AND sent_at_milliseconds IS NULL
        ) AS waiting
    FROM filed_complaints AS complaints JOIN filings USING (filing_id)
"""
_FILED = {
    "complaint_id": _FILED_COLUMNS + "WHERE complaint_id = %s",
    "filing_id": _FILED_COLUMNS + "WHERE complaints.filing_id = %s ORDER BY row_number",
}


def _stored(connection: Connection, case_ids: list[str]) -> dict[str, dict[str, Any]]:
    if not case_ids or not has_table(connection, CASE_STORE):
        return {}
    rows = connection.execute(
        """
        SELECT case_id, listing_id, marketplace, complainant_id, rights_holder_id, seller_id,
            clock_state, deadline_at_milliseconds, closed_at_milliseconds,
            answer_until_milliseconds, counter_notice_state, open_appeals
        FROM case_overview WHERE case_id = ANY(%s)
        """,
        (case_ids,),
    )
    return {row["case_id"]: row for row in rows}


def _decisions(connection: Connection, case_ids: list[str]) -> dict[str, list[DecisionStatus]]:
    rows = connection.execute(
        """
        SELECT case_id, decision_number, outcome, reason_codes, automated, decided_at_milliseconds
        FROM decisions WHERE case_id = ANY(%s) ORDER BY case_id, decision_number
        """,
        (case_ids,),
    )
    told: dict[str, list[DecisionStatus]] = {}
    for row in rows:
        decided_at = timestamp(row["decided_at_milliseconds"])
        fields = {name: row[name] for name in _TOLD}
        told.setdefault(row["case_id"], []).append(DecisionStatus(**fields, decided_at=decided_at))
    return told


def _told(connection: Connection, case_ids: list[str]) -> _Told:
    return _Told(
        _decisions(connection, case_ids),
        _counter_notices(connection, case_ids),
        _answers(connection, case_ids),
    )


def _counter_notices(
    connection: Connection, case_ids: list[str]
) -> dict[str, list[CounterNoticeStatus]]:
    rows = connection.execute(
        """
        SELECT case_id, counter_notice_id, reason, statement, filed_at_milliseconds
        FROM counter_notices WHERE case_id = ANY(%s) ORDER BY filed_at_milliseconds
        """,
        (case_ids,),
    )
    told: dict[str, list[CounterNoticeStatus]] = {}
    for row in rows:
        objection = CounterNoticeStatus(
            counter_notice_id=row["counter_notice_id"],
            reason=row["reason"],
            statement=row["statement"],
            filed_at=timestamp(row["filed_at_milliseconds"]),
        )
        told.setdefault(row["case_id"], []).append(objection)
    return told


def _answers(
    connection: Connection, case_ids: list[str]
) -> dict[str, list[CounterNoticeAnswerStatus]]:
    rows = connection.execute(
        """
        SELECT case_id, answer, explanation, answered_at_milliseconds
        FROM counter_notice_answers WHERE case_id = ANY(%s) ORDER BY answered_at_milliseconds
        """,
        (case_ids,),
    )
    told: dict[str, list[CounterNoticeAnswerStatus]] = {}
    for row in rows:
        answer = CounterNoticeAnswerStatus(
            answer=row["answer"],
            explanation=row["explanation"],
            answered_at=timestamp(row["answered_at_milliseconds"]),
        )
        told.setdefault(row["case_id"], []).append(answer)
    return told


_TOLD = ("decision_number", "outcome", "reason_codes", "automated")


def _status(
    row: dict[str, Any],
    stored: dict[str, Any] | None,
    told: _Told,
    present: bool,
) -> ComplaintStatus:
    status = ComplaintStatus(
        complaint_id=row["complaint_id"],
        batch_id=row["filing_id"],
        listing_id=row["listing_id"],
        marketplace=row["marketplace"],
        rights_holder_id=row["rights_holder_id"],
        received_at=timestamp(row["received_at_milliseconds"]),
        published=not row["waiting"],
        status="received" if present else "unknown",
    )
    if stored is None:
        return status
    return status.model_copy(
        update={
            "status": stored["clock_state"],
            "deadline_at": _moment(stored["deadline_at_milliseconds"]),
            "closed_at": _moment(stored["closed_at_milliseconds"]),
            "answer_until": _moment(stored["answer_until_milliseconds"])
            if stored["clock_state"] == "paused"
            else None,
            "counter_notice_state": stored["counter_notice_state"],
            "open_appeals": stored["open_appeals"],
            "decisions": told.decisions.get(row["complaint_id"], []),
            "counter_notices": told.counter_notices.get(row["complaint_id"], []),
            "counter_notice_answers": told.answers.get(row["complaint_id"], []),
        }
    )


def _moment(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else timestamp(milliseconds)
