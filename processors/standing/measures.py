"""Measures against a party as people, courts and the party itself speak of them."""

from processors.policies.service_level import ServiceLevel
from processors.standing.closures import announced, as_decided, decide_closure
from processors.standing.party_step import PartyStep, Said, Terms, stepped
from processors.standing.sanction_appeals import (
    asked,
    by_people,
    decide_appeal,
    file_appeal,
    told_of,
)
from processors.standing.seller_orders import lift_order, order_times, take_order
from processors.standing.seller_standing import seller_standing
from processors.standing.settling import pass_time, settle
from schemas.events.conduct import ClosureDecided, SanctionAppealDecided, SanctionAppealFiled
from schemas.events.party_rows import PartyConduct
from schemas.events.seller_orders import SellerOrderLifted, SellerOrderReceived
from schemas.events.standings import SanctionParty


def take_said(
    state: PartyConduct, event: Said, now: int, terms: Terms, level: ServiceLevel
) -> PartyStep:
    """Take in what a party or people say of a measure, or what was ordered against a seller."""
    if isinstance(event, SellerOrderReceived | SellerOrderLifted):
        return _on_order(state, event, now, terms)
    if isinstance(event, ClosureDecided):
        return _on_closure(state, event, now, terms)
    if isinstance(event, SanctionAppealFiled):
        return _on_appeal(state, event, now, terms, level)
    return _on_appeal_decided(state, event, now, terms)


def _on_closure(state: PartyConduct, event: ClosureDecided, now: int, terms: Terms) -> PartyStep:
    """Take in what a person decided on a closure; the seller is told, and closed in its time."""
    row, outputs = pass_time(state, now, terms)
    settled = decide_closure(row, event, now, terms.policy)
    if settled.refusal is not None:
        return PartyStep(state, refusal=settled.refusal)
    if settled.no_action is not None:
        return stepped(row, outputs, settled.no_action)
    row, more = settle(settled.row, "seller", now, event.decision_id, terms)
    standing = seller_standing(row, now, terms.policy, terms.offers)
    told = None if row.closure is None else announced(standing, row.closure, event, now)
    notice = () if told is None else (as_decided(told, row.closure, terms.policy),)
    return stepped(row, (*outputs, *more, *notice), "no_standing_changed")


def _on_order(
    state: PartyConduct, event: SellerOrderReceived | SellerOrderLifted, now: int, terms: Terms
) -> PartyStep:
    """Take in an order against a seller, or its end."""
    row, outputs = pass_time(state, now, terms)
    if isinstance(event, SellerOrderReceived):
        ordered = take_order(row, event, now)
    else:
        ordered = lift_order(row, event, now)
    if ordered.refusal is not None:
        return PartyStep(state, refusal=ordered.refusal)
    if ordered.no_action is not None:
        return stepped(row, outputs, ordered.no_action)
    times = (row.due_at_milliseconds, *order_times(ordered.row))
    due = min([at for at in times if at is not None], default=None)
    new = ordered.row._replace(due_at_milliseconds=due)
    return PartyStep(new, (*outputs, *ordered.outputs))


def _on_appeal(
    state: PartyConduct, event: SanctionAppealFiled, now: int, terms: Terms, level: ServiceLevel
) -> PartyStep:
    """Take in an appeal against a measure; people are asked."""
    row, outputs = pass_time(state, now, terms)
    filed = file_appeal(row, event, now, terms.policy)
    if filed.told is None:
        return stepped(row, outputs, filed.no_action or "no_sanction_to_appeal")
    task = asked(filed.row, event, filed.told, now, level)
    return PartyStep(filed.row, (*outputs, task))


def _on_appeal_decided(
    state: PartyConduct, event: SanctionAppealDecided, now: int, terms: Terms
) -> PartyStep:
    """Take in what people decided on an appeal; the measure is lifted, or told to stand."""
    row, outputs = pass_time(state, now, terms)
    decided = decide_appeal(row, event, now, terms.policy)
    if decided.appeal is None:
        return stepped(row, outputs, decided.no_action or "no_open_appeal")
    row, more = settle(decided.row, decided.appeal.role, now, event.decision_id, terms)
    told = told_of(row, decided.appeal, event, now)
    by_person = tuple(
        [by_people(each, event) if isinstance(each, SanctionParty) else each for each in more]
    )
    notice = () if told is None else (told,)
    return stepped(row, (*outputs, *by_person, *notice), "no_standing_changed")
