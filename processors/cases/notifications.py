"""What complainants and sellers are told about a case.

Receipt and decision with redress to the complainant: DSA Article 16(4) and (5). Reasons with
redress to the seller: DSA Article 17; the counter-notice told to the complainant: DMCA 512(g)(2).
"""

from typing import NamedTuple

from processors.cases.case_calendar import calendar_of
from processors.identifiers import hashed
from processors.step import Moment
from schemas.events.cases import Case
from schemas.events.notices import NoticeKind, NotifyParty
from schemas.events.parties import PartyRole
from schemas.reasons import asked_for
from schemas.record import maker

CLOSING = frozenset({"take_down", "decline", "reinstate", "retract"})
_message = maker(NotifyParty)


class Said(NamedTuple):
    """What the other party said, and the id of the counter-notice or appeal that it is about."""

    subject_id: str
    party_id: str = ""
    statement: str = ""


NOTHING_SAID = Said("")


def notify(
    case: Case,
    role: PartyRole,
    kind: NoticeKind,
    moment: Moment,
    answer_until_milliseconds: int | None = None,
    said: Said = NOTHING_SAID,
    distinguish: str | None = None,
) -> list[NotifyParty]:
    """Return the message to one party of a case; none to a seller that is not known.

    `distinguish` tells apart messages of one kind about one decision; else the subject does.
    """
    complaint = case.complaint
    party_id = complaint.complainant_id if role == "complainant" else case.seller_id
    if not party_id:
        return []
    closed = case.outcome in CLOSING and case.decision_number > 0
    appealable = closed and kind in ("decision", "counter_notice_decided", "appeal_decided")
    now = moment.now_milliseconds
    subject = said.subject_id if distinguish is None else distinguish
    name = (complaint.complaint_id, str(case.decision_number), role, kind, subject)
    asked = kind == "clarification_asked" and role == "complainant"
    message = _message(
        command_id=hashed(*name),
        party_id=party_id,
        role=role,
        kind=kind,
        case_id=complaint.complaint_id,
        listing_id=complaint.listing_id,
        marketplace=complaint.marketplace,
        decision_number=case.decision_number,
        outcome="" if kind == "complaint_received" else _outcome(case),
        reason_codes=() if kind == "complaint_received" else case.reason_codes,
        automated=not case.decided_by_review,
        answer_until_milliseconds=answer_until_milliseconds,
        appeal_until_milliseconds=(
            calendar_of(case, moment, role).months_end(
                now, moment.levels.of_case(case).appeal_months
            )
            if appealable
            else None
        ),
        issued_at_milliseconds=now,
        subject_id=said.subject_id,
        said_by=said.party_id,
        statement=said.statement,
        asked_for=asked_for(case.reason_codes) if asked else (),
    )
    return [message]


def _outcome(case: Case) -> str:
    """Return the outcome told of: of a detection that is upheld, how the listing is removed."""
    if case.detection is not None and case.outcome == "take_down":
        return case.detection.removal
    return case.outcome


def of_decision(before: Case, case: Case, moment: Moment) -> list[NotifyParty]:
    """Return the messages that a decision asks for."""
    if case.outcome == "ask_for_clarification":
        until = next(
            (t.due_at_milliseconds for t in case.timers if t.kind == "clarification_due"), None
        )
        return notify(case, "complainant", "clarification_asked", moment, until)
    if case.outcome not in CLOSING:
        return []
    messages = notify(case, "complainant", "decision", moment)
    if case.taken_down and not before.taken_down:
        objection = case.counter_notice
        until = None if objection is None else objection.due_at_milliseconds
        messages += notify(case, "seller", "decision", moment, until)
    elif before.taken_down and not case.taken_down:
        messages += notify(case, "seller", "decision", moment)
    return messages
