"""Sign-in and sign-out, and documents for those who may read them."""

from starlette.responses import RedirectResponse, Response

from ops.web.rendering import render
from ops.web.routing import COOKIE_FLAGS, local_address
from ops.web.sessions import COOKIE
from ops.web.site import Visit
from streams.sources.filing import evidence_routes
from streams.sources.filing.tokens import Role, TokenRefused

HOME: dict[Role, str] = {
    "rights_holder": "/cases",
    "agent": "/cases",
    "notifier": "/cases",
    "seller": "/seller",
    "reviewer": "/desk",
    "operator": "/operations",
    "marketplace": "/",
}


def show_sign_in(visit: Visit) -> Response:
    """Show the form that takes a token."""
    wanted = visit.request.query_params.get("next", "")
    return render(visit, "sign_in.html", wanted=local_address(visit, wanted) or "", refused=False)


def sign_in(visit: Visit) -> Response:
    """Begin a session; the cookie's id is a new one, whatever came."""
    wanted = local_address(visit, visit.value("next"))
    try:
        session = visit.site.sessions.begin(visit.value("token"), visit.now)
    except TokenRefused:
        return render(visit, "sign_in.html", 422, wanted=wanted or "", refused=True)
    before, visit.session = visit.session, session
    if before is not None:
        visit.site.sessions.end(before, everywhere=False)
    visit.note("sign_in")
    address = wanted or visit.address(HOME[session.caller.role])
    response = RedirectResponse(address, 303)
    response.set_cookie(COOKIE, session.session_id, **COOKIE_FLAGS)
    return response


def sign_out(visit: Visit) -> Response:
    """End this session, or all of the party's."""
    if visit.session is not None:
        everywhere = bool(visit.value("everywhere"))
        visit.note("sign_out_everywhere" if everywhere else "sign_out")
        visit.site.sessions.end(visit.session, everywhere)
    response = RedirectResponse(visit.address("/"), 303)
    response.delete_cookie(COOKIE, **COOKIE_FLAGS)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def read_document(visit: Visit, evidence_id: str) -> Response:
    """Give a document to be saved, to who may read it."""
    response = evidence_routes.read_evidence(visit.request, evidence_id, visit.caller)
    visit.note("read_document", evidence_id)
    return response
