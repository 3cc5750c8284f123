"""What became of a situation, in the words of the tables."""

from collections.abc import Callable
from typing import Any

from processors.cases.case_record import seal_of
from schemas.events.conduct import ConductRecorded
from schemas.events.decisions import ComplaintDecided
from schemas.events.enforcement import EnforcementConfirmed
from schemas.events.listings import ListingChanged
from schemas.events.notices import InformBuyers, NotifyParty
from schemas.events.orders import OrderAnswered
from schemas.events.seller_orders import BlockSeller, SellerOrderAnswered, UnblockSeller
from schemas.events.sla import CaseClosed
from schemas.events.standings import SanctionParty
from schemas.events.takedowns import RestrictListing
from schemas.statements.rendering import rendered
from schemas.statements.statement import statement_of
from schemas.topic_names import (
    ACCOUNTS_COMMANDS,
    CONDUCT_EVENTS,
    DECISIONS_EVENTS,
    LISTINGS_EVENTS,
    NOTICES_COMMANDS,
    REVIEWS_COMMANDS,
    SLA_EVENTS,
    TAKEDOWNS_COMMANDS,
)

ENDS = CaseClosed | EnforcementConfirmed
STATED = ("decision", "appeal_decided")


def outcome_of(read: Callable[[str], list[Any]]) -> dict[str, Any]:
    """Return what came out, by what is read of each topic. What is of several parties has no order,
    as their records are of several partitions."""
    decisions = [e for e in read(DECISIONS_EVENTS) if isinstance(e, ComplaintDecided)]
    last = decisions[-1] if decisions else None
    accounts = read(ACCOUNTS_COMMANDS)
    sanctions = [f"{e.role} {e.sanction}" for e in accounts if isinstance(e, SanctionParty)]
    orders = [each for each in accounts if isinstance(each, BlockSeller | UnblockSeller)]
    conduct = [e for e in read(CONDUCT_EVENTS) if isinstance(e, ConductRecorded)]
    commands = read(TAKEDOWNS_COMMANDS)
    tasks = read(REVIEWS_COMMANDS)
    offered = [each for each in read(LISTINGS_EVENTS) if each.territories]
    named = set(offered[-1].territories) if offered else set()
    hidden = [set(e.territories) for e in commands if isinstance(e, RestrictListing)]
    told = read(DECISIONS_EVENTS)
    notices = [e for e in read(NOTICES_COMMANDS) if isinstance(e, NotifyParty)]
    buyers = [e for e in read(NOTICES_COMMANDS) if isinstance(e, InformBuyers)]
    answers = [e.answer for e in told if isinstance(e, OrderAnswered | SellerOrderAnswered)]
    return {
        "right_outcome": ["none", *sanctions][-1] if last is None else last.outcome,
        "reasons": [] if last is None else list(last.reason_codes),
        "asked": list(tasks[-1].reason_codes) if tasks else [],
        "commands": [type(each).__name__ for each in commands],
        "notices": sorted(f"{e.party_id} {e.kind}" for e in notices),
        "hidden_not_in": sorted(named - hidden[-1]) if hidden else [],
        "sanctions": sanctions,
        "answers": answers,
        "seller_commands": [type(each).__name__ for each in orders],
        "clock": [_closed_or_gone(e) for e in read(SLA_EVENTS) if isinstance(e, ENDS)],
        "told": sorted(_in_words(e) for e in notices if e.kind in STATED),
        "buyers": [{"reasons": list(e.reason_codes), "in": list(e.territories)} for e in buyers],
        "kept": [kept.version for each in decisions for kept in _kept(each)],
        "counted": sorted(f"{each.role} {each.kind}" for each in conduct),
    }


def _kept(decided: ComplaintDecided) -> list[ListingChanged]:
    """Return the listing that a decision has with it, where its seal is of it."""
    listing = decided.listing
    sealed = listing is not None and seal_of(listing) == decided.capsule.listing_sha256
    return [listing] if listing is not None and sealed else []


def _closed_or_gone(event: CaseClosed | EnforcementConfirmed) -> str:
    """Tell whether a case was closed, or its command proved or acknowledged, by its deadline."""
    if isinstance(event, CaseClosed):
        return "closed in time" if event.within_deadline else "closed late"
    in_time = event.confirmed_at_milliseconds <= event.deadline_at_milliseconds
    return f"{event.stage} {'in time' if in_time else 'late'}"


def _in_words(notice: NotifyParty) -> str:
    """Tell to whom a statement of reasons went, in which language, and who decided."""
    statement = statement_of(notice)
    language = "codes" if statement is None else rendered(statement).language
    by = "a machine" if notice.automated else "people"
    return f"{notice.party_id}, {language}, decided by {by}"
