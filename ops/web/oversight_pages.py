"""The operator's pages of marketplaces' endpoints and of parties' standings."""

from typing import Final

from starlette.responses import Response

from ops.web.oversight import caps_reached, endpoints, standings
from ops.web.rendering import render
from ops.web.site import Visit

SHOWN: Final = 200


def show_endpoints(visit: Visit) -> Response:
    """Show how deliveries to each marketplace go, and what caps hold back."""
    database = visit.services.database
    return render(
        visit,
        "endpoints.html",
        endpoints=endpoints(database, visit.now, SHOWN),
        caps=caps_reached(database, SHOWN),
    )


def show_standings(visit: Visit) -> Response:
    """Show which parties don't stand as all do, and why."""
    party_id = visit.request.query_params.get("party", "")[:200]
    visit.note("view_standings", party_id)
    rows = standings(visit.services.database, SHOWN, party_id)
    return render(visit, "standings.html", rows=rows, party_id=party_id)
