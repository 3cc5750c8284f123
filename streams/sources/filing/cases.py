"""What is known of a case: from the filings, and from the case store's tables where they are."""

from typing import Any, NamedTuple

import psycopg

from schemas.reasons import asked_for
from sinks.private_texts.store import PrivateTextStore
from streams.sources.filing.case_queries import (
    BY_COMPLAINT,
    BY_FILING,
    STATUS,
    STATUS_ALONE,
    STATUS_OF_FILED_ELSEWHERE,
)
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

Row = dict[str, Any]


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


class CaseTold(NamedTuple):
    """A complaint's case, and where it stands."""

    case: CaseReference
    status: ComplaintStatus


class BatchTold(NamedTuple):
    """Who sent a request with complaints, what it was answered, and where each stands."""

    party_id: str
    answer: dict[str, Any]
    statuses: list[ComplaintStatus]


class _Said(NamedTuple):
    """What sides said on cases, by their ids."""

    counter_notices: dict[str, list[CounterNoticeStatus]]
    answers: dict[str, list[CounterNoticeAnswerStatus]]


class CaseReader:
    """Looks cases up. Methods raise Problem (UNAVAILABLE)."""

    def __init__(self, database: Database, private_texts: PrivateTextStore) -> None:
        self._database = database
        self._private_texts = private_texts

    def find(self, case_id: str) -> CaseReference | None:
        """Return a case that was filed here, or that the case store knows, or a detection."""
        with self._database.connection() as connection:
            stored = _stored(connection, case_id)
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

    def told(self, complaint_id: str, caller: Caller) -> CaseTold | None:
        """Return a complaint with its status, filed here or known to the case store.

        A reviewer is not told what was decided on a case that is looked at a second time.
        """
        with self._database.connection() as connection:
            rows, present = _statuses(connection, BY_COMPLAINT, complaint_id)
            if not rows and present:
                rows = connection.execute(STATUS_OF_FILED_ELSEWHERE, (complaint_id,)).fetchall()
            statuses = self._shown(connection, rows, present, caller)
        if not rows:
            return None
        row = rows[0]
        of_case = {name: row[name] for name in CaseReference._fields if name != "case_id"}
        return CaseTold(CaseReference(complaint_id, **of_case), statuses[0])

    def batch(self, filing_id: str, caller: Caller) -> BatchTold | None:
        """Return what was answered to a request with complaints, and where each stands now."""
        with self._database.connection() as connection:
            rows, present = _statuses(connection, BY_FILING, filing_id)
            statuses = self._shown(connection, rows, present, caller)
        if not rows:
            return None
        return BatchTold(rows[0]["party_id"], rows[0]["answer"], statuses)

    def _shown(
        self, connection: Connection, rows: list[Row], present: bool, caller: Caller
    ) -> list[ComplaintStatus]:
        said = self._said(connection, rows, caller)
        return [_status(row, said, present, caller.role == "reviewer") for row in rows]

    def _said(self, connection: Connection, rows: list[Row], caller: Caller) -> _Said:
        """Return what sides said, of those cases alone where anything was."""
        objected = [row["complaint_id"] for row in rows if row["objected"]]
        answered = [row["complaint_id"] for row in rows if row["answered"]]
        texts = self._private_texts
        return _Said(
            counter_notices_of(connection, objected, texts, caller.name) if objected else {},
            answers_of(connection, answered, texts, caller.name) if answered else {},
        )


def _stored(connection: Connection, case_id: str) -> Row | None:
    if not has_table(connection, CASE_STORE):
        return None
    return connection.execute(
        """
        SELECT listing_id, marketplace, complainant_id, rights_holder_id, seller_id
        FROM cases WHERE case_id = %s
        """,
        (case_id,),
    ).fetchone()


def _statuses(connection: Connection, which: str, value: str) -> tuple[list[Row], bool]:
    """Return rows, and whether the case store's tables are there."""
    try:
        return connection.execute(STATUS[which], (value,)).fetchall(), True
    except psycopg.errors.UndefinedTable:
        return connection.execute(STATUS_ALONE[which], (value,)).fetchall(), False


def _status(row: Row, said: _Said, present: bool, reviewing: bool) -> ComplaintStatus:
    complaint_id = row["complaint_id"]
    known: dict[str, Any] = {"status": "received" if present else "unknown"}
    if row["clock_state"] is not None and not (reviewing and row["looked_at_again"]):
        paused = row["clock_state"] == "paused"
        known = {
            "status": row["clock_state"],
            "deadline_at": _moment(row["deadline_at_milliseconds"]),
            "closed_at": _moment(row["closed_at_milliseconds"]),
            "answer_until": _moment(row["answer_until_milliseconds"]) if paused else None,
            "counter_notice_state": row["counter_notice_state"],
            "open_appeals": row["open_appeals"],
            "decisions": [_decision(each) for each in row["decisions"] or ()],
            "counter_notices": said.counter_notices.get(complaint_id, []),
            "counter_notice_answers": said.answers.get(complaint_id, []),
        }
    return ComplaintStatus(
        complaint_id=complaint_id,
        batch_id=row["filing_id"],
        listing_id=row["listing_id"],
        marketplace=row["marketplace"],
        rights_holder_id=row["rights_holder_id"],
        received_at=timestamp(row["received_at_milliseconds"]),
        published=not row["waiting"],
        **known,
    )


def _decision(row: Row) -> DecisionStatus:
    asked = row["outcome"] == "ask_for_clarification"
    return DecisionStatus(
        decision_number=row["decision_number"],
        outcome=row["outcome"],
        reason_codes=row["reason_codes"],
        automated=row["automated"],
        asked_for=list(asked_for(row["reason_codes"])) if asked else [],
        decided_at=timestamp(row["decided_at_milliseconds"]),
    )


def _moment(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else timestamp(milliseconds)
