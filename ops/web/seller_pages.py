"""The seller's pages: what was removed and why, how long one has, and how to answer."""

from starlette.responses import RedirectResponse, Response

from ops.web.case_view import case_view
from ops.web.documents import kept_documents
from ops.web.forms import Sent, given, send
from ops.web.rendering import render
from ops.web.site import Visit
from streams.sources.filing import case_routes
from streams.sources.filing.case_lists import STATES
from streams.sources.filing.case_models import AppealRequest, CounterNoticeRequest


def show_listings(visit: Visit) -> Response:
    """Show a seller's cases, what was removed without a complaint, and strikes."""
    lists, who = visit.site.lists, visit.caller.party_id
    state, number = asked_for(visit)
    return render(
        visit,
        "seller.html",
        cases=lists.of_seller(who, state, number),
        detected=lists.detected(who),
        standing=lists.standing(who),
        state=state,
        page_number=number,
    )


def asked_for(visit: Visit) -> tuple[str, int]:
    """Return which state and page of a list is asked for."""
    asked = visit.request.query_params
    state, number = asked.get("state", ""), asked.get("page", "0")
    small = number.isascii() and number.isdigit() and len(number) < 5
    return state if state in STATES else "", int(number) if small else 0


def show_case(visit: Visit, case_id: str) -> Response:
    """Show a takedown with its reasons, and what may be done."""
    return _case_page(visit, case_id, Sent(None))


def object_to(visit: Visit, case_id: str) -> Response:
    """File a counter-notice."""
    content = given(
        reason=visit.value("reason"),
        statement=visit.value("statement"),
        signature=visit.value("signature"),
        declarations={
            "perjury": bool(visit.value("perjury")),
            "jurisdiction": bool(visit.value("jurisdiction")),
        },
        evidence=kept_documents(visit, "other"),
    )
    sent = send(
        visit,
        CounterNoticeRequest,
        content,
        lambda body: case_routes.object_to_takedown(
            visit.request, case_id, body, visit.caller, visit.key()
        ),
    )
    return _done(visit, case_id, sent, "counter_notice")


def appeal(visit: Visit, case_id: str) -> Response:
    """File an appeal."""
    content = given(statement=visit.value("statement"), evidence=kept_documents(visit, "other"))
    sent = send(
        visit,
        AppealRequest,
        content,
        lambda body: case_routes.appeal(visit.request, case_id, body, visit.caller, visit.key()),
    )
    return _done(visit, case_id, sent, "appeal")


def _done(visit: Visit, case_id: str, sent: Sent, action: str) -> Response:
    if sent.receipt is None:
        return _case_page(visit, case_id, sent)
    visit.note(action, case_id)
    return RedirectResponse(visit.address(f"/seller/cases/{case_id}?sent={action}"), 303)


def _case_page(visit: Visit, case_id: str, sent: Sent) -> Response:
    view = case_view(visit, case_id, "seller")
    visit.note("view_case", case_id)
    told = visit.request.query_params.get("sent", "")
    return render(
        visit,
        "case.html",
        422 if sent.errors else 200,
        view=view,
        side="seller",
        errors=sent.errors,
        told=told if told in ("counter_notice", "appeal") else "",
    )
