"""What a monitor blocked or delisted, by the detection's id, and where it stands."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from streams.sources.filing.complaint_models import CounterNoticeStatus
from streams.sources.filing.database import Connection
from streams.sources.filing.filings import timestamp
from streams.sources.filing.rows import has_table

_State = Literal["blocked", "delisted", "restricted", "put_back", "lifted"]
_STATES: dict[str, _State] = {
    "block": "blocked",
    "delist": "delisted",
    "restrict": "restricted",
    "reinstate": "put_back",
}
_REMOVED = ("blocked", "delisted", "restricted")


class DetectionStatus(BaseModel):
    """A listing blocked or delisted without a complaint: why, and what its seller may do."""

    detection_id: str = Field(description="Also the case's id, by which the seller objects.")
    listing_id: str
    marketplace: str
    title: str = Field(description="As it was judged.")
    marks: list[str] = Field(description="The marks' words.")
    status: _State = Field(
        description="restricted: blocked or delisted in some countries. lifted: the decision no "
        "longer stands, and others keep the listing hidden."
    )
    territories: list[str] = Field(
        default=[], description="Countries in which it is hidden, where it is not everywhere."
    )
    reason_codes: list[str] = Field(description="Why it was removed, or put back.")
    automated: bool = Field(description="Decided by automated means (DSA Article 17(3)(c)).")
    decided_at: str
    object_until: str | None = None
    appeal_until: str | None = None
    counter_notices: list[CounterNoticeStatus] = []
    open_appeals: int = 0


def detection_status(connection: Connection, detection_id: str) -> DetectionStatus | None:
    """Return what became of a detection, without what was objected; None of one that led to no
    removal."""
    if not has_table(connection, "detections"):
        return None
    found = connection.execute(_DETECTION, {"id": detection_id}).fetchone()
    state = None if found is None else _state(found["kind"], found["outcome"])
    if found is None or state is None:
        return None
    removed = state in _REMOVED
    return DetectionStatus(
        detection_id=detection_id,
        listing_id=found["listing_id"],
        marketplace=found["marketplace"],
        title=found["title"],
        marks=[mark["term"] for mark in found["marks"] if mark["outcome"] != "leave"],
        status=state,
        territories=found["territories"] or [],
        reason_codes=found["reason_codes"],
        automated=not found["reviewed"],
        decided_at=timestamp(found["issued_at_milliseconds"]),
        object_until=_moment(found, "answer_until_milliseconds") if removed else None,
        appeal_until=_moment(found, "appeal_until_milliseconds") if removed else None,
        open_appeals=found["open_appeals"],
    )


def _state(command: str | None, told: str | None) -> _State | None:
    """Return where a detection stands, by its last command and what the seller was told last.

    One of a listing that another case keeps hidden has no command of its own.
    """
    if told == "reinstate" and command != "reinstate":
        return "lifted"
    return _STATES.get(command or told or "")


def seller_of_detection(connection: Connection, detection_id: str) -> dict[str, Any] | None:
    """Return listing, marketplace and seller of a detection of which a seller was told, or None."""
    if not has_table(connection, "detections"):
        return None
    return connection.execute(
        """
        SELECT listing_id, marketplace, seller_id, '' AS complainant_id, '' AS rights_holder_id
        FROM detections WHERE detection_id = %s
        AND (
            EXISTS (SELECT FROM commands WHERE case_id = detection_id)
            OR EXISTS (
                SELECT FROM notices
                WHERE case_id = detection_id AND role = 'seller' AND kind = 'decision'
            )
        )
        """,
        (detection_id,),
    ).fetchone()


_DETECTION = """
    SELECT detection.listing_id, detection.marketplace, detection.title, detection.marks,
        command.kind, notice.outcome, command.territories,
        COALESCE(command.reason_codes, detection.reason_codes) AS reason_codes,
        COALESCE(command.issued_at_milliseconds, notice.issued_at_milliseconds)
            AS issued_at_milliseconds,
        notice.answer_until_milliseconds, notice.appeal_until_milliseconds,
        EXISTS (SELECT FROM reviews WHERE case_id = %(id)s) AS reviewed,
        (
            SELECT count(*) FROM appeals
            WHERE case_id = %(id)s AND decided_at_milliseconds IS NULL
        ) AS open_appeals
    FROM detections AS detection
    LEFT JOIN LATERAL (
        SELECT kind, reason_codes, territories, issued_at_milliseconds FROM commands
        WHERE case_id = %(id)s AND kind IS NOT NULL
        ORDER BY issued_at_milliseconds DESC, command_id LIMIT 1
    ) AS command ON true
    LEFT JOIN notices AS notice
        ON notice.case_id = %(id)s AND notice.role = 'seller' AND notice.kind = 'decision'
    WHERE detection.detection_id = %(id)s
"""


def _moment(row: dict[str, Any], name: str) -> str | None:
    return None if row[name] is None else timestamp(row[name])
