"""The live views as JSON and as a page, through Faust's web server.

A seller's row is asked of the instance that holds the partition of its key. All else is spread over
all partitions and gathered.
"""

from collections.abc import Awaitable, Callable
from typing import Any, get_args

from faust.web import Request, Response
from faust.web import View as Handler

from streams.views.app import TABLES, Views
from streams.views.counted import View
from streams.views.figures import YARDSTICK, view_figures
from streams.views.gathering import (
    OFFENDERS,
    PARTIAL_PATH,
    Query,
    Restoring,
    all_counts,
    all_offenders,
    counts_answer,
    held_counts,
    held_offender,
    held_offenders,
    held_partitions,
    one_offender,
)
from streams.views.offenders import REPEAT_STRIKES
from streams.views.page import render_page
from streams.views.rows import NAME_CHARACTERS, RETAINED_HOURS

VIEWS: tuple[View, ...] = get_args(View)
DAY_HOURS = 24
NAMED: dict[View, str] = {"outcomes": "marketplace", "brands": "key", "sla": "marketplace"}
"""Views that may be asked for one name, and what this name is."""

PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
Get = Callable[..., Awaitable[Response]]


class BadQuery(Exception):
    """A request asks for what can't be given; the message says why."""


def add_pages(views: Views) -> None:
    """Add all pages to the app's web server."""
    add = views.app.page
    for view in VIEWS:
        add(f"/views/{view}", name=f"views-{view}")(_view_page(views, view))
        add(f"{PARTIAL_PATH}{view}", name=f"partial-{view}")(_partial_page(views, view))
    for view, parameter in NAMED.items():
        page = _named_page(views, view, parameter)
        add(f"/views/{view}/{{{parameter}}}", name=f"views-{view}-named")(page)
    add("/views/offenders", name="views-offenders")(_offenders_page(views))
    add(PARTIAL_PATH + OFFENDERS, name="partial-offenders")(_partial_offenders_page(views))
    add("/views/offenders/{party_id}", name="views-offender")(_offender_page(views))
    add("/views/summary", name="views-summary")(_summary_page(views))
    add("/views/health", name="views-health")(_health_page(views))
    add("/views/", name="views-page")(_html_page(views))


async def summary(views: Views) -> dict[str, Any]:
    """Return the figures of all views over 24 hours, those of the last hour, and the yardstick."""
    figures: dict[str, Any] = {}
    missing: dict[str, list[int]] = {}
    for view in VIEWS:
        found, gone = await all_counts(views, Query(view, DAY_HOURS))
        figures[view] = view_figures(view, found, by_hour=view == "sla")
        missing[view] = gone
    offenders, missing[OFFENDERS] = await all_offenders(views)
    last_hour, _ = await all_counts(views, Query("sla", 1))
    return {
        "at_milliseconds": views.clock.now_milliseconds(),
        "hours": DAY_HOURS,
        "yardstick": dict(YARDSTICK),
        "views": {**figures, OFFENDERS: offenders},
        "last_hour": view_figures("sla", last_hour)["total"],
        "partitions_missing": {view: gone for view, gone in missing.items() if gone},
    }


def _view_page(views: Views, view: View) -> Get:
    async def get(handler: Handler, request: Request) -> Response:
        try:
            query = Query(view, _hours(request))
        except BadQuery as error:
            return handler.error(400, str(error))
        found, missing = await all_counts(views, query)
        figures = view_figures(view, found, by_hour=True)
        return handler.json(_framed(views, query, figures, missing))

    return get


def _named_page(views: Views, view: View, parameter: str) -> Get:
    async def get(handler: Handler, request: Request, **matched: str) -> Response:
        try:
            query = Query(view, _hours(request), _name(matched[parameter]))
        except BadQuery as error:
            return handler.error(400, str(error))
        found, missing = await all_counts(views, query)
        if not found.tally and not missing:
            return handler.error(404, f"nothing is known of this {parameter} in these hours")
        figures = view_figures(view, found, by_hour=True)
        return handler.json(_framed(views, query, figures, missing))

    return get


def _partial_page(views: Views, view: View) -> Get:
    async def get(handler: Handler, request: Request) -> Response:
        try:
            query = Query(view, _hours(request), request.query.get("name"))
            return handler.json(counts_answer(*held_counts(views, query)))
        except BadQuery as error:
            return handler.error(400, str(error))
        except Restoring:
            return handler.error(503, "tables are being restored")

    return get


def _partial_offenders_page(views: Views) -> Get:
    async def get(handler: Handler, request: Request) -> Response:
        party_id = request.query.get("party_id")
        try:
            if party_id is not None:
                return handler.json({"offender": held_offender(views, party_id)})
            partitions, offenders = held_offenders(views)
        except Restoring:
            return handler.error(503, "tables are being restored")
        return handler.json({"partitions": partitions, "offenders": offenders})

    return get


def _offenders_page(views: Views) -> Get:
    async def get(handler: Handler, request: Request) -> Response:
        offenders, missing = await all_offenders(views)
        return handler.json(
            {
                "at_milliseconds": views.clock.now_milliseconds(),
                "least_strikes": REPEAT_STRIKES,
                "partitions_missing": missing,
                "offenders": offenders,
            }
        )

    return get


def _offender_page(views: Views) -> Get:
    async def get(handler: Handler, request: Request, party_id: str) -> Response:
        try:
            row = await one_offender(views, _name(party_id))
        except BadQuery as error:
            return handler.error(400, str(error))
        except Restoring:
            return handler.error(503, "the partition of this seller is being restored")
        if row is None:
            return handler.error(404, f"fewer than {REPEAT_STRIKES} strikes count for this seller")
        return handler.json(row)

    return get


def _summary_page(views: Views) -> Get:
    async def get(handler: Handler, request: Request) -> Response:
        return handler.json(await summary(views))

    return get


def _health_page(views: Views) -> Get:
    async def get(handler: Handler, request: Request) -> Response:
        try:
            held = {table: held_partitions(views, table) for table in TABLES}
        except Restoring:
            return handler.json({"state": "restoring"}, status=503)
        endings = dict(sorted(views.endings.items()))
        return handler.json({"state": "ready", "partitions": held, "events": endings})

    return get


def _html_page(views: Views) -> Get:
    async def get(handler: Handler, request: Request) -> Response:
        return handler.html(render_page(await summary(views)), headers=dict(PAGE_HEADERS))

    return get


def _framed(
    views: Views, query: Query, figures: dict[str, Any], missing: list[int]
) -> dict[str, Any]:
    return {
        "view": query.view,
        "at_milliseconds": views.clock.now_milliseconds(),
        "hours_count": query.hours,
        "partitions_missing": missing,
        **figures,
    }


def _hours(request: Request) -> int:
    given = request.query.get("hours", str(DAY_HOURS))
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= RETAINED_HOURS):
        raise BadQuery(f"hours must be a number from 1 to {RETAINED_HOURS}")
    return int(given)


def _name(given: str) -> str:
    if len(given) > NAME_CHARACTERS:
        raise BadQuery(f"a name has at most {NAME_CHARACTERS} characters")
    return given
