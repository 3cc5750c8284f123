"""Sellers that offend again: one row for each that has strikes enough, folded from standings."""

from collections.abc import Iterable
from heapq import nsmallest
from typing import Any, Literal

from schemas.events.standings import StandingChanged
from streams.views.rows import Place, Row, Rows

REPEAT_STRIKES = 2
GRAVE_TIERS = frozenset({"restricted", "closed", "closure_proposed"})
MAXIMUM_OFFENDERS = 100


def fold_standing(
    rows: Rows, place: Place, event: StandingChanged
) -> Literal["counted", "duplicate", "not_shown"]:
    """Keep the row of a seller that offends again, or remove it when it no longer does.

    The last record of a key counts, and reading records again ends in the same rows.
    """
    if event.role != "seller":
        return "not_shown"
    row = rows.get(event.party_id)
    if row is not None and row["offset"] > place.offset:
        return "duplicate"
    if event.strikes >= REPEAT_STRIKES or event.tier in GRAVE_TIERS:
        rows[event.party_id] = {
            "strikes": event.strikes,
            "tier": event.tier,
            "until_milliseconds": event.until_milliseconds,
            "changed_at_milliseconds": event.changed_at_milliseconds,
            "offset": place.offset,
        }
    elif row is not None:
        del rows[event.party_id]
    return "counted"


def worst(rows: Iterable[tuple[str, Row]]) -> list[dict[str, Any]]:
    """Return the sellers with most strikes, at most `MAXIMUM_OFFENDERS`, as figures."""
    first = nsmallest(MAXIMUM_OFFENDERS, rows, key=lambda item: (-item[1]["strikes"], item[0]))
    return [offender(party_id, row) for party_id, row in first]


def worst_of(offenders: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the worst among those that several instances gave."""
    return nsmallest(MAXIMUM_OFFENDERS, offenders, key=lambda o: (-o["strikes"], o["party_id"]))


def offender(party_id: str, row: Row) -> dict[str, Any]:
    """Return a seller's figures."""
    figures = {name: value for name, value in row.items() if name != "offset"}
    return {"party_id": party_id, **figures}
