"""What a party's step takes, and what it leads to."""

from typing import Literal, NamedTuple

from processors.policies.standing_policy import StandingPolicy
from processors.standing.sanction_appeals import AppealNoAction
from processors.standing.seller_orders import OrderNoAction, OrderOutput
from schemas.events.conduct import (
    ClosureDecided,
    ConductRecorded,
    SanctionAppealDecided,
    SanctionAppealFiled,
)
from schemas.events.party_rows import PartyConduct
from schemas.events.seller_orders import SellerOrderLifted, SellerOrderReceived
from schemas.events.standings import ReviewSanction, SanctionParty, StandingChanged
from schemas.events.trader_identity import AskTraderIdentity


class StandingDue(NamedTuple):
    """A time at which a party's standing may change by itself."""

    due_at_milliseconds: int


class StandingGivenUp(NamedTuple):
    """A time at which a party's standing might have changed, and taking it failed."""

    due_at_milliseconds: int


Said = (
    ClosureDecided
    | SanctionAppealFiled
    | SanctionAppealDecided
    | SellerOrderReceived
    | SellerOrderLifted
)
"""What a party or people say of a measure, or what was ordered against a seller."""

PartyInput = ConductRecorded | Said | StandingDue | StandingGivenUp
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


def stepped(
    row: PartyConduct, outputs: tuple[PartyOutput, ...], otherwise: PartyNoAction
) -> PartyStep:
    """Return a step with its outputs, or with why there are none."""
    return PartyStep(row, outputs, None if outputs else otherwise)
