"""The fold of one party's conduct: how it stands, and what follows when that changes.

A party's row is stepped through like a listing's. A time that falls due is taken before what comes
after it, however late its timer fires, so a replay finds the same changes at the same times.
"""

from typing import Final, Literal, NamedTuple

from processors.policies.service_level import ServiceLevel
from processors.policies.standing_policy import StandingPolicy
from processors.standing import trader_identity
from processors.standing.action_standing import mark_standing, rule_standing
from processors.standing.closures import announced, as_decided, decide_closure
from processors.standing.complainant_standing import (
    complainant_standing,
    next_complaint_expiry,
    take_complaint,
    without_old_complaints,
)
from processors.standing.sanction_appeals import (
    AppealNoAction,
    asked,
    by_people,
    decide_appeal,
    file_appeal,
    told_of,
    with_ended,
)
from processors.standing.sanctions import sanctions_of
from processors.standing.seller_orders import (
    OrderNoAction,
    OrderOutput,
    end_orders,
    lift_order,
    order_times,
    take_order,
)
from processors.standing.seller_standing import (
    closure_falls,
    next_strike_expiry,
    seller_standing,
    take_strike,
    without_old_strikes,
)
from processors.step import Moment
from processors.validity import invalid_fields
from schemas.events.conduct import (
    ClosureDecided,
    ConductKind,
    ConductRecorded,
    ConductRole,
    SanctionAppealDecided,
    SanctionAppealFiled,
)
from schemas.events.party_rows import PartyConduct
from schemas.events.seller_orders import SellerOrderLifted, SellerOrderReceived
from schemas.events.standings import ReviewSanction, SanctionParty, StandingChanged
from schemas.events.trader_identity import AskTraderIdentity

EMPTY: Final[PartyConduct] = PartyConduct("")

ROLES: tuple[ConductRole, ...] = ("complainant", "seller")
_COMPLAINT_KINDS: frozenset[ConductKind] = frozenset(
    {
        *("complaint_upheld", "complaint_declined", "complaint_countered"),
        *("complaint_retracted", "complaint_restored"),
    }
)
_KINDS: dict[ConductRole, frozenset[ConductKind]] = {
    "complainant": _COMPLAINT_KINDS,
    "mark": _COMPLAINT_KINDS,
    "seller": frozenset({"strike", "strike_reversed"}),
    "rule": frozenset({"action_upheld", "action_overturned"}),
}
"""What can be told of whom."""


class StandingDue(NamedTuple):
    """A time at which a party's standing may change by itself."""

    due_at_milliseconds: int


class StandingGivenUp(NamedTuple):
    """A time at which a party's standing might have changed, and taking it failed."""

    due_at_milliseconds: int


PartyInput = (
    ConductRecorded
    | ClosureDecided
    | SanctionAppealFiled
    | SanctionAppealDecided
    | SellerOrderReceived
    | SellerOrderLifted
    | StandingDue
    | StandingGivenUp
)
PartyOutput = StandingChanged | SanctionParty | ReviewSanction | AskTraderIdentity | OrderOutput
PartyNoAction = (
    Literal["no_standing_changed", "duplicate_conduct", "timer_superseded", "timer_given_up"]
    | AppealNoAction
    | OrderNoAction
)


class Terms(NamedTuple):
    """By what a party stands: the policy, and how many listings it offers, if that is known; and
    what is missing of who it is as a trader."""

    policy: StandingPolicy
    offers: int | None
    identity_missing: tuple[str, ...]


class PartyStep(NamedTuple):
    """What an input led to: the new state, and outputs, 'no action' or a refusal."""

    state: PartyConduct
    outputs: tuple[PartyOutput, ...] = ()
    no_action: PartyNoAction | None = None
    refusal: str | None = None


def step(state: PartyConduct, event: PartyInput, moment: Moment) -> PartyStep:
    """Return what an input leads to. Conduct of several listings may come out of order."""
    taken = _step(state, event, moment)
    if not taken.outputs or not moment.service_level.statements:
        return taken
    return taken._replace(outputs=tuple([_worded(each, moment) for each in taken.outputs]))


def _worded(output: PartyOutput, moment: Moment) -> PartyOutput:
    """Return a sanction with the language in which its party is told."""
    if not isinstance(output, SanctionParty | ReviewSanction | AskTraderIdentity):
        return output
    party = moment.reference.party(output.party_id)
    return output if party is None else output._replace(language=party.language)


def _step(state: PartyConduct, event: PartyInput, moment: Moment) -> PartyStep:
    terms = _terms(state, event, moment)
    now = max(moment.now_milliseconds, state.as_of_milliseconds)
    if isinstance(event, StandingDue | StandingGivenUp):
        return _on_time(state, event, now, terms)
    invalid = invalid_fields(event)
    if invalid:
        return PartyStep(state, refusal=invalid[0])
    if not isinstance(event, ConductRecorded):
        return _on_said(state, event, now, terms, moment.service_level)
    if event.kind not in _KINDS[event.role]:
        return PartyStep(state, refusal="conduct_of_another_role")
    named = state if state.party_id == event.party_id else state._replace(party_id=event.party_id)
    row, outputs = _pass_time(named, now, terms)
    if event.role == "seller":
        taken = take_strike(row, event)
    else:
        taken = take_complaint(row, event, moment.service_level.steps_edition)
    if taken is row:
        return _stepped(row, outputs, "duplicate_conduct")
    if event.kind == "strike_reversed" and closure_falls(taken, terms.policy):
        taken = taken._replace(closure=None)
    asked: tuple[AskTraderIdentity, ...] = ()
    if event.kind == "strike":
        taken, asked = trader_identity.ask(taken, terms.identity_missing, now, terms.policy)
    row, more = _settle(taken, event.role, now, event.conduct_id, terms)
    return _stepped(row, (*outputs, *more, *asked), "no_standing_changed")


def _on_said(
    state: PartyConduct,
    event: ClosureDecided
    | SanctionAppealFiled
    | SanctionAppealDecided
    | SellerOrderReceived
    | SellerOrderLifted,
    now: int,
    terms: Terms,
    level: ServiceLevel,
) -> PartyStep:
    """Take in what a party or people say of a measure, or what was ordered against a seller."""
    if isinstance(event, SellerOrderReceived | SellerOrderLifted):
        return _on_order(state, event, now, terms)
    if isinstance(event, ClosureDecided):
        return _on_closure(state, event, now, terms)
    if isinstance(event, SanctionAppealFiled):
        return _on_appeal(state, event, now, terms, level)
    return _on_appeal_decided(state, event, now, terms)


def _terms(state: PartyConduct, event: PartyInput, moment: Moment) -> Terms:
    policy = moment.service_level.standing
    if not (policy.strike_percent or policy.trader_identity_days):
        return Terms(policy, None, ())
    party_id = (
        state.party_id if isinstance(event, StandingDue | StandingGivenUp) else event.party_id
    )
    party = moment.reference.party(party_id)
    if party is None:
        return Terms(policy, None, ())
    offers = party.offer_count if policy.strike_percent else None
    return Terms(policy, offers, party.trader_identity_missing or ())


def _on_closure(state: PartyConduct, event: ClosureDecided, now: int, terms: Terms) -> PartyStep:
    """Take in what a person decided on a closure; the seller is told, and closed in its time."""
    row, outputs = _pass_time(state, now, terms)
    settled = decide_closure(row, event, now, terms.policy)
    if settled.refusal is not None:
        return PartyStep(state, refusal=settled.refusal)
    if settled.no_action is not None:
        return _stepped(row, outputs, settled.no_action)
    row, more = _settle(settled.row, "seller", now, event.decision_id, terms)
    standing = seller_standing(row, now, terms.policy, terms.offers)
    told = None if row.closure is None else announced(standing, row.closure, event, now)
    notice = () if told is None else (as_decided(told, row.closure, terms.policy),)
    return _stepped(row, (*outputs, *more, *notice), "no_standing_changed")


def _on_order(
    state: PartyConduct, event: SellerOrderReceived | SellerOrderLifted, now: int, terms: Terms
) -> PartyStep:
    """Take in an order against a seller, or its end."""
    row, outputs = _pass_time(state, now, terms)
    if isinstance(event, SellerOrderReceived):
        ordered = take_order(row, event, now)
    else:
        ordered = lift_order(row, event, now)
    if ordered.refusal is not None:
        return PartyStep(state, refusal=ordered.refusal)
    if ordered.no_action is not None:
        return _stepped(row, outputs, ordered.no_action)
    times = (row.due_at_milliseconds, *order_times(ordered.row))
    due = min([at for at in times if at is not None], default=None)
    new = ordered.row._replace(due_at_milliseconds=due)
    return PartyStep(new, (*outputs, *ordered.outputs))


def _on_appeal(
    state: PartyConduct, event: SanctionAppealFiled, now: int, terms: Terms, level: ServiceLevel
) -> PartyStep:
    """Take in an appeal against a measure; people are asked."""
    row, outputs = _pass_time(state, now, terms)
    filed = file_appeal(row, event, now, terms.policy)
    if filed.told is None:
        return _stepped(row, outputs, filed.no_action or "no_sanction_to_appeal")
    task = asked(filed.row, event, filed.told, now, level)
    return PartyStep(filed.row, (*outputs, task))


def _on_appeal_decided(
    state: PartyConduct, event: SanctionAppealDecided, now: int, terms: Terms
) -> PartyStep:
    """Take in what people decided on an appeal; the measure is lifted, or told to stand."""
    row, outputs = _pass_time(state, now, terms)
    decided = decide_appeal(row, event, now, terms.policy)
    if decided.appeal is None:
        return _stepped(row, outputs, decided.no_action or "no_open_appeal")
    row, more = _settle(decided.row, decided.appeal.role, now, event.decision_id, terms)
    told = told_of(row, decided.appeal, event, now)
    by_person = tuple(
        [by_people(each, event) if isinstance(each, SanctionParty) else each for each in more]
    )
    notice = () if told is None else (told,)
    return _stepped(row, (*outputs, *by_person, *notice), "no_standing_changed")


def _on_time(
    state: PartyConduct, event: StandingDue | StandingGivenUp, now: int, terms: Terms
) -> PartyStep:
    if state.due_at_milliseconds != event.due_at_milliseconds:
        return PartyStep(state, no_action="timer_superseded")
    if isinstance(event, StandingGivenUp):
        # What is told of the party next finds its next time.
        return PartyStep(state._replace(due_at_milliseconds=None), no_action="timer_given_up")
    row, outputs = _pass_time(state, now, terms)
    return _stepped(row, outputs, "no_standing_changed")


def roles_of(row: PartyConduct) -> tuple[ConductRole, ...]:
    """Return in which parts a row's party may stand: marks and rules have rows of their own."""
    if row.party_id.startswith("rule:"):
        return ("rule",)
    return ("mark",) if row.party_id.startswith("mark:") else ROLES


def _stepped(
    row: PartyConduct, outputs: tuple[PartyOutput, ...], otherwise: PartyNoAction
) -> PartyStep:
    return PartyStep(row, outputs, None if outputs else otherwise)


def _pass_time(
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
            row, more = _settle(row, role, at, "", terms)
            outputs += more
    if row.as_of_milliseconds < now:
        row = row._replace(as_of_milliseconds=now)
    return row, outputs


def _settle(
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
