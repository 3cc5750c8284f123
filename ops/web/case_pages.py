"""What the pages of a case share, whichever side sees it: the case, its appeal, what was sent."""

from typing import Final, NamedTuple

from starlette.responses import RedirectResponse, Response

from ops.web.case_view import CaseView, case_view
from ops.web.documents import documents_of
from ops.web.forms import Sent, given, send
from ops.web.rendering import render
from ops.web.site import Visit
from streams.sources.filing import case_routes, other_routes
from streams.sources.filing.case_models import AppealRequest, SurveyRequest

SCORES: Final = ("1", "2", "3", "4", "5")
_NOTHING_SENT: Final = Sent(None)


class Side(NamedTuple):
    """A side of a case: its name, where its cases are, and what it may have sent about one."""

    name: str
    cases_path: str
    actions: tuple[str, ...]


COMPLAINANT: Final = Side(
    "complainant", "/cases", ("clarification", "retraction", "answer", "appeal", "survey")
)
SELLER: Final = Side("seller", "/seller/cases", ("counter_notice", "appeal", "survey"))


def appealed(visit: Visit, case_id: str, side: Side) -> Response:
    """Appeal a decision with what the form says."""
    content = given(statement=visit.value("statement"), evidence=documents_of(visit, "other"))
    sent = send(
        visit,
        AppealRequest,
        content,
        lambda body: case_routes.appeal_decision(
            visit.request, case_id, body, visit.caller, visit.key()
        ),
    )
    return after(visit, case_id, sent, "appeal", side)


def surveyed(visit: Visit, case_id: str, side: Side) -> Response:
    """Take in how satisfied a party was."""
    score = visit.value("score")
    sent = send(
        visit,
        SurveyRequest,
        given(case_id=case_id, score=int(score) if score in SCORES else 0),
        lambda body: other_routes.answer_survey(visit.request, body, visit.caller, visit.key()),
    )
    return after(visit, case_id, sent, "survey", side)


def after(visit: Visit, case_id: str, sent: Sent, action: str, side: Side) -> Response:
    """Go back to the case where something was sent; else show what is wrong with it."""
    if sent.receipt is None:
        return case_page(visit, case_id, side, sent)
    visit.note(action, case_id)
    return RedirectResponse(visit.address(f"{side.cases_path}/{case_id}?sent={action}"), 303)


def is_over(view: CaseView) -> bool:
    """Tell whether a case is closed, so that its parties can say how satisfied they were."""
    return view.status is not None and view.status.status == "closed"


def case_page(visit: Visit, case_id: str, side: Side, sent: Sent = _NOTHING_SENT) -> Response:
    """Show a case to a side, and what may be said about it."""
    view = case_view(visit, case_id, side.name)
    visit.note("view_case", case_id)
    told = visit.request.query_params.get("sent", "")
    return render(
        visit,
        "case.html",
        422 if sent.errors else 200,
        view=view,
        side=side.name,
        errors=sent.errors,
        told=told if told in side.actions else "",
        asks_how=is_over(view) and not visit.site.lists.surveyed(case_id, visit.caller.party_id),
    )
