"""The complainant's pages: cases with their clocks, one case, and what may be said about it."""

from starlette.responses import RedirectResponse, Response

from ops.web.case_view import case_view
from ops.web.documents import kept_documents
from ops.web.forms import Sent, given, send
from ops.web.rendering import render
from ops.web.seller_pages import asked_for
from ops.web.site import Visit
from streams.sources.filing import case_routes
from streams.sources.filing.case_models import (
    AppealRequest,
    ClarificationRequest,
    CounterNoticeAnswerRequest,
    RetractionRequest,
)

SENT = ("clarification", "retraction", "answer", "appeal")


def show_cases(visit: Visit) -> Response:
    """Show a complainant's cases."""
    state, number = asked_for(visit)
    lists, who = visit.site.lists, visit.caller.party_id
    return render(
        visit,
        "cases.html",
        cases=lists.of_complainant(who, state, number),
        standing=lists.standing(who),
        state=state,
        page_number=number,
    )


def show_case(visit: Visit, case_id: str) -> Response:
    """Show a case, and what may be said about it."""
    return _case_page(visit, case_id, Sent(None))


def clarify(visit: Visit, case_id: str) -> Response:
    """Add what was asked for."""
    kind = visit.value("kind") or "other"
    content = given(
        statement=visit.value("statement"),
        signature=visit.value("signature"),
        contact_email=visit.value("contact_email"),
        evidence=kept_documents(visit, kind),
    )
    sent = send(
        visit,
        ClarificationRequest,
        content,
        lambda body: case_routes.clarify(visit.request, case_id, body, visit.caller, visit.key()),
    )
    return _done(visit, case_id, sent, "clarification")


def retract(visit: Visit, case_id: str) -> Response:
    """Take the complaint back."""
    sent = send(
        visit,
        RetractionRequest,
        given(explanation=visit.value("explanation")),
        lambda body: case_routes.retract(visit.request, case_id, body, visit.caller, visit.key()),
    )
    return _done(visit, case_id, sent, "retraction")


def answer(visit: Visit, case_id: str, counter_notice_id: str) -> Response:
    """Answer a seller's objection."""
    sent = send(
        visit,
        CounterNoticeAnswerRequest,
        given(answer=visit.value("answer"), explanation=visit.value("explanation")),
        lambda body: case_routes.answer_counter_notice(
            visit.request, case_id, counter_notice_id, body, visit.caller, visit.key()
        ),
    )
    return _done(visit, case_id, sent, "answer")


def appeal(visit: Visit, case_id: str) -> Response:
    """Appeal the decision."""
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
    return RedirectResponse(visit.address(f"/cases/{case_id}?sent={action}"), 303)


def _case_page(visit: Visit, case_id: str, sent: Sent) -> Response:
    view = case_view(visit, case_id, "complainant")
    visit.note("view_case", case_id)
    told = visit.request.query_params.get("sent", "")
    return render(
        visit,
        "case.html",
        422 if sent.errors else 200,
        view=view,
        side="complainant",
        errors=sent.errors,
        told=told if told in SENT else "",
    )
