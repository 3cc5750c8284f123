"""The operator's pages: is anything late, stuck or wrong; stop it if so."""

from starlette.responses import RedirectResponse, Response

from ops.errors import OperatorError
from ops.web.overview import actions, overview, refused_records
from ops.web.rendering import render
from ops.web.site import Visit
from schemas.events.switches import DispatchSwitched
from sinks.contract import SinkUnavailable
from sinks.dispatch.operator import STATES, DeliveryAdmin, OperatorAction, Selection
from sinks.dispatch.switches import ScopeInvalid, check_scope
from streams.sources.filing.problems import UNAVAILABLE, Problem

SHOWN = 200
MAXIMUM_REASON_CHARACTERS = 500
ACTIONS = ("release", "retry", "cancel")


def show_overview(visit: Visit) -> Response:
    """Show figures, queue and switches."""
    return _overview(visit)


def throw_switch(visit: Visit) -> Response:
    """Halt dispatch, or let it go on."""
    halted = visit.value("position") == "halt"
    why = visit.value("why")[:MAXIMUM_REASON_CHARACTERS]
    try:
        scope = check_scope(visit.value("scope"))
    except ScopeInvalid:
        return _overview(visit, "scope")
    if not why:
        return _overview(visit, "why")
    switch = DispatchSwitched(scope, halted, why, visit.caller.party_id, visit.now)
    try:
        visit.site.kafka.throw(switch)
    except OperatorError as error:
        raise Problem(UNAVAILABLE) from error
    visit.note("halt" if halted else "resume", scope)
    return RedirectResponse(visit.address("/operations?told=switched"), 303)


def _overview(visit: Visit, wrong: str = "") -> Response:
    with visit.desk() as desk:
        state = desk.state()
    in_sight, scopes = visit.site.kafka.halted()
    return render(
        visit,
        "operations.html",
        422 if wrong else 200,
        block="figures",
        figures=overview(visit.services.database, visit.now),
        state=state,
        in_sight=in_sight,
        scopes=sorted(scopes),
        wrong=wrong,
        grafana=visit.site.grafana,
        told=visit.request.query_params.get("told") == "switched",
    )


def show_deliveries(visit: Visit) -> Response:
    """Show deliveries that are held or failed, or in another state."""
    return _deliveries(visit, None)


def act_on_deliveries(visit: Visit) -> Response:
    """Release, retry or cancel a delivery."""
    action, command_id = visit.value("action"), visit.value("command_id")
    why = visit.value("why")[:MAXIMUM_REASON_CHARACTERS]
    if action not in ACTIONS or not command_id or not why:
        return _deliveries(visit, None, "why")
    act = OperatorAction(visit.caller.party_id, why, visit.now)
    try:
        with DeliveryAdmin(visit.site.database_address) as desk:
            count = int(getattr(desk, action)(Selection(command_id=command_id), act))
    except SinkUnavailable as error:
        raise Problem(UNAVAILABLE) from error
    visit.note(f"delivery_{action}", command_id)
    return _deliveries(visit, count)


def _deliveries(visit: Visit, changed: int | None, wrong: str = "") -> Response:
    asked = visit.request.query_params.get("state", "")
    states = [asked] if asked in STATES else ["held", "failed"]
    try:
        with DeliveryAdmin(visit.site.database_address) as desk:
            shown = desk.shown(states, Selection(), SHOWN)
    except SinkUnavailable as error:
        raise Problem(UNAVAILABLE) from error
    return render(
        visit,
        "deliveries.html",
        422 if wrong else 200,
        shown=shown,
        states=STATES,
        asked=asked if asked in STATES else "",
        changed=changed,
        wrong=wrong,
    )


def show_dead_letters(visit: Visit) -> Response:
    """Show the newest dead letters, and records that the case store refused."""
    visit.note("view_dead_letters")
    return render(
        visit,
        "dead_letters.html",
        letters=visit.site.kafka.dead_letters(),
        refused=refused_records(visit.services.database, SHOWN),
    )


def show_audit(visit: Visit) -> Response:
    """Show who saw and did what."""
    party_id = visit.request.query_params.get("party", "")[:200]
    visit.note("view_audit", party_id)
    rows = actions(visit.services.database, SHOWN, party_id)
    return render(visit, "audit.html", rows=rows, party_id=party_id)
