"""Which rows follow from which event."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from schemas.events.acknowledgements import CommandAcknowledged
from schemas.events.appeals import AppealDecided, AppealFiled
from schemas.events.complaints import ClarificationProvided, ComplaintFiled
from schemas.events.counter_notices import CounterNoticeAnswered, CounterNoticeFiled
from schemas.events.decisions import ComplaintDecided
from schemas.events.detections import BlockListing, DelistListing, MisuseDetected, ReviewDetection
from schemas.events.enforcement import EnforcementConfirmed, EnforcementOverdue
from schemas.events.notices import NotifyParty
from schemas.events.private_texts import PrivateText
from schemas.events.reviews import ReviewComplaint, ReviewDecided
from schemas.events.sla import (
    CaseClosed,
    SlaBreached,
    SlaClockPaused,
    SlaClockResumed,
    SlaClockStarted,
    SlaWarningRaised,
)
from schemas.events.standings import ReviewSanction, SanctionParty, StandingChanged
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing
from schemas.private_texts import PREFIX
from schemas.record import as_avro
from schemas.statements.rendering import rendered
from schemas.statements.statement import statement_of
from schemas.wire.delivered import Delivered
from sinks.case_store import case_tables as tables
from sinks.database.merging import Merge, Patch, Values

DETECTION_DEADLINE_MILLISECONDS = 24 * 3_600_000
CLOSURE_DEADLINE_MILLISECONDS = 10 * 24 * 3_600_000
"""For as long a seller whose closure is proposed stays restricted without knowing more."""
"""Time allowed for a doubtful title: that of a complaint."""

_HASH = "_sha256"
COMMAND_KINDS = {
    TakeDownListing: "take_down",
    RestrictListing: "restrict",
    ReinstateListing: "reinstate",
    BlockListing: "block",
    DelistListing: "delist",
}


def patches_of(delivered: Delivered) -> Iterable[Patch]:
    """Return the rows of an event; none of one that the store does not keep."""
    make = MAKERS.get(type(delivered.event))
    return () if make is None else make(delivered.event, delivered)


def concerned(event: Any) -> str | None:
    """Return the case or detection whose review tasks an event may have made stale, or None."""
    if isinstance(event, ReviewDetection | MisuseDetected):
        return event.detection_id
    if isinstance(event, SanctionParty):
        return account_of(event)
    kinds = ComplaintDecided | AppealDecided | ReviewComplaint | ReviewDecided | ReinstateListing
    return event.case_id if isinstance(event, kinds) else None


def account_of(event: SanctionParty) -> str:
    """Return the name under which tasks on a party's account stand beside those on cases."""
    return f"{event.role}:{event.party_id}"


def _patch(merge: Merge, event: Any, **others: Any) -> Patch:
    """Return a patch whose values are the event's fields of the same names, and others."""
    values: Values = {}
    for name in (*merge.key, *merge.version, *merge.columns):
        values[name] = others[name] if name in others else _value(event, name)
    return Patch(merge, values)


def _value(event: Any, name: str) -> Any:
    """Return an event's field, or the hash of the text that is not in it."""
    if not hasattr(event, name) and name.endswith(_HASH):
        private: PrivateText | None = getattr(event, PREFIX + name.removesuffix(_HASH))
        return None if private is None else private.sha256
    return getattr(event, name)


def _of_complaint(event: ComplaintFiled, place: Delivered) -> tuple[Patch, ...]:
    at = place.timestamp_milliseconds
    complaint = _patch(
        tables.COMPLAINT,
        event,
        case_id=event.complaint_id,
        complaint_offset=place.offset,
        arrived_at_milliseconds=at,
        evidence=[as_avro(each) for each in event.evidence],
    )
    first = {
        "party_id": event.complainant_id,
        "first_arrived_at_milliseconds": at,
        "first_case_id": event.complaint_id,
    }
    return complaint, Patch(tables.COMPLAINANT, first)


def _of_clarification(event: ClarificationProvided, place: Delivered) -> tuple[Patch, ...]:
    evidence = [as_avro(each) for each in event.evidence]
    offset = place.offset
    return (_patch(tables.CLARIFICATION, event, evidence=evidence, provided_offset=offset),)


def _of_decision(event: ComplaintDecided, place: Delivered) -> tuple[Patch, ...]:
    return (
        _patch(tables.CURRENT_DECISION, event),
        _patch(
            tables.DECISION,
            event,
            findings=dict(event.findings),
            capsule=as_avro(event.capsule),
        ),
    )


def _of_clock(event: Any, place: Delivered) -> tuple[Patch, ...]:
    offset = place.offset
    deadline = _patch(tables.DEADLINE, event, deadline_offset=offset)
    match event:
        case SlaClockStarted():
            # A case that was closed is open again.
            opened = {"case_id": event.case_id, "closing_offset": offset}
            empty = dict.fromkeys(tables.CLOSING.columns)
            return deadline, Patch(tables.CLOSING, {**opened, **empty})
        case CaseClosed():
            return deadline, _patch(tables.CLOSING, event, closing_offset=offset)
        case SlaClockPaused():
            return deadline, _patch(tables.PAUSE, event, pause_offset=offset)
        case SlaClockResumed():
            goes_on = {"case_id": event.case_id, "pause_offset": offset}
            empty = dict.fromkeys(tables.PAUSE.columns)
            return deadline, Patch(tables.PAUSE, {**goes_on, **empty})
    due = event.due_at_milliseconds
    if isinstance(event, SlaWarningRaised):
        return (_patch(tables.WARNING, event, warning_offset=offset, warned_at_milliseconds=due),)
    return (_patch(tables.BREACH, event, breach_offset=offset, breached_at_milliseconds=due),)


def _of_command(event: Any, place: Delivered) -> tuple[Patch, ...]:
    kind = COMMAND_KINDS[type(event)]
    case_id = getattr(event, "case_id", None) or getattr(event, "detection_id", "")
    number = getattr(event, "decision_number", None)
    hidden = getattr(event, "territories", None) or getattr(event, "restricted_territories", ())
    return (
        _patch(
            tables.COMMAND,
            event,
            kind=kind,
            case_id=case_id,
            decision_number=number,
            territories=hidden,
        ),
    )


def _of_acknowledgement(event: CommandAcknowledged, place: Delivered) -> tuple[Patch, ...]:
    if event.result == "executed":
        return (_patch(tables.ACKNOWLEDGED, event),)
    at = event.acknowledged_at_milliseconds
    refusal = f"{event.result}: {event.detail}"
    return (_patch(tables.REFUSED, event, refused_at_milliseconds=at, refusal=refusal),)


def _of_confirmation(event: EnforcementConfirmed, place: Delivered) -> tuple[Patch, ...]:
    at = event.confirmed_at_milliseconds
    if event.stage == "proved":
        return (_patch(tables.PROVED, event, proved_at_milliseconds=at),)
    return (_patch(tables.ACKNOWLEDGED, event, acknowledged_at_milliseconds=at),)


def _of_overdue(event: EnforcementOverdue, place: Delivered) -> tuple[Patch, ...]:
    return (_patch(tables.OVERDUE, event, reminders=event.reminder_number),)


def _of_detection(event: MisuseDetected, place: Delivered) -> tuple[Patch, ...]:
    return (_patch(tables.DETECTION, event, marks=[as_avro(mark) for mark in event.marks]),)


def _of_task(event: ReviewComplaint, place: Delivered) -> tuple[Patch, ...]:
    shown = {
        "listing": None if event.listing is None else as_avro(event.listing),
        "mark": None if event.mark is None else as_avro(event.mark),
    }
    place_of_task = {"task_id": event.command_id, "issued_offset": place.offset}
    return (_patch(tables.TASK, event, **place_of_task, **shown),)


def _of_detection_task(event: ReviewDetection, place: Delivered) -> tuple[Patch, ...]:
    return (
        _patch(
            tables.TASK,
            event,
            task_id=event.command_id,
            kind="detection",
            case_id=event.detection_id,
            subject_id="",
            decision_number=1,
            complainant_id="",
            rights_holder_id="",
            trademark_key=None,
            ground="",
            language="",
            trusted_flagger=False,
            fast_lane=False,
            price_euros=None,
            excluded_reviewer_ids=(),
            mark_goods="",
            listing=None,
            mark=None,
            deadline_at_milliseconds=event.issued_at_milliseconds + DETECTION_DEADLINE_MILLISECONDS,
            issued_offset=place.offset,
        ),
    )


def _of_standing(event: StandingChanged, place: Delivered) -> tuple[Patch, ...]:
    grounds = [as_avro(each) for each in event.grounds]
    return (_patch(tables.STANDING, event, grounds=grounds, changed_offset=place.offset),)


def _of_appeal(event: AppealFiled, place: Delivered) -> tuple[Patch, ...]:
    evidence = [as_avro(each) for each in event.evidence]
    return (_patch(tables.APPEAL, event, evidence=evidence, filed_offset=place.offset),)


def _of_notice(event: NotifyParty, place: Delivered) -> tuple[Patch, ...]:
    return (_patch(tables.NOTICE, event), *_kept_statement(event, event.case_id, event.kind))


def _of_sanction(event: SanctionParty, place: Delivered) -> tuple[Patch, ...]:
    kept = _kept_statement(event, "", "sanction")
    if event.sanction != "propose_closure":
        return kept
    deadline = event.issued_at_milliseconds + CLOSURE_DEADLINE_MILLISECONDS
    told = {
        "kind": "closure",
        # A later proposal takes the place of an earlier one.
        "case_id": account_of(event),
        "subject_id": "",
        "seller_id": event.party_id,
        "ground": "closure_proposed",
        "reason_codes": event.reason_codes,
        "deadline_at_milliseconds": deadline,
    }
    return *kept, _account_task(event, told, place)


def _of_sanction_appeal(event: ReviewSanction, place: Delivered) -> tuple[Patch, ...]:
    evidence = [as_avro(each) for each in event.evidence]
    filed = {"case_id": event.appeal_id, "evidence": evidence, "filed_offset": place.offset}
    told = {
        "kind": "sanction_appeal",
        "case_id": event.appeal_id,
        "subject_id": event.appeal_id,
        "seller_id": event.party_id if event.role == "seller" else "",
        "complainant_id": event.party_id if event.role == "complainant" else "",
        "ground": event.tier,
        "excluded_reviewer_ids": event.excluded_reviewer_ids,
    }
    return _patch(tables.APPEAL, event, **filed), _account_task(event, told, place)


def _account_task(event: Any, told: Mapping[str, Any], place: Delivered) -> Patch:
    """Return the row of a task on a party's account: of no listing, and no mark."""
    none: dict[str, Any] = {
        **dict.fromkeys(("listing_id", "marketplace", "complainant_id", "rights_holder_id"), ""),
        **dict.fromkeys(("trusted_flagger", "fast_lane"), False),
        **dict.fromkeys(("trademark_key", "price_euros", "listing", "mark")),
        "decision_number": 0,
        "mark_goods": "",
        "excluded_reviewer_ids": (),
    }
    place_of_task = {"task_id": event.command_id, "issued_offset": place.offset}
    return _patch(tables.TASK, event, **{**none, **place_of_task, **told})


def _kept_statement(event: Any, case_id: str, kind: str) -> tuple[Patch, ...]:
    """Return the row that keeps what a party was told, word for word."""
    statement = statement_of(event)
    if statement is None:
        return ()
    words = rendered(statement)
    kept = {
        "case_id": case_id,
        "kind": kind,
        "decision_number": statement.decision_number,
        "language": words.language,
        "title": words.title,
        "text": words.text,
    }
    return (_patch(tables.STATEMENT, event, **kept),)


def _as_it_is(merge: Merge, offset: str | None = None) -> Callable[..., tuple[Patch, ...]]:
    def make(event: Any, place: Delivered) -> tuple[Patch, ...]:
        others = {} if offset is None else {offset: place.offset}
        return (_patch(merge, event, **others),)

    return make


MAKERS: dict[type, Callable[[Any, Delivered], tuple[Patch, ...]]] = {
    ComplaintFiled: _of_complaint,
    ClarificationProvided: _of_clarification,
    ComplaintDecided: _of_decision,
    **dict.fromkeys(
        (
            *(SlaClockStarted, SlaClockPaused, SlaClockResumed, CaseClosed),
            *(SlaWarningRaised, SlaBreached),
        ),
        _of_clock,
    ),
    **dict.fromkeys(COMMAND_KINDS, _of_command),
    CommandAcknowledged: _of_acknowledgement,
    EnforcementConfirmed: _of_confirmation,
    EnforcementOverdue: _of_overdue,
    MisuseDetected: _of_detection,
    ReviewComplaint: _of_task,
    ReviewDetection: _of_detection_task,
    StandingChanged: _of_standing,
    CounterNoticeFiled: _as_it_is(tables.COUNTER_NOTICE, "filed_offset"),
    CounterNoticeAnswered: _as_it_is(tables.ANSWER, "answered_offset"),
    AppealFiled: _of_appeal,
    AppealDecided: _as_it_is(tables.APPEAL_DECISION),
    ReviewDecided: _as_it_is(tables.REVIEW, "decided_offset"),
    NotifyParty: _of_notice,
    SanctionParty: _of_sanction,
    ReviewSanction: _of_sanction_appeal,
}
