"""The fold of one party's conduct: how it stands, and what follows when that changes.

A party's row is stepped through like a listing's.
"""

from typing import Final

from processors.standing import trader_identity
from processors.standing.complainant_standing import take_complaint
from processors.standing.measures import take_said
from processors.standing.party_step import (
    PartyInput,
    PartyOutput,
    PartyStep,
    StandingDue,
    StandingGivenUp,
    Terms,
    stepped,
)
from processors.standing.seller_standing import closure_falls, take_strike
from processors.standing.settling import pass_time, settle
from processors.step import Moment
from processors.validity import invalid_fields
from schemas.events.conduct import ConductKind, ConductRecorded, ConductRole
from schemas.events.party_rows import PartyConduct
from schemas.events.standings import ReviewSanction, SanctionParty
from schemas.events.trader_identity import AskTraderIdentity

EMPTY: Final[PartyConduct] = PartyConduct("")

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
        return take_said(state, event, now, terms, moment.service_level)
    if event.kind not in _KINDS[event.role]:
        return PartyStep(state, refusal="conduct_of_another_role")
    named = state if state.party_id == event.party_id else state._replace(party_id=event.party_id)
    row, outputs = pass_time(named, now, terms)
    if event.role == "seller":
        taken = take_strike(row, event)
    else:
        taken = take_complaint(row, event, moment.service_level.steps_edition)
    if taken is row:
        return stepped(row, outputs, "duplicate_conduct")
    if event.kind == "strike_reversed" and closure_falls(taken, terms.policy):
        taken = taken._replace(closure=None)
    asked: tuple[AskTraderIdentity, ...] = ()
    if event.kind == "strike":
        taken, asked = trader_identity.ask(taken, terms.identity_missing, now, terms.policy)
    row, more = settle(taken, event.role, now, event.conduct_id, terms)
    return stepped(row, (*outputs, *more, *asked), "no_standing_changed")


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


def _on_time(
    state: PartyConduct, event: StandingDue | StandingGivenUp, now: int, terms: Terms
) -> PartyStep:
    if state.due_at_milliseconds != event.due_at_milliseconds:
        return PartyStep(state, no_action="timer_superseded")
    if isinstance(event, StandingGivenUp):
        # What is told of the party next finds its next time.
        return PartyStep(state._replace(due_at_milliseconds=None), no_action="timer_given_up")
    row, outputs = pass_time(state, now, terms)
    return stepped(row, outputs, "no_standing_changed")
