"""What operators see of marketplaces' endpoints and of parties' standings, from the stores."""

from typing import Any, Final, NamedTuple

from schemas.durations import DAY_MILLISECONDS
from streams.sources.filing.database import Database
from streams.sources.filing.rows import has_table

_ENDPOINTS: Final = """
    WITH counted AS (
        SELECT marketplace,
            count(*) FILTER (WHERE state = 'delivered'
                AND delivered_at_milliseconds > %(since)s) AS delivered,
            count(*) FILTER (WHERE state IN ('waiting', 'due')) AS waiting,
            count(*) FILTER (WHERE state IN ('waiting', 'due') AND attempts > 0) AS refused,
            count(*) FILTER (WHERE state = 'held') AS held,
            count(*) FILTER (WHERE state = 'failed') AS failed,
            min(issued_at_milliseconds) FILTER (WHERE state IN ('waiting', 'due')) AS oldest
        FROM deliveries
        WHERE taken_in_at_milliseconds > %(since)s OR state IN ('waiting', 'due', 'held', 'failed')
        GROUP BY marketplace
    )
    SELECT marketplace, coalesce(delivered, 0) AS delivered, coalesce(waiting, 0) AS waiting,
        coalesce(refused, 0) AS refused, coalesce(held, 0) AS held, coalesce(failed, 0) AS failed,
        oldest, disabled.reason AS gone, disabled_at_milliseconds AS gone_at
    FROM counted FULL JOIN disabled_endpoints AS disabled USING (marketplace)
    ORDER BY disabled.reason IS NULL, failed DESC, oldest NULLS LAST, marketplace LIMIT %(limit)s
"""
_CAPPED: Final = """
    SELECT reason, detail, count(*) AS deliveries, min(issued_at_milliseconds) AS oldest
    FROM deliveries WHERE state = 'held' AND reason LIKE 'cap\\_%%'
    GROUP BY reason, detail ORDER BY deliveries DESC, detail LIMIT %(limit)s
"""
_STANDINGS: Final = """
    SELECT party_id, role, tier, strikes, grounds, until_milliseconds, changed_at_milliseconds
    FROM standings WHERE (%(party)s = '' AND tier <> 'ordinary') OR party_id = %(party)s
    ORDER BY changed_at_milliseconds DESC, party_id LIMIT %(limit)s
"""


class EndpointHealth(NamedTuple):
    """Deliveries to one marketplace: of the last day, and what stands now."""

    marketplace: str
    delivered: int
    waiting: int
    refused: int
    """Of those that wait, how many were tried and not taken."""
    held: int
    failed: int
    oldest: int | None
    gone: str | None
    """Why nothing is sent any more."""
    gone_at: int | None

    @property
    def well(self) -> bool:
        """Whether deliveries arrive."""
        return self.gone is None and not self.failed and not self.refused


class CapReached(NamedTuple):
    """What a cap holds back, and since when."""

    reason: str
    detail: str
    deliveries: int
    oldest: int


def endpoints(database: Database, now: int, limit: int) -> list[EndpointHealth]:
    """Return how deliveries go, those first that don't."""
    values = {"since": now - DAY_MILLISECONDS, "limit": limit}
    with database.connection() as connection:
        return [EndpointHealth(**row) for row in connection.execute(_ENDPOINTS, values).fetchall()]


def caps_reached(database: Database, limit: int) -> list[CapReached]:
    """Return which caps hold deliveries back, the most first."""
    with database.connection() as connection:
        rows = connection.execute(_CAPPED, {"limit": limit}).fetchall()
    return [CapReached(**row) for row in rows]


def standings(database: Database, limit: int, party_id: str) -> list[dict[str, Any]]:
    """Return parties that don't stand as all do, the last changed first; or one by its id."""
    with database.connection() as connection:
        if not has_table(connection, "standings"):
            return []
        return connection.execute(_STANDINGS, {"limit": limit, "party": party_id}).fetchall()
