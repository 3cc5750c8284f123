"""The statement of reasons of a decision: all that it says, in no language yet.

DSA Article 17(3) says what it holds; for complainants it is the decision with redress of Article
16(5), for appeals that of Article 20(5).
"""

from typing import Literal, NamedTuple

from schemas.events.decisions import ComplaintDecided
from schemas.events.detections import BlockListing, DelistListing
from schemas.events.notices import DecisionFacts, NotifyParty
from schemas.events.standings import SanctionParty
from schemas.events.takedowns import RestrictListing
from schemas.statements.law import AssertedRight
from schemas.statements.told import told_findings

Recipient = Literal["seller", "complainant"]
Source = Literal["notice", "trusted_flagger", "own_initiative", "account", "order"]
"""How the matter came up."""

PUTS_BACK = frozenset({"seller.reinstate", "seller.retract", "complainant.reinstate"})
"""What is done where a listing is put back, if no other case keeps it hidden."""

TOLD_KINDS = frozenset({"decision", "counter_notice_decided", "appeal_decided"})
"""Notices that tell of a decision with its reasons."""


class AccountFacts(NamedTuple):
    """What is told of a party's conduct: the four factors of DSA Article 23(3)."""

    total: int
    strikes: int
    share: float
    gravity: str
    intention: str
    offers: int | None = None


class StatementOfReasons(NamedTuple):
    """What was decided and why, on what law, where and for how long, by whom, and what to do."""

    recipient: Recipient
    language: str
    case_id: str
    decision_number: int
    listing_id: str
    marketplace: str
    issued_at_milliseconds: int
    done: str
    """What was done, as a sentence's name after 'done.'."""
    title: Literal["statement", "complaint", "appeal"]
    restricts: bool
    """Whether it takes something from the party that is told."""
    source: Source
    received_at_milliseconds: int
    right: AssertedRight
    number: str
    mark_text: str
    holder_name: str
    found: tuple[str, ...]
    reason_codes: tuple[str, ...]
    further_reason_codes: tuple[str, ...]
    territories: tuple[str, ...]
    ends_at_milliseconds: int | None
    automated: bool
    explanation: str
    objection: str
    object_until_milliseconds: int | None
    appeal_until_milliseconds: int | None
    account: AccountFacts | None = None
    begins_at_milliseconds: int | None = None


def statement_of(command: object) -> StatementOfReasons | None:
    """Return the statement that a command to tell a party carries; None of any other."""
    if isinstance(command, NotifyParty):
        return statement_of_notice(command)
    return statement_of_sanction(command) if isinstance(command, SanctionParty) else None


def statement_of_notice(notice: NotifyParty) -> StatementOfReasons | None:
    """Return the statement that a notice carries; None of one that tells of no decision."""
    facts = notice.facts
    if facts is None or notice.kind not in TOLD_KINDS:
        return None
    office, _, number = (facts.trademark_key or "").partition(":")
    seller = notice.role == "seller"
    appeal = notice.kind == "appeal_decided"
    restricts = seller and notice.outcome in ("take_down", "block", "delist")
    return StatementOfReasons(
        recipient=notice.role,
        language=facts.language,
        case_id=notice.case_id,
        decision_number=notice.decision_number,
        listing_id=notice.listing_id,
        marketplace=notice.marketplace,
        issued_at_milliseconds=notice.issued_at_milliseconds,
        done=_done(notice),
        title="appeal" if appeal else "statement" if seller else "complaint",
        restricts=restricts,
        source=_source(facts),
        received_at_milliseconds=facts.received_at_milliseconds,
        right=AssertedRight(facts.ground, office.strip().upper(), facts.territory),
        number=number,
        mark_text=facts.mark_text or "",
        holder_name=facts.holder_name,
        found=facts.found,
        reason_codes=notice.reason_codes,
        further_reason_codes=facts.further_reason_codes,
        territories=facts.territories,
        ends_at_milliseconds=facts.ends_at_milliseconds,
        automated=not facts.decided_by_person,
        explanation=facts.explanation,
        objection=facts.objection if restricts else "",
        object_until_milliseconds=notice.answer_until_milliseconds,
        appeal_until_milliseconds=notice.appeal_until_milliseconds,
    )


def statement_of_decision(event: ComplaintDecided) -> StatementOfReasons:
    """Return what is said of a takedown to the public: nothing that names anybody."""
    office, _, _ = (event.capsule.trademark_key or "").partition(":")
    return _public(
        DecisionFacts(
            ground=event.ground,
            territory=event.territory,
            received_at_milliseconds=event.received_at_milliseconds,
            trusted_flagger=event.trusted_flagger,
            found=told_findings(event.findings),
            decided_by_person=not event.automated,
        ),
        office,
        event.reason_codes,
        event.decided_at_milliseconds,
    )


def statement_of_removal(
    event: BlockListing | DelistListing | RestrictListing,
) -> StatementOfReasons:
    """Return what is said to the public of a listing that was blocked, delisted or hidden."""
    office, _, _ = (event.trademark_key or "").partition(":")
    facts = DecisionFacts(
        ground="trademark_infringement",
        received_at_milliseconds=event.issued_at_milliseconds,
        detected=True,
        decided_by_person=not event.automated,
    )
    return _public(facts, office, event.reason_codes, event.issued_at_milliseconds)


def statement_of_sanction(event: SanctionParty) -> StatementOfReasons:
    """Return the statement of a measure against an account."""
    factors = event.factors
    seller = event.role == "seller"
    account = AccountFacts(
        factors.absolute_number,
        event.strikes,
        factors.proportion,
        _first_word(factors.gravity),
        _first_word(factors.intention),
        factors.offer_count,
    )
    facts = DecisionFacts(language=event.language, decided_by_person=event.decided_by_person)
    made = _public(facts, "", event.reason_codes, event.issued_at_milliseconds)
    return made._replace(
        recipient=event.role,
        case_id=event.command_id,
        done=f"account.{event.sanction}",
        restricts=event.sanction in ("restrict", "suspend", "close", "announce_closure"),
        source="account",
        right=AssertedRight("misuse" if seller else "misuse.complainant", "", ""),
        ends_at_milliseconds=event.until_milliseconds,
        begins_at_milliseconds=event.effective_at_milliseconds,
        appeal_until_milliseconds=event.appeal_until_milliseconds,
        account=account,
    )


def _done(notice: NotifyParty) -> str:
    if notice.kind == "appeal_decided":
        has_its_way = (notice.outcome in ("take_down", "block", "delist")) == (
            notice.role == "complainant"
        )
        return "appeal.granted" if has_its_way or notice.outcome == "retract" else "appeal.rejected"
    if notice.kind == "counter_notice_decided":
        facts = notice.facts
        court = facts is not None and facts.objection == "court_action"
        return "seller.court_action" if court else "seller.stays_down"
    done = f"{notice.role}.{notice.outcome}"
    hidden_still = notice.facts is not None and bool(notice.facts.hidden_still)
    return f"{done}.hidden" if hidden_still and done in PUTS_BACK else done


def _source(facts: DecisionFacts) -> Source:
    if facts.ordered:
        return "order"
    if facts.detected:
        return "own_initiative"
    return "trusted_flagger" if facts.trusted_flagger else "notice"


def _public(
    facts: DecisionFacts, office: str, reason_codes: tuple[str, ...], issued_at_milliseconds: int
) -> StatementOfReasons:
    return StatementOfReasons(
        recipient="seller",
        language=facts.language,
        case_id="",
        decision_number=0,
        listing_id="",
        marketplace="",
        issued_at_milliseconds=issued_at_milliseconds,
        done="",
        title="statement",
        restricts=True,
        source=_source(facts),
        received_at_milliseconds=facts.received_at_milliseconds,
        right=AssertedRight(facts.ground, office.strip().upper(), facts.territory),
        number="",
        mark_text="",
        holder_name="",
        found=facts.found,
        reason_codes=reason_codes,
        further_reason_codes=(),
        territories=(),
        ends_at_milliseconds=None,
        automated=not facts.decided_by_person,
        explanation="",
        objection="",
        object_until_milliseconds=None,
        appeal_until_milliseconds=None,
    )


def _first_word(text: str) -> str:
    return text.partition(" ")[0].strip(",")
