"""How a seller stands: strikes that count, one a listing, each until it expires or is reversed.

The standing follows from the strikes alone, so their order does not matter.
"""

from processors.policies.standing_policy import StandingPolicy
from processors.standing.closures import closure_times, tier_of_closure
from processors.standing.sanction_appeals import lifted_until
from processors.standing.steps import Counting, counted
from processors.standing.struck_listings import Place, listing_count, places_of
from schemas.durations import DAY_MILLISECONDS
from schemas.events.conduct import ConductRecorded
from schemas.events.party_rows import PartyConduct, Strike
from schemas.events.standings import ConductFactors, StandingChanged, Tier
from schemas.record import maker

MAXIMUM_STRIKES = 200
"""Strikes kept of one seller; beyond it the oldest are forgotten."""

_standing_changed = maker(StandingChanged)


def take_strike(row: PartyConduct, item: ConductRecorded) -> PartyConduct:
    """Return the row with a strike or a reversal; the same row where it says nothing newer.

    A reversal takes back the strike of its case that came before it, whichever is told first.
    """
    known = next((each for each in row.strikes if each.case_id == item.case_id), None)
    struck = None if known is None else known.struck_at_milliseconds
    undone = None if known is None else known.reversed_at_milliseconds
    at = item.occurred_at_milliseconds
    before = struck if item.kind == "strike" else undone
    if before is not None and at <= before:
        return row
    new = Strike(
        item.case_id, item.listing_id, item.ground, item.manifest, at, undone, item.marketplace
    )
    if item.kind == "strike_reversed":
        told = new._replace(manifest=False, struck_at_milliseconds=None)
        base = told if known is None or struck is None else known
        new = base._replace(reversed_at_milliseconds=at)
    kept = (each for each in row.strikes if each is not known)
    strikes = sorted((*kept, new), key=lambda strike: (_last_at(strike), strike.case_id))
    return row._replace(strikes=tuple(strikes[-MAXIMUM_STRIKES:]))


def without_old_strikes(row: PartyConduct, now: int, policy: StandingPolicy) -> PartyConduct:
    """Return the row without expired strikes; those of a closed account are what it rests on."""
    if not row.strikes or _is_closed(row, policy):
        return row
    since = now - policy.strike_days * DAY_MILLISECONDS
    if all(_last_at(each) > since for each in row.strikes):
        return row
    return row._replace(strikes=tuple(each for each in row.strikes if _last_at(each) > since))


def seller_standing(
    row: PartyConduct, now: int, policy: StandingPolicy, offers: int | None = None
) -> StandingChanged:
    """Return how a seller stands at a time, with so many offers, if that is known.

    An account that was closed without a person stays so until strikes are reversed.
    """
    expiries = sorted(_expiries(row, now, policy).values(), reverse=True)
    count = len(expiries)
    tier, until = _tier(expiries, policy, offers)
    newest = expiries[0] - policy.strike_days * DAY_MILLISECONDS if expiries else 0
    tier, until = tier_of_closure(tier, until, row.closure, newest, now)
    if _is_closed(row, policy):
        tier, until = "closed", None
    since = now - policy.strike_days * DAY_MILLISECONDS
    recent = listing_count([each for each in row.strikes if _last_at(each) > since])
    intention = "unknown" if count else "none"
    if tier not in ("ordinary", "warned"):
        intention = "repeated after a warning"
    return _standing_changed(
        party_id=row.party_id,
        role="seller",
        tier=tier,
        grounds=(),
        strikes=count,
        factors=_factors(count, recent, offers if policy.strike_percent else None)._replace(
            gravity=_gravity(row, since), intention=intention
        ),
        until_milliseconds=until,
        changed_at_milliseconds=now,
    )


def closure_falls(row: PartyConduct, policy: StandingPolicy) -> bool:
    """Tell whether a closure rests on strikes that were reversed."""
    closure = row.closure
    if closure is None or closure.outcome != "close":
        return False
    return len(_expiries(row, closure.decided_at_milliseconds, policy)) < policy.closure_strikes


def next_strike_expiry(row: PartyConduct, now: int, policy: StandingPolicy) -> int | None:
    """Return when a seller's standing may next change by itself, or None."""
    length = policy.strike_days * DAY_MILLISECONDS
    due = [_last_at(each) + length for each in row.strikes]
    due += closure_times(row.closure)
    due += _expiries(row, now, policy).values()
    return min([at for at in due if at > now], default=None)


def _factors(count: int, recent: int, offers: int | None) -> ConductFactors:
    """Return number and share of strikes: of what a seller offers where that is known, else of the
    listings struck."""
    if offers is None:
        return ConductFactors(count, count / recent if recent else 0.0, "", "")
    # What was struck was offered, if it is no more.
    return ConductFactors(count, min(1.0, count / max(1, offers)), "", "", offers)


def _tier(
    expiries: list[int], policy: StandingPolicy, offers: int | None
) -> tuple[Tier, int | None]:
    """Return the tier of so many strikes, and when enough of them expire; the latest come first.

    More than a warning is for who offers much of what is struck, where it is known how much.
    """
    is_frequent = offers is None or 100 * len(expiries) >= policy.strike_percent * offers
    proposed: tuple[tuple[Tier, int], ...] = (("closure_proposed", policy.closure_strikes),)
    steps: tuple[tuple[Tier, int], ...] = (
        *(proposed if policy.closure_by_person else ()),
        ("restricted", policy.restriction_strikes),
        ("warned", policy.warning_strikes),
    )
    for tier, threshold in steps:
        if len(expiries) >= threshold and (is_frequent or tier == "warned"):
            return tier, expiries[threshold - 1]
    return "ordinary", None


def _is_closed(row: PartyConduct, policy: StandingPolicy) -> bool:
    return not policy.closure_by_person and _peak(row, policy) >= policy.closure_strikes


def _stands(strike: Strike) -> bool:
    struck, undone = strike.struck_at_milliseconds, strike.reversed_at_milliseconds
    return struck is not None and (undone is None or undone < struck)


def _last_at(strike: Strike) -> int:
    return max(strike.struck_at_milliseconds or 0, strike.reversed_at_milliseconds or 0)


def _struck_at(strike: Strike) -> int:
    return strike.struck_at_milliseconds or 0


def _first_struck_at(placed: tuple[Strike, Place]) -> int:
    return _struck_at(placed[0])


def _expiries(row: PartyConduct, now: int, policy: StandingPolicy) -> dict[Place, int]:
    """Return by listing when its strike ceases to count, of those that count now."""
    expiries: dict[Place, int] = {}
    for strike, place in _counted(row, policy)[0]:
        until = _struck_at(strike) + policy.strike_days * DAY_MILLISECONDS
        if until > now:
            expiries[place] = max(until, expiries.get(place, 0))
    return expiries


def _peak(row: PartyConduct, policy: StandingPolicy) -> int:
    """Return the most listings whose strikes ever counted at once."""
    return _counted(row, policy)[1] if len(row.strikes) >= policy.closure_strikes else 0


def _counted(row: PartyConduct, policy: StandingPolicy) -> tuple[list[tuple[Strike, Place]], int]:
    """Return the strikes that stand and count, with their listings, and the most at once."""
    if not row.strikes:
        return [], 0
    placed = zip(row.strikes, places_of(row.strikes), strict=True)
    lifted = lifted_until(row, "seller")
    standing = sorted(
        (each for each in placed if _stands(each[0]) and _struck_at(each[0]) > lifted),
        key=_first_struck_at,
    )
    items = [(each, each[1], _struck_at(each[0])) for each in standing]
    return counted(items, _counting(policy))


def _counting(policy: StandingPolicy) -> Counting:
    return Counting(
        (policy.warning_strikes, policy.restriction_strikes, policy.closure_strikes),
        policy.strike_days * DAY_MILLISECONDS,
        policy.step_days * DAY_MILLISECONDS,
    )


def _gravity(row: PartyConduct, since: int) -> str:
    manifest = [each for each in row.strikes if each.manifest]
    grave = any(_stands(each) and _struck_at(each) > since for each in manifest)
    return "grave" if grave else "ordinary"
