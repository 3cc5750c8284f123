"""The operator's pages of marketplaces' endpoints, of parties' standings and of the rules."""

from typing import Final

from starlette.responses import Response

from ops.web.caps_view import cap_uses
from ops.web.oversight import caps_reached, endpoints, standings
from ops.web.rendering import render
from ops.web.rules_view import differing, rules_seen, shadow_results
from ops.web.site import Visit
from processors.rules.domain import COMPLAINTS
from streams.policies.rule_files import PLAIN_COUNTERFEIT

SHOWN: Final = 200
CAPS_SHOWN: Final = 30


def show_endpoints(visit: Visit) -> Response:
    """Show how deliveries to each marketplace go, and what caps hold back."""
    database = visit.services.database
    return render(
        visit,
        "endpoints.html",
        endpoints=endpoints(database, visit.now, SHOWN),
        caps=caps_reached(database, SHOWN),
        known=visit.site.caps,
        uses=cap_uses(database, visit.site.caps, visit.now, CAPS_SHOWN),
        grafana=visit.site.grafana,
    )


def show_rules(visit: Visit) -> Response:
    """Show the rules that decide, how those in shadow differ, and what they would have decided."""
    visit.note("view_rules")
    with visit.site.tables.look() as tables:
        seen = None if tables is None else rules_seen(tables)
    shadow = None if seen is None else seen.shadow
    found, results = None, []
    if seen is not None and shadow is not None:
        found = differing(seen.active.rules, shadow.rules)
        since = shadow.published.published_at_milliseconds if shadow.published else 0
        results = shadow_results(visit.services.database, since, visit.now)
    return render(
        visit,
        "rules.html",
        seen=seen,
        differences=found,
        results=results,
        combinations=COMPLAINTS.numbering.combinations,
        plain=PLAIN_COUNTERFEIT,
        grafana=visit.site.grafana,
    )


def show_standings(visit: Visit) -> Response:
    """Show which parties don't stand as all do, and why."""
    party_id = visit.request.query_params.get("party", "")[:200]
    visit.note("view_standings", party_id)
    rows = standings(visit.services.database, SHOWN, party_id)
    return render(visit, "standings.html", rows=rows, party_id=party_id)
