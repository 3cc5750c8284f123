"""The complainant's pages: cases with their clocks, one case, and what may be said about it."""

from starlette.responses import Response

from ops.web.case_pages import COMPLAINANT, after, appealed, case_page, surveyed
from ops.web.documents import documents_of
from ops.web.forms import given, send
from ops.web.rendering import render
from ops.web.seller_pages import asked_for
from ops.web.site import Visit
from streams.sources.filing import case_routes
from streams.sources.filing.case_models import (
    ClarificationRequest,
    CounterNoticeAnswerRequest,
    RetractionRequest,
)


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
    return case_page(visit, case_id, COMPLAINANT)


def clarify(visit: Visit, case_id: str) -> Response:
    """Add what was asked for."""
    kind = visit.value("kind") or "other"
    content = given(
        statement=visit.value("statement"),
        signature=visit.value("signature"),
        contact_email=visit.value("contact_email"),
        evidence=documents_of(visit, kind),
    )
    sent = send(
        visit,
        ClarificationRequest,
        content,
        lambda body: case_routes.clarify_complaint(
            visit.request, case_id, body, visit.caller, visit.key()
        ),
    )
    return after(visit, case_id, sent, "clarification", COMPLAINANT)


def retract(visit: Visit, case_id: str) -> Response:
    """Take the complaint back."""
    sent = send(
        visit,
        RetractionRequest,
        given(explanation=visit.value("explanation")),
        lambda body: case_routes.retract_complaint(
            visit.request, case_id, body, visit.caller, visit.key()
        ),
    )
    return after(visit, case_id, sent, "retraction", COMPLAINANT)


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
    return after(visit, case_id, sent, "answer", COMPLAINANT)


def appeal(visit: Visit, case_id: str) -> Response:
    """Appeal the decision."""
    return appealed(visit, case_id, COMPLAINANT)


def answer_survey(visit: Visit, case_id: str) -> Response:
    """Tell how satisfied one was with a case."""
    return surveyed(visit, case_id, COMPLAINANT)
