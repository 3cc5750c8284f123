"""How marks and rules stand by what people decided of the actions that rest on them.

A mark's actions are decided by people until so many were upheld; that lasts. A rule's go to people
again while what was overturned at second looks within the window is surely more than its limit.
"""

from processors.policies.standing_policy import StandingPolicy
from processors.restraint.share_bounds import is_beyond
from processors.standing.complainant_standing import counts_by_ground, sum_of_counts
from schemas.durations import DAY_MILLISECONDS
from schemas.events.party_rows import PartyConduct
from schemas.events.standings import ConductFactors, GroundStanding, StandingChanged


def mark_standing(row: PartyConduct, now: int, policy: StandingPolicy) -> StandingChanged:
    """Return how a mark stands: proven from so many actions on that people upheld."""
    upheld = sum(each.kind == "complaint_upheld" for each in row.complaints)
    proven = any(each.automatic for each in row.standings)
    return _standing(row, now, proven or upheld >= policy.first_actions_reviewed, ())


def rule_standing(row: PartyConduct, now: int, policy: StandingPolicy) -> StandingChanged:
    """Return how a rule stands: whether it is carried out without a person."""
    counts = counts_by_ground(row.days, now // DAY_MILLISECONDS, policy)
    concluded, _upheld, overturned = sum_of_counts(counts)
    beyond = is_beyond(overturned, concluded, policy.rule_overturned_percent)
    grounds = tuple(GroundStanding(name, *each, False) for name, each in sorted(counts.items()))
    return _standing(row, now, not beyond, grounds)


def _standing(
    row: PartyConduct, now: int, automatic: bool, grounds: tuple[GroundStanding, ...]
) -> StandingChanged:
    concluded = sum(each.concluded_count for each in grounds)
    overturned = sum(each.countered_count for each in grounds)
    return StandingChanged(
        party_id=row.party_id,
        role="rule" if row.party_id.startswith("rule:") else "mark",
        tier="ordinary",
        grounds=grounds,
        strikes=0,
        factors=ConductFactors(
            overturned, overturned / concluded if concluded else 0.0, "ordinary", "none"
        ),
        until_milliseconds=None,
        changed_at_milliseconds=now,
        automatic=automatic,
    )
