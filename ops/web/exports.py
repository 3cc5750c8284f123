"""A party's cases as a file for its own tools."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Any, Final

from starlette.responses import Response

from ops.web.languages import iso
from ops.web.site import Visit

MAXIMUM_CASES: Final = 10_000
"""So many are held in memory at once."""
COLUMNS: Final = (
    *("case_id", "marketplace", "listing_id", "ground", "state", "outcome", "received_at"),
    *("deadline_at", "closed_at"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def export_complaints(visit: Visit) -> Response:
    """Give a complainant its cases as CSV, the newest first."""
    return _file(visit, visit.site.lists.all_of_complainant(visit.caller.party_id, MAXIMUM_CASES))


def export_listings(visit: Visit) -> Response:
    """Give a seller the cases on its listings as CSV, the newest first."""
    return _file(visit, visit.site.lists.all_of_seller(visit.caller.party_id, MAXIMUM_CASES))


def _file(visit: Visit, rows: Iterable[dict[str, Any]]) -> Response:
    visit.note("export")
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in _values(row)] for row in rows)
    return Response(
        # Spreadsheets take a file without the mark for one of their own time's encoding.
        text.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="cases.csv"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _values(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["case_id"],
        row["marketplace"],
        row["listing_id"],
        row["ground"] or "",
        row["clock_state"],
        row["outcome"] or "",
        *(
            "" if row[name] is None else iso(row[name])
            for name in (
                *("received_at_milliseconds", "deadline_at_milliseconds"),
                "closed_at_milliseconds",
            )
        ),
    )


def _cell(value: str) -> str:
    """Return a value that no spreadsheet takes for a formula: ids are the parties' own words."""
    return f"'{value}" if value.startswith(_FORMULA) else value
