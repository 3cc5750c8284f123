"""What complainants and sellers are told about a case.

Receipt and decision with redress to the complainant: DSA Article 16(4) and (5). Reasons with
redress to the seller: DSA Article 17; the counter-notice told to the complainant: DMCA 512(g)(2).
"""

from typing import NamedTuple

from processors.cases.case_calendar import calendar_of
from processors.cases.priority import trusted_flagger
from processors.identifiers import hashed
from processors.policies.service_level import WHO_MAY_NOTIFY
from processors.step import Moment
from schemas.events.cases import Case
from schemas.events.notices import DecisionFacts, NoticeKind, NotifyParty
from schemas.events.parties import PartyRole
from schemas.events.private_texts import PrivateText
from schemas.reasons import asked_for
from schemas.record import maker

CLOSING = frozenset({"take_down", "decline", "reinstate", "retract", "remedied_by_seller"})
_message = maker(NotifyParty)


class Said(NamedTuple):
    """What a message tells beside where the case stands: what the other party said, the id of the
    counter-notice or appeal that it is about, and of a decision its facts and own reasons."""

    subject_id: str
    party_id: str = ""
    statement: str = ""
    private_statement: PrivateText | None = None
    facts: DecisionFacts | None = None
    reason_codes: tuple[str, ...] | None = None


NOTHING_SAID = Said("")


class _Addressee(NamedTuple):
    """Who is told, and in which part; `copied` for a rights holder who did not complain itself."""

    party_id: str
    role: PartyRole
    copied: bool = False


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

    What an agent is told goes to the rights holder too, and of anybody's notice the receipt.
    `distinguish` tells apart messages of one kind about one decision; else the subject does.
    """
    party_id = case.complaint.complainant_id if role == "complainant" else case.seller_id
    if not party_id:
        return []
    to = _Addressee(party_id, role)
    messages = [_message_to(to, case, kind, moment, answer_until_milliseconds, said, distinguish)]
    if role == "complainant" and (kind == "complaint_received" or not _is_notice(case, moment)):
        messages += tell_owner(case, kind, moment, said, distinguish, answer_until_milliseconds)
    return messages


def tell_owner(
    case: Case,
    kind: NoticeKind,
    moment: Moment,
    said: Said = NOTHING_SAID,
    distinguish: str | None = None,
    answer_until_milliseconds: int | None = None,
) -> list[NotifyParty]:
    """Return the copy to a rights holder, where it is known and another party complained."""
    complaint, level = case.complaint, moment.levels.of_case(case)
    owner_id = complaint.rights_holder_id
    if level.steps_edition < WHO_MAY_NOTIFY or owner_id == complaint.complainant_id:
        return []
    if case.detection is not None or moment.reference.party(owner_id) is None:
        return []
    to = _Addressee(owner_id, "complainant", copied=True)
    return [_message_to(to, case, kind, moment, answer_until_milliseconds, said, distinguish)]


def _is_notice(case: Case, moment: Moment) -> bool:
    """Tell whether the complainant acts for itself, so that the owner is told of the receipt."""
    return case.complaint.without_authority or trusted_flagger(case.complaint, moment.reference)


def _message_to(
    to: _Addressee,
    case: Case,
    kind: NoticeKind,
    moment: Moment,
    answer_until_milliseconds: int | None,
    said: Said,
    distinguish: str | None,
) -> NotifyParty:
    complaint, role, party_id = case.complaint, to.role, to.party_id
    closed = case.outcome in CLOSING and case.decision_number > 0 and case.order is None
    appealable = closed and kind in ("decision", "counter_notice_decided", "appeal_decided")
    now = moment.now_milliseconds
    subject = said.subject_id if distinguish is None else distinguish
    name = [complaint.complaint_id, str(case.decision_number), role, kind, subject]
    if to.copied:
        name.append("copy")
    asked = kind == "clarification_asked" and role == "complainant"
    facts = said.facts
    if facts is not None:
        facts = facts._replace(language=_language(case, to, moment))
    reasons = case.reason_codes if said.reason_codes is None else said.reason_codes
    return _message(
        command_id=hashed(*name),
        party_id=party_id,
        role=role,
        kind=kind,
        case_id=complaint.complaint_id,
        listing_id=complaint.listing_id,
        marketplace=complaint.marketplace,
        decision_number=case.decision_number,
        outcome="" if kind == "complaint_received" else _outcome(case),
        reason_codes=() if kind == "complaint_received" else reasons,
        automated=not (case.decided_by_review if facts is None else facts.decided_by_person),
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
        asked_for=_asked_for(case, facts) if asked else (),
        facts=facts,
        territories=case.territories if kind == "decision" and case.taken_down else (),
        copied=to.copied,
        private_statement=said.private_statement,
    )


def _asked_for(case: Case, facts: DecisionFacts | None) -> tuple[str, ...]:
    further = () if facts is None else facts.further_reason_codes
    return asked_for((*case.reason_codes, *further))


def _language(case: Case, to: _Addressee, moment: Moment) -> str:
    """Return the language in which a party is told; a complainant may name it in the complaint."""
    asked = case.complaint.language if to.role == "complainant" and not to.copied else ""
    party = moment.reference.party(to.party_id)
    return asked or ("" if party is None else party.language)


def _outcome(case: Case) -> str:
    """Return the outcome told of: of a detection that is upheld, how the listing is removed."""
    if case.detection is not None and case.outcome == "take_down":
        return case.detection.removal
    return case.outcome


def of_decision(
    before: Case, case: Case, facts: DecisionFacts | None, moment: Moment
) -> list[NotifyParty]:
    """Return the messages that a decision asks for."""
    said = NOTHING_SAID if facts is None else Said("", facts=facts)
    if case.outcome == "ask_for_clarification":
        until = next(
            (t.due_at_milliseconds for t in case.timers if t.kind == "clarification_due"), None
        )
        return notify(case, "complainant", "clarification_asked", moment, until, said)
    if case.outcome not in CLOSING:
        return []
    messages = notify(case, "complainant", "decision", moment, None, said)
    if case.taken_down and not before.taken_down:
        objection = case.counter_notice
        until = None if objection is None else objection.due_at_milliseconds
        messages += notify(case, "seller", "decision", moment, until, said)
    elif case.outcome == "remedied_by_seller" or (before.taken_down and not case.taken_down):
        messages += notify(case, "seller", "decision", moment, None, said)
    return messages
