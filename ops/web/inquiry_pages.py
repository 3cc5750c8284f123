"""Questions to the team: parties ask and read the answers, reviewers answer and call on parties."""

from typing import Any

from starlette.responses import RedirectResponse, Response

from ops.web.forms import given, send
from ops.web.rendering import render
from ops.web.site import Visit
from streams.sources.desk.types import DeskRefused
from streams.sources.filing import other_routes
from streams.sources.filing.case_models import InquiryRequest
from streams.sources.filing.problems import FieldError

MAXIMUM_ANSWER_CHARACTERS = 5_000
SHOWN = 100


def show_inquiries(visit: Visit) -> Response:
    """Show a party what it asked, with the answers, and let it ask."""
    return _inquiries_page(visit)


def ask(visit: Visit) -> Response:
    """Ask the team a question, about a case or not."""
    content = given(
        question=visit.value("question"),
        language=visit.language.primary,
        case_id=visit.value("case_id"),
    )
    sent = send(
        visit,
        InquiryRequest,
        content,
        lambda body: other_routes.ask_question(visit.request, body, visit.caller, visit.key()),
    )
    if sent.receipt is None:
        return _inquiries_page(visit, sent.errors)
    visit.note("ask", str(sent.receipt["filing_id"]))
    return RedirectResponse(visit.address("/inquiries?told=asked"), 303)


def show_desk_inquiries(visit: Visit) -> Response:
    """Show a reviewer what waits for an answer, and whom to call on."""
    return _desk_page(visit)


def answer(visit: Visit, inquiry_id: str) -> Response:
    """Answer a party's question."""
    text = visit.value("answer")[:MAXIMUM_ANSWER_CHARACTERS]
    if not text or "\x00" in text:
        return _desk_page(visit, "answer")
    try:
        with visit.desk() as desk:
            desk.answer_inquiry(
                inquiry_id, visit.caller.party_id, text, visit.services.private_texts
            )
    except DeskRefused as refused:
        return _desk_page(visit, refused)
    visit.note("answer_inquiry", inquiry_id)
    return RedirectResponse(visit.address("/desk/inquiries"), 303)


def note_call(visit: Visit, outreach_id: str) -> Response:
    """Note that a party was called on."""
    try:
        with visit.desk() as desk:
            desk.finish_outreach(outreach_id, visit.caller.party_id)
    except DeskRefused as refused:
        return _desk_page(visit, refused)
    visit.note("called", outreach_id)
    return RedirectResponse(visit.address("/desk/inquiries"), 303)


def _inquiries_page(visit: Visit, errors: tuple[FieldError, ...] = ()) -> Response:
    asked = visit.request.query_params
    rows = visit.site.lists.inquiries(visit.caller.party_id, visit.caller.name)
    context: dict[str, Any] = {
        "inquiries": rows,
        "errors": errors,
        "case_id": visit.value("case_id") or asked.get("case", "")[:256],
        "told": asked.get("told") == "asked",
    }
    return render(visit, "inquiries.html", 422 if errors else 200, **context)


def _desk_page(visit: Visit, refused: DeskRefused | str = "") -> Response:
    with visit.desk() as desk:
        inquiries, calls = (
            desk.inquiries(visit.caller.name, visit.services.private_texts, SHOWN),
            desk.outreach(SHOWN),
        )
    visit.note("view_inquiries")
    return render(
        visit,
        "desk_inquiries.html",
        422 if refused else 200,
        inquiries=inquiries,
        calls=calls,
        refused=refused,
    )
