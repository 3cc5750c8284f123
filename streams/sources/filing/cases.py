"""What is known of a case: from the filings, and from the case store's tables where they are."""

from typing import Any, NamedTuple

from schemas.reasons import asked_for
from sinks.private_texts.store import PrivateTextStore
from streams.sources.filing.complaint_models import (
    ComplaintStatus,
    CounterNoticeAnswerStatus,
    CounterNoticeStatus,
    DecisionStatus,
)
from streams.sources.filing.database import Connection, Database
from streams.sources.filing.detections import (
    DetectionStatus,
    detection_status,
    seller_of_detection,
)
from streams.sources.filing.filings import timestamp
from streams.sources.filing.objections import answers_of, counter_notices_of
from streams.sources.filing.rows import has_table
from streams.sources.filing.tokens import Caller

CASE_STORE = "case_overview"


class CaseReference(NamedTuple):
    """A case's listing and parties; the seller is known once the case store has the decision.

    Of a detection nobody is complainant.
    """

    case_id: str
    listing_id: str
    marketplace: str
    complainant_id: str
    rights_holder_id: str
    seller_id: str | None


class CaseReader:
    """Looks cases up. Methods raise Problem (UNAVAILABLE)."""

    def __init__(self, database: Database, private_texts: PrivateTextStore) -> None:
        self._database = database
        self._private_texts = private_texts

    def find(self, case_id: str) -> CaseReference | None:
        """Return a case that was filed here, or that the case store knows, or a detection."""
        with self._database.connection() as connection:
            stored = _stored(connection, [case_id]).get(case_id)
            filed = connection.execute(
                """
                SELECT listing_id, marketplace, complainant_id, rights_holder_id
                FROM filed_complaints WHERE complaint_id = %s
                """,
                (case_id,),
            ).fetchone()
            detected = None
            if filed is None and stored is None:
                detected = seller_of_detection(connection, case_id)
        known = filed or stored or detected
        told = stored or detected
        seller_id = None if told is None else told["seller_id"]
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

    def detection(self, detection_id: str, caller: Caller) -> DetectionStatus | None:
        """Return what became of a detection; None of one that led to no removal."""
        with self._database.connection() as connection:
            status = detection_status(connection, detection_id)
            if status is None:
                return None
            said = counter_notices_of(connection, [detection_id], self._private_texts, caller.name)
        return status.model_copy(update={"counter_notices": said.get(detection_id, [])})

    def statuses(self, column: str, value: str, caller: Caller) -> list[ComplaintStatus]:
        """Return the status of a complaint by `complaint_id`; by `filing_id` of those filed here.

        A reviewer is not told what was decided on a case that is looked at a second time.
        """
        with self._database.connection() as connection:
            present = has_table(connection, CASE_STORE)
            rows = connection.execute(_FILED[column], (value,)).fetchall()
            if not rows and present and column == "complaint_id":
                rows = connection.execute(_FILED_ELSEWHERE, (value,)).fetchall()
            ids = [row["complaint_id"] for row in rows]
            stored = _stored(connection, ids)
            told = self._told(connection, ids, caller) if present else _Told({}, {}, {})
            reviewing = caller.role == "reviewer"
            hidden = looked_at_again(connection, ids) if reviewing else frozenset()
        for case_id in hidden:
            stored.pop(case_id, None)
        return [_status(row, stored.get(row["complaint_id"]), told, present) for row in rows]

    def _told(self, connection: Connection, case_ids: list[str], caller: Caller) -> "_Told":
        return _Told(
            _decisions(connection, case_ids),
            counter_notices_of(connection, case_ids, self._private_texts, caller.name),
            answers_of(connection, case_ids, self._private_texts, caller.name),
        )


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

_FILED_ELSEWHERE = """
    SELECT case_id AS complaint_id, NULL AS filing_id, listing_id, marketplace, complainant_id,
        rights_holder_id, false AS waiting,
        COALESCE(received_at_milliseconds, arrived_at_milliseconds) AS received_at_milliseconds
    FROM cases WHERE case_id = %s AND rights_holder_id IS NOT NULL AND listing_id IS NOT NULL
    AND COALESCE(received_at_milliseconds, arrived_at_milliseconds) IS NOT NULL
"""
"""Of a complaint that came another way what the case store knows."""


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
        asked = row["outcome"] == "ask_for_clarification"
        fields["asked_for"] = list(asked_for(row["reason_codes"])) if asked else []
        told.setdefault(row["case_id"], []).append(DecisionStatus(**fields, decided_at=decided_at))
    return told


def looked_at_again(connection: Connection, case_ids: list[str]) -> frozenset[str]:
    """Return those cases that somebody is to look at without being told what was decided."""
    if not case_ids or not has_table(connection, "review_tasks"):
        return frozenset()
    rows = connection.execute(
        """
        SELECT case_id FROM review_tasks
        WHERE case_id = ANY(%s) AND kind = 'second_look' AND state IN ('open', 'leased')
        """,
        (case_ids,),
    )
    return frozenset(row["case_id"] for row in rows)


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
