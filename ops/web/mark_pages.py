"""The page of own marks: what the register says of each, and if complaints may rest on it."""

from typing import get_args

from starlette.responses import Response

from ops.web.own_marks import Named, NumberGiven, holders_of, looked_up, marks_of
from ops.web.parties import known
from ops.web.rendering import render
from ops.web.site import Visit
from schemas.events.complaints import TrademarkNumberKind
from schemas.events.parties import PartyRecorded

MAXIMUM_NUMBER_CHARACTERS = 60


def show_marks(visit: Visit) -> Response:
    """Show the marks on record for a party, and one more that it asks for by number."""
    parties: dict[str, PartyRecorded | None] = {}

    def find(party_id: str) -> PartyRecorded | None:
        if party_id not in parties:
            parties[party_id] = known(visit, party_id)
        return parties[party_id]

    party = find(visit.caller.party_id)
    named, more = marks_of(party, find) if party else ([], False)
    asked = _asked(visit, holders_of(party) if party else [])
    for each in (*named, *asked):
        # The register is not lent while the topic of parties is read.
        find(each.holder_id)
    with visit.site.tables.look() as tables:
        marks = tables and [looked_up(tables, each, party, find, visit.now) for each in named]
        found = tables and [looked_up(tables, each, party, find, visit.now) for each in asked]
    return render(
        visit,
        "marks.html",
        party=party,
        in_sight=marks is not None,
        marks=marks or [],
        found=found or [],
        more=more,
        asked=visit.request.query_params,
    )


def _asked(visit: Visit, holders: list[str]) -> list[Named]:
    asked = visit.request.query_params
    office, number, kind = (
        asked.get(name, "").strip()[:MAXIMUM_NUMBER_CHARACTERS]
        for name in ("office", "number", "number_kind")
    )
    if not (office and number and kind in get_args(TrademarkNumberKind)):
        return []
    given = NumberGiven(office.upper(), number, kind)  # type: ignore[arg-type]
    return [Named(given, each) for each in holders]
