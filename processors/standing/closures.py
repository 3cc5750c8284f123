"""Closures of sellers' accounts as people decide them: with notice, for a time, open to appeal.

Whoever decided on a closure does not decide on an appeal against it. A closure falls where so many
strikes are reversed that it could not have been proposed.
"""

from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, cast

from processors.identifiers import hashed
from processors.policies.standing_policy import StandingPolicy
from schemas.durations import DAY_MILLISECONDS
from schemas.events.conduct import ClosureDecided, SanctionAppealDecided
from schemas.events.party_rows import AccountClosure, PartyConduct
from schemas.events.standings import SanctionParty, StandingChanged, Tier
from schemas.yaml_text import yaml_content

ClosureNoAction = Literal["duplicate_decision", "no_closure_proposed", "same_reviewer"]


class Settled(NamedTuple):
    """A row after a decision on a closure, why nothing came of it, or why it is refused."""

    row: PartyConduct
    no_action: ClosureNoAction | None = None
    refusal: str | None = None


@cache
def closure_exceptions() -> dict[str, dict[str, str]]:
    """Return why an account may be closed without notice, by name."""
    path = files("processors.standing").joinpath("closure_exceptions.yaml")
    return cast(dict[str, dict[str, str]], yaml_content(path.read_text(encoding="utf-8")))


def decide_closure(
    row: PartyConduct, decided: ClosureDecided, now: int, policy: StandingPolicy
) -> Settled:
    """Return the row with what a person decided, where there is anything to decide."""
    days = decided.closed_days or policy.closure_days
    refusal = _refusal(decided, days)
    if refusal is not None:
        return Settled(row, refusal=refusal)
    before = row.closure
    if before is not None and before.decision_id == decided.decision_id:
        return Settled(row, no_action="duplicate_decision")
    stands = before is not None and before.outcome == "close" and now < before.ends_at_milliseconds
    if stands and before is not None and not set(deciders(decided)).isdisjoint(before.reviewer_ids):
        return Settled(row, no_action="same_reviewer")
    reviewers = before.reviewer_ids if stands and before is not None else ()
    if stands and decided.outcome == "close" and before is not None:
        # The appeal is rejected, and the closure stays as it was.
        closure = before._replace(reviewer_ids=(*reviewers, *deciders(decided)))
        return Settled(row._replace(closure=closure))
    told = next((each.tier for each in row.standings if each.role == "seller"), "ordinary")
    if not stands and told != "closure_proposed":
        return Settled(row, no_action="no_closure_proposed")
    notice = 0 if decided.notice_exception else policy.closure_notice_days
    begins = now + notice * DAY_MILLISECONDS
    closure = AccountClosure(
        decision_id=decided.decision_id,
        outcome=decided.outcome,
        decided_at_milliseconds=now,
        begins_at_milliseconds=begins,
        ends_at_milliseconds=begins + days * DAY_MILLISECONDS,
        reason_codes=decided.reason_codes,
        reviewer_ids=(*reviewers, *deciders(decided)),
    )
    return Settled(row._replace(closure=closure))


def deciders(decided: ClosureDecided | SanctionAppealDecided) -> tuple[str, ...]:
    """Return the one or two people who decided."""
    second = decided.second_reviewer_id
    return (decided.reviewer_id, second) if second else (decided.reviewer_id,)


def _refusal(decided: ClosureDecided, days: int) -> str | None:
    """Return why a decision can't be carried out, as the reason code of a dead letter."""
    if decided.notice_exception and decided.notice_exception not in closure_exceptions():
        return "unknown_notice_exception"
    return "closed_days_missing" if decided.outcome == "close" and not days else None


def announced(
    standing: StandingChanged, closure: AccountClosure, decided: ClosureDecided, now: int
) -> SanctionParty | None:
    """Return what a seller is told of a closure that is to come; None where none is."""
    is_new = closure.decision_id == decided.decision_id and closure.outcome == "close"
    if not is_new or closure.begins_at_milliseconds <= now:
        return None
    return SanctionParty(
        command_id=hashed(standing.party_id, "seller", "announce_closure", decided.decision_id),
        party_id=standing.party_id,
        role="seller",
        sanction="announce_closure",
        reason_codes=closure.reason_codes,
        strikes=standing.strikes,
        factors=standing.factors,
        until_milliseconds=closure.ends_at_milliseconds,
        issued_at_milliseconds=now,
        effective_at_milliseconds=closure.begins_at_milliseconds,
        decided_by_person=True,
    )


def as_decided(
    command: SanctionParty, closure: AccountClosure | None, policy: StandingPolicy
) -> SanctionParty:
    """Return a command with what a person decided of the closure that it carries out."""
    if closure is None or closure.outcome != "close":
        return command
    if command.sanction not in ("close", "announce_closure"):
        return command
    appeal_until = closure.decided_at_milliseconds + policy.closure_appeal_days * DAY_MILLISECONDS
    return command._replace(
        reason_codes=closure.reason_codes,
        until_milliseconds=closure.ends_at_milliseconds,
        decided_by_person=True,
        appeal_until_milliseconds=appeal_until,
    )


def tier_of_closure(
    tier: Tier, until: int | None, closure: AccountClosure | None, newest: int, now: int
) -> tuple[Tier, int | None]:
    """Return how a seller stands by its strikes and by what people decided of its closure.

    What they decided not to close, and what was closed for its time, is proposed again only for
    strikes that are newer than their decision.
    """
    if closure is None:
        return tier, until
    ends = closure.ends_at_milliseconds
    if closure.outcome == "close" and now < ends:
        if closure.begins_at_milliseconds <= now:
            return "closed", ends
        return "closure_proposed", closure.begins_at_milliseconds
    if tier == "closure_proposed" and newest <= closure.decided_at_milliseconds:
        return "restricted", until
    return tier, until


def closure_times(closure: AccountClosure | None) -> list[int]:
    """Return when a closure begins and ends."""
    if closure is None or closure.outcome != "close":
        return []
    return [closure.begins_at_milliseconds, closure.ends_at_milliseconds]
