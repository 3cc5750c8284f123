"""The pages of authorisations: what was given to whom, giving, and taking back after a look."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from starlette.responses import RedirectResponse, Response

from ops.web.forms import Sent, given, send
from ops.web.leaves import Leave, leaves, withdrawal
from ops.web.own_marks import MAXIMUM_MARKS
from ops.web.parties import known
from ops.web.rendering import render
from ops.web.site import Visit
from processors.registers.references import registry_reference
from schemas.events.parties import PartyRecorded
from schemas.rights import rights
from streams.sources.filing import party_routes
from streams.sources.filing.party_routes import AuthorisationEnded, GivenRows
from streams.sources.filing.problems import NOT_FOUND, FieldError, Problem
from streams.sources.filing.recorded_parties import parties_on_their_way
from streams.tables.lookup_tables import LookupTables

MAXIMUM_AGENTS = 200


def show_leaves(visit: Visit) -> Response:
    """Show a rights holder what it gave, and an agent what it has."""
    return _leaves_page(visit)


def give(visit: Visit) -> Response:
    """Let an agent file for the rights holder."""
    until, wrong = _day_end(visit.value("until"))
    row = given(
        agent_id=visit.value("agent_id"),
        trademark_keys=visit.form.get("trademark_keys", []),
        territories=visit.value("territories").upper().replace(",", " ").split(),
        rights=visit.form.get("rights", []),
        valid_until_milliseconds=until,
    )
    sent = Sent(None, wrong) if wrong else _sent(visit, row)
    if sent.receipt is None:
        return _leaves_page(visit, sent.errors)
    visit.note("give_authorisation", str(sent.receipt["results"][0]["id"]))
    return RedirectResponse(visit.address("/authorisations?told=given"), 303)


def show_withdrawal(visit: Visit, authorisation_id: str) -> Response:
    """Show what would change if a leave were taken back."""
    leave, holder = _found(visit, authorisation_id)
    if not leave.can_end:
        raise Problem(NOT_FOUND)

    def find(party_id: str) -> PartyRecorded | None:
        return {leave.agent.party_id: leave.agent, holder.party_id: holder}.get(party_id)

    with visit.site.tables.look() as tables:
        change = withdrawal(tables, leave, holder, find, visit.now)
    return render(
        visit,
        "withdrawal.html",
        change=change,
        in_sight=tables is not None,
        open_cases=visit.site.lists.open_between(leave.agent.party_id, holder.party_id),
    )


def withdraw(visit: Visit, authorisation_id: str) -> Response:
    """Take a leave back."""
    leave, _ = _found(visit, authorisation_id)
    sent = send(
        visit,
        AuthorisationEnded,
        {"agent_id": leave.agent.party_id},
        lambda body: party_routes.withdraw_authorisation(
            visit.request, authorisation_id, body, visit.caller, visit.key()
        ),
    )
    if sent.receipt is None:
        raise Problem(NOT_FOUND)
    visit.note("withdraw_authorisation", authorisation_id)
    return RedirectResponse(visit.address("/authorisations?told=withdrawn"), 303)


def _sent(visit: Visit, row: dict[str, Any]) -> Sent:
    return send(
        visit,
        GivenRows,
        {"rows": [row]},
        lambda body: party_routes.give_authorisations(
            visit.request, body, visit.caller, visit.key()
        ),
    )


def _day_end(text: str) -> tuple[int | None, tuple[FieldError, ...]]:
    """Return the end of a day in UTC, milliseconds, or what is wrong with it."""
    if not text:
        return None, ()
    try:
        after = datetime.combine(date.fromisoformat(text) + timedelta(1), datetime.min.time(), UTC)
    except (ValueError, OverflowError):
        return None, (FieldError(pointer="#/rows/0", code="value_error", detail=""),)
    return int(after.timestamp()) * 1000, ()


def _given(visit: Visit) -> tuple[list[Leave], bool]:
    """Return the leaves that a rights holder gave, and whether it gave more.

    Errors: Problem UNAVAILABLE.
    """
    holder_id = visit.caller.party_id
    with visit.services.database.connection() as connection:
        waiting = parties_on_their_way(visit.services, connection)
    agents = {each.party_id: each for each in waiting}
    with visit.site.tables.look() as tables:
        names = tables.agents_of(holder_id) if tables else []
    for name in names[:MAXIMUM_AGENTS]:
        agent = agents.get(name) or known(visit, name)
        if agent is not None:
            agents[name] = agent
    return leaves(list(agents.values()), holder_id, visit.now), len(names) > MAXIMUM_AGENTS


def _found(visit: Visit, authorisation_id: str) -> tuple[Leave, PartyRecorded]:
    """Return a leave that this rights holder gave. Errors: Problem."""
    holder = known(visit, visit.caller.party_id)
    given_to, _ = _given(visit)
    found = [each for each in given_to if each.given.authorisation_id == authorisation_id]
    if holder is None or not found:
        raise Problem(NOT_FOUND)
    return found[0], holder


def _leaves_page(visit: Visit, errors: tuple[FieldError, ...] = ()) -> Response:
    own = known(visit, visit.caller.party_id)
    gives = visit.caller.role == "rights_holder"
    shown, more = _given(visit) if gives else (_had(own, visit.now), False)
    keys = own.trademark_keys[:MAXIMUM_MARKS] if own and gives else ()
    with visit.site.tables.look() as tables:
        in_sight = tables is not None
        marks = [(key, _words(tables, key)) for key in keys]
    return render(
        visit,
        "leaves.html",
        422 if errors else 200,
        leaves=shown,
        more=more,
        gives=gives,
        known=own is not None,
        in_sight=in_sight,
        marks=marks,
        kinds=list(rights()),
        chosen=visit.form,
        errors=errors,
        told=visit.request.query_params.get("told", ""),
    )


def _words(tables: LookupTables | None, trademark_key: str) -> str:
    """Return the words of a mark; empty where it has none, or is not in the register."""
    if tables is None:
        return ""
    office, _, number = trademark_key.partition(":")
    history = tables.trademark_history(registry_reference(office, "application", number))
    return (history[-1].mark_text or "") if history else ""


def _had(agent: PartyRecorded | None, now: int) -> list[Leave]:
    """Return the leaves that an agent was given."""
    if agent is None:
        return []
    holders = dict.fromkeys(each.rights_holder_id for each in agent.authorisations)
    return [leave for each in holders for leave in leaves([agent], each, now)]
