"""What complainants and sellers are told about a case.

Receipt and decision with redress to the complainant: DSA Article 16(4) and (5). Reasons with
redress to the seller: DSA Article 17; the counter-notice told to the complainant: DMCA 512(g)(2).
"""

from processors.cases.case_calendar import calendar_of
from processors.identifiers import hashed
from processors.step import Moment
from schemas.events.cases import Case
from schemas.events.notices import NoticeKind, NotifyParty
from schemas.events.parties import PartyRole
from schemas.record import maker

CLOSING = frozenset({"take_down", "decline", "reinstate", "retract"})
_message = maker(NotifyParty)


def notify(
    case: Case,
    role: PartyRole,
    kind: NoticeKind,
    moment: Moment,
    answer_until_milliseconds: int | None = None,
    distinguish: str = "",
) -> list[NotifyParty]:
    """Return the message to one party of a case; none to a seller that is not known.

    `distinguish` tells apart messages of one kind about one decision.
    """
    complaint = case.complaint
    party_id = complaint.complainant_id if role == "complainant" else case.seller_id
    if not party_id:
        return []
    closed = case.outcome in CLOSING and case.decision_number > 0
    appealable = closed and kind in ("decision", "counter_notice_decided", "appeal_decided")
    now = moment.now_milliseconds
    name = (complaint.complaint_id, str(case.decision_number), role, kind, distinguish)
    message = _message(
        command_id=hashed(*name),
        party_id=party_id,
        role=role,
        kind=kind,
        case_id=complaint.complaint_id,
        listing_id=complaint.listing_id,
        marketplace=complaint.marketplace,
        decision_number=case.decision_number,
        outcome="" if kind == "complaint_received" else case.outcome,
        reason_codes=() if kind == "complaint_received" else case.reason_codes,
        automated=not case.decided_by_review,
        answer_until_milliseconds=answer_until_milliseconds,
        appeal_until_milliseconds=(
            calendar_of(case, moment).months_end(now, moment.levels.of_case(case).appeal_months)
            if appealable
            else None
        ),
        issued_at_milliseconds=now,
    )
    return [message]


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
