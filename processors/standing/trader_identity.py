"""Sellers who are struck and have not told all of who they are: marketplaces ask them for it.

A marketplace that has reason to believe that what it knows of a trader is incomplete asks, and
suspends where it isn't told (DSA Article 30(3); 15 USC 45f(a)(3)). Whether to suspend is for
people: what is overdue is told, and nothing is done to the seller for it here.
"""

from processors.identifiers import hashed
from processors.policies.standing_policy import StandingPolicy
from schemas.durations import DAY_MILLISECONDS
from schemas.events.party_rows import PartyConduct
from schemas.events.trader_identity import AskTraderIdentity, IdentityStage


def ask(
    row: PartyConduct, missing: tuple[str, ...], now: int, policy: StandingPolicy
) -> tuple[PartyConduct, tuple[AskTraderIdentity, ...]]:
    """Return the row of a seller who was struck, and what it is asked for; once at a time."""
    if not missing or not policy.trader_identity_days or row.identity_due_at_milliseconds:
        return row, ()
    until = now + policy.trader_identity_days * DAY_MILLISECONDS
    asked = row._replace(identity_due_at_milliseconds=until)
    return asked, (_command(asked, "asked", missing, until, now),)


def pass_time(
    row: PartyConduct, missing: tuple[str, ...], now: int
) -> tuple[PartyConduct, tuple[AskTraderIdentity, ...]]:
    """Return the row at a time, and what is overdue of what was asked for."""
    until = row.identity_due_at_milliseconds
    if until is None or until > now:
        return row, ()
    over = row._replace(identity_due_at_milliseconds=None)
    return over, (_command(row, "overdue", missing, until, now),) if missing else ()


def _command(
    row: PartyConduct, stage: IdentityStage, missing: tuple[str, ...], until: int, now: int
) -> AskTraderIdentity:
    return AskTraderIdentity(
        command_id=hashed(row.party_id, "trader_identity", stage, str(until)),
        party_id=row.party_id,
        stage=stage,
        missing=missing,
        answer_until_milliseconds=until,
        issued_at_milliseconds=now,
    )
