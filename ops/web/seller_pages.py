"""The seller's pages: what was removed and why, how long one has, and how to answer."""

from starlette.responses import Response

from ops.web.case_pages import SELLER, after, appealed, case_page, surveyed
from ops.web.documents import documents_of
from ops.web.forms import given, send
from ops.web.rendering import render
from ops.web.site import Visit
from streams.sources.filing import case_routes
from streams.sources.filing.case_lists import STATES
from streams.sources.filing.case_models import CounterNoticeRequest


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
    return case_page(visit, case_id, SELLER)


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
        evidence=documents_of(visit, "other"),
    )
    sent = send(
        visit,
        CounterNoticeRequest,
        content,
        lambda body: case_routes.object_to_takedown(
            visit.request, case_id, body, visit.caller, visit.key()
        ),
    )
    return after(visit, case_id, sent, "counter_notice", SELLER)


def appeal(visit: Visit, case_id: str) -> Response:
    """File an appeal."""
    return appealed(visit, case_id, SELLER)


def answer_survey(visit: Visit, case_id: str) -> Response:
    """Tell how satisfied one was with a case."""
    return surveyed(visit, case_id, SELLER)
