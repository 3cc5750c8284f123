"""What operators see of the rules: those that decide, those in shadow, and how they differ.

Rules are those that the tables hold; what a shadow would have decided is read from decisions.
"""

from functools import lru_cache
from typing import Any, Final, NamedTuple

from processors.rules.diagram import DiagramTooLarge
from processors.rules.proofs import Difference, differences
from processors.rules.rule_set import RuleSet
from schemas.durations import DAY_MILLISECONDS
from schemas.events.rules import RuleSetPublished
from streams.sources.filing.database import Database
from streams.sources.filing.rows import has_table
from streams.tables.lookup_tables import LookupTables

MAXIMUM_EXAMPLES: Final = 3
SHADOW_DAYS: Final = 30
"""Older results are not told, though they may be there."""
_SHADOW: Final = """
    SELECT outcome, shadow_outcome, count(*) AS decisions,
        (array_agg(case_id ORDER BY decided_at_milliseconds DESC))[1:3] AS case_ids
    FROM decisions
    WHERE shadow_outcome IS NOT NULL AND decided_at_milliseconds >= %s AND automated
        AND rule_id NOT LIKE 'step:%%'
    GROUP BY outcome, shadow_outcome ORDER BY outcome = shadow_outcome, decisions DESC, outcome
"""


class RulesHeld(NamedTuple):
    """A rule set as workers have it, and who published it; nobody where the software brought it."""

    rules: RuleSet
    published: RuleSetPublished | None


class RulesSeen(NamedTuple):
    """The rules that decide, and those in shadow, if any."""

    active: RulesHeld
    shadow: RulesHeld | None


def rules_seen(tables: LookupTables) -> RulesSeen:
    """Return the rules that the tables hold."""
    shadow = tables.shadow_rule_set
    return RulesSeen(
        RulesHeld(tables.rule_set, tables.published("active")),
        None if shadow is None else RulesHeld(shadow, tables.published("shadow")),
    )


@lru_cache(8)
def differing(before: RuleSet, after: RuleSet) -> tuple[Difference, ...] | None:
    """Return what two rule sets decide differently; None where that is too involved to prove."""
    try:
        return tuple(differences(before, after, MAXIMUM_EXAMPLES))
    except DiagramTooLarge:
        return None


def shadow_results(database: Database, since: int, now: int) -> list[dict[str, Any]]:
    """Return how often rules alone decided so, and those in shadow so; where they differ first."""
    oldest = max(since, now - SHADOW_DAYS * DAY_MILLISECONDS)
    with database.connection() as connection:
        if not has_table(connection, "decisions"):
            return []
        return connection.execute(_SHADOW, (oldest,)).fetchall()
