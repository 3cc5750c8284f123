"""Reviews asked for by day, against what the review team can do."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from replay.backtest.result import Load

_FIRST_DAY = date(1970, 1, 1)


def loads(
    days: Sequence[int],
    asked: Mapping[int, int],
    changed: Mapping[int, int],
    reviews_a_day: int | None,
) -> tuple[Load, ...]:
    """Return the load of each day from the first to the last, in days since 1970.

    Backlogs are what is left when a day ends, from none before the first; without a capacity there
    is none.
    """
    if not days:
        return ()
    found = []
    backlogs = [0, 0]
    for day in range(days[0], days[-1] + 1):
        live = asked.get(day, 0)
        candidate = max(0, live + changed.get(day, 0))
        if reviews_a_day is not None:
            backlogs = [
                max(0, backlog + load - reviews_a_day)
                for backlog, load in zip(backlogs, (live, candidate), strict=True)
            ]
        named = (_FIRST_DAY + timedelta(days=day)).isoformat()
        found.append(Load(named, live, candidate, *backlogs))
    return tuple(found)
