"""Sign-in and sign-out, and documents for those who may read them."""

from starlette.responses import JSONResponse, RedirectResponse, Response

from ops.web.documents import kept_documents
from ops.web.identity_provider import ProviderUnavailable
from ops.web.rendering import render
from ops.web.routing import COOKIE_FLAGS, local_address
from ops.web.sessions import COOKIE, Session
from ops.web.site import Visit
from schemas.handled_errors import note_handled
from streams.sources.filing import evidence_routes
from streams.sources.filing.problems import INVALID, Problem
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
    """Show the form that takes a token, and the way to the identity provider."""
    wanted = visit.request.query_params.get("next", "")
    return sign_in_page(visit, local_address(visit, wanted) or "")


def sign_in_page(visit: Visit, wanted: str, refused: str = "") -> Response:
    """Show the ways to sign in, and why one was refused: a code of words.SIGN_IN."""
    provider = visit.site.provider
    return render(
        visit,
        "sign_in.html",
        422 if refused else 200,
        wanted=wanted,
        refused=refused,
        provider=provider.settings.name if provider else "",
    )


def sign_in(visit: Visit) -> Response:
    """Begin a session with a token."""
    wanted = local_address(visit, visit.value("next")) or ""
    try:
        session = visit.site.sessions.begin(visit.value("token"), visit.now)
    except TokenRefused:
        return sign_in_page(visit, wanted, "token")
    return signed_in(visit, session, wanted)


def signed_in(visit: Visit, session: Session, wanted: str) -> Response:
    """Give a browser the session that began; the cookie's id is a new one, whatever came."""
    before, visit.session = visit.session, session
    if before is not None:
        visit.site.sessions.end(before, everywhere=False)
    visit.note("sign_in")
    address = wanted or visit.address(HOME[session.caller.role])
    response = RedirectResponse(address, 303)
    response.set_cookie(COOKIE, session.session_id, **COOKIE_FLAGS)
    return response


def sign_out(visit: Visit) -> Response:
    """End this session, or all of the member or party; then at the identity provider."""
    address = visit.address("/")
    if visit.session is not None:
        everywhere = bool(visit.value("everywhere"))
        visit.note("sign_out_everywhere" if everywhere else "sign_out")
        visit.site.sessions.end(visit.session, everywhere)
        address = _after_sign_out(visit, visit.session)
    response = RedirectResponse(address, 303)
    response.delete_cookie(COOKIE, **COOKIE_FLAGS)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _after_sign_out(visit: Visit, session: Session) -> str:
    here, provider = visit.address("/"), visit.site.provider
    if provider is None or not session.member_id:
        return here
    try:
        return provider.sign_out_address(f"{visit.site.address}/") or here
    except ProviderUnavailable as error:
        # Here the session has ended, whatever the provider does.
        note_handled("identity_provider", type(error).__name__)
        return here


def send_document(visit: Visit) -> Response:
    """Keep one document for a form that is being filled in, and tell by which id to name it."""
    kept = kept_documents(visit, visit.value("kind") or "other")
    if len(kept) != 1:
        raise Problem(INVALID)
    visit.note("send_document", kept[0]["evidence_id"])
    return JSONResponse(kept[0], 201)


def read_document(visit: Visit, evidence_id: str) -> Response:
    """Give a document to be saved, to who may read it."""
    response = evidence_routes.read_evidence(visit.request, evidence_id, visit.caller)
    visit.note("read_document", evidence_id)
    return response
