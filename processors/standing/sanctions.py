"""Commands about accounts that a change of standing asks for."""

from processors.identifiers import hashed
from processors.policies.standing_policy import StandingPolicy
from processors.standing.closures import as_decided
from schemas.events.conduct import ConductRole
from schemas.events.party_rows import PartyConduct
from schemas.events.standings import Sanction, SanctionParty, StandingChanged, Tier

SEVERITY: dict[Tier, int] = {
    "ordinary": 0,
    "fast_lane": 0,
    "warned": 1,
    "suspended": 2,
    "restricted": 2,
    "closed": 4,
    "closure_proposed": 3,
}
SANCTIONS: dict[Tier, Sanction] = {
    "warned": "warn",
    "suspended": "suspend",
    "restricted": "restrict",
    "closed": "close",
    "closure_proposed": "propose_closure",
}
REASONS: dict[ConductRole, str] = {
    "complainant": "manifestly_unfounded_complaints",
    "seller": "repeat_offender",
}


def sanctions_of(
    before: StandingChanged | None,
    after: StandingChanged,
    conduct_id: str,
    row: PartyConduct,
    policy: StandingPolicy,
) -> tuple[SanctionParty, ...]:
    """Return the command that a change asks for; it says how the account is to stand from now on.

    A suspension that lasts longer is commanded again. Restrictions of sellers have no end of their
    own in it: they last until they are lifted.
    """
    old: Tier = "ordinary" if before is None else before.tier
    longer = after.tier == old == "suspended"
    if SEVERITY[old] == SEVERITY[after.tier] and not longer:
        return ()
    reason = REASONS[after.role]
    sanction = SANCTIONS.get(after.tier, "lift")
    if SEVERITY[after.tier] < SEVERITY[old]:
        reason = "sanction_reversed" if conduct_id else "sanction_expired"
        sanction = "restrict" if after.tier == "restricted" else "lift"
    cause = conduct_id or str(after.changed_at_milliseconds)
    command = SanctionParty(
        command_id=hashed(after.party_id, after.role, sanction, cause),
        party_id=after.party_id,
        role="seller" if after.role == "seller" else "complainant",
        sanction=sanction,
        reason_codes=(reason,),
        strikes=after.strikes if after.role == "seller" else after.factors.absolute_number,
        factors=after.factors,
        until_milliseconds=after.until_milliseconds if sanction == "suspend" else None,
        issued_at_milliseconds=after.changed_at_milliseconds,
    )
    return (as_decided(command, row.closure, policy),)
