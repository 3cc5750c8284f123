"""How a party stands after an input or with time, and what follows where that is another standing.

A time that falls due is taken before what comes after it, however late its timer fires, so a replay
finds the same changes at the same times.
"""

from processors.policies.standing_policy import StandingPolicy
from processors.standing import trader_identity
from processors.standing.action_standing import mark_standing, rule_standing
from processors.standing.complainant_standing import (
    complainant_standing,
    next_complaint_expiry,
    without_old_complaints,
)
from processors.standing.party_step import PartyOutput, Terms
from processors.standing.sanction_appeals import with_ended
from processors.standing.sanctions import sanctions_of
from processors.standing.seller_orders import end_orders, order_times
from processors.standing.seller_standing import (
    next_strike_expiry,
    seller_standing,
    without_old_strikes,
)
from schemas.events.conduct import ConductRole
from schemas.events.party_rows import PartyConduct
from schemas.events.standings import StandingChanged

ROLES: tuple[ConductRole, ...] = ("complainant", "seller")


def roles_of(row: PartyConduct) -> tuple[ConductRole, ...]:
    """Return in which parts a row's party may stand: marks and rules have rows of their own."""
    if row.party_id.startswith("rule:"):
        return ("rule",)
    return ("mark",) if row.party_id.startswith("mark:") else ROLES


def pass_time(
    row: PartyConduct, now: int, terms: Terms
) -> tuple[PartyConduct, tuple[PartyOutput, ...]]:
    """Take all that falls due by a time, each at its own."""
    outputs: tuple[PartyOutput, ...] = ()
    while row.due_at_milliseconds is not None and row.due_at_milliseconds <= now:
        at = row.due_at_milliseconds
        row, ended, *_ = end_orders(row._replace(due_at_milliseconds=None), at)
        row, overdue = trader_identity.pass_time(row, terms.identity_missing, at)
        outputs += (*ended, *overdue)
        for role in roles_of(row):
            row, more = settle(row, role, at, "", terms)
            outputs += more
    if row.as_of_milliseconds < now:
        row = row._replace(as_of_milliseconds=now)
    return row, outputs


def settle(
    row: PartyConduct, role: ConductRole, now: int, conduct_id: str, terms: Terms
) -> tuple[PartyConduct, tuple[PartyOutput, ...]]:
    """Return the row and what follows where the standing in one part is another than was told."""
    policy = terms.policy
    if role != "mark":
        # What people upheld of a mark's first actions counts however long they take.
        row = without_old_complaints(without_old_strikes(row, now, policy), now, policy)
    standing = _standing(row, role, now, terms)
    told = next((each for each in row.standings if each.role == role), None)
    due = _next_due(row, standing, now, policy)
    if _telling(standing) == (_nothing_told(role) if told is None else _telling(told)):
        unchanged = row.due_at_milliseconds == due
        return row if unchanged else row._replace(due_at_milliseconds=due), ()
    kept = (each for each in row.standings if each.role != role)
    standings = sorted((*kept, standing), key=_role)
    sanctions = sanctions_of(told, standing, conduct_id, row, policy) if role in ROLES else ()
    if told is not None and role in ROLES:
        row = with_ended(row, told, standing, policy)
    row = row._replace(standings=tuple(standings), due_at_milliseconds=due)
    return row, (standing, *sanctions)


def _standing(row: PartyConduct, role: ConductRole, now: int, terms: Terms) -> StandingChanged:
    if role == "seller":
        return seller_standing(row, now, terms.policy, terms.offers)
    if role == "complainant":
        return complainant_standing(row, now, terms.policy)
    return (mark_standing if role == "mark" else rule_standing)(row, now, terms.policy)


def _next_due(
    row: PartyConduct, newest: StandingChanged, now: int, policy: StandingPolicy
) -> int | None:
    if newest.role == "mark":
        return None
    until = None
    for each in (*row.standings, newest):
        if each.role == "complainant":
            until = each.until_milliseconds
    due = (
        next_complaint_expiry(row, until, now, policy),
        next_strike_expiry(row, now, policy),
        row.identity_due_at_milliseconds,
        *order_times(row),
    )
    return min([at for at in due if at is not None], default=None)


def _nothing_told(role: ConductRole) -> tuple[object, ...]:
    """Return what is told of who was not told of yet; a mark is still to be proven."""
    return "ordinary", 0, None, (), role != "mark"


def _role(standing: StandingChanged) -> str:
    return standing.role


def _telling(standing: StandingChanged) -> tuple[object, ...]:
    """Return the part of a standing that makes another of it; mere counts of complaints don't."""
    if standing.role == "rule":
        # Each second look tells more of it, and there are few.
        lanes: tuple[object, ...] = standing.grounds
    else:
        lanes = tuple([each.ground for each in standing.grounds if each.fast_lane])
    until = standing.until_milliseconds
    return standing.tier, standing.strikes, until, lanes, standing.automatic
