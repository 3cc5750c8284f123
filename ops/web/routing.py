"""The way of every request to a page: language, session, rate, form; and what goes wrong on it."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ops.web.languages import LANGUAGES
from ops.web.members import Rights
from ops.web.rendering import error_page
from ops.web.sessions import COOKIE
from ops.web.site import FORM_COOKIE, Visit
from streams.sources.desk.types import DeskRefused
from streams.sources.filing.problems import (
    FORBIDDEN,
    KEY_IN_USE,
    NOT_FOUND,
    QUOTA_EXCEEDED,
    Problem,
)
from streams.sources.filing.rate_limits import headers
from streams.sources.filing.tokens import Role

MAXIMUM_FIELDS = 2_000
MAXIMUM_PLAIN_BYTES = 1 << 20
COOKIE_FLAGS: Mapping[str, Any] = {
    "httponly": True,
    "secure": True,
    "samesite": "lax",
    "path": "/",
}
Handler = Callable[..., Response]


def served(
    handler: Handler, roles: tuple[Role, ...], rights: Rights
) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """Return what answers requests to a page; where roles are named, of these only.

    A member has to have `rights` for it beside its party's role.
    """

    async def serve(request: Request) -> Response:
        if _is_large(request) and not await run_in_threadpool(_is_signed_in, request):
            return error_page(Visit(request, {}), Problem(FORBIDDEN))
        form = await _form(request) if request.method == "POST" else {}
        return await run_in_threadpool(_answer, request, form, handler, roles, rights)

    return serve


def _is_large(request: Request) -> bool:
    """Tell whether a body may be one with documents, which strangers do not send."""
    length = request.headers.get("content-length", "0")
    return "transfer-encoding" in request.headers or int(length) > MAXIMUM_PLAIN_BYTES


def _is_signed_in(request: Request) -> bool:
    visit = Visit(request, {})
    cookie = request.cookies.get(COOKIE, "")
    return visit.site.sessions.find(cookie, visit.now) is not None


async def _form(request: Request) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    data = await request.form(max_files=20, max_fields=MAXIMUM_FIELDS, max_part_size=1 << 20)
    for name, value in data.multi_items():
        found.setdefault(name, []).append(value)
    return found


def _answer(
    request: Request,
    form: dict[str, list[Any]],
    handler: Handler,
    roles: tuple[Role, ...],
    rights: Rights,
) -> Response:
    if request.path_params["language"] not in LANGUAGES:
        raise Problem(NOT_FOUND)
    texts = {
        name: [each for each in values if not isinstance(each, UploadFile)]
        for name, values in form.items()
    }
    visit = Visit(request, texts)
    request.state.visit = visit
    visit.files = [
        each
        for values in form.values()
        for each in values
        if isinstance(each, UploadFile) and each.filename
    ]
    try:
        response = _served(visit, handler, roles, rights)
    except DeskRefused:
        response = error_page(visit, Problem(KEY_IN_USE))
    except Problem as problem:
        response = error_page(visit, problem)
    if FORM_COOKIE not in request.cookies:
        response.set_cookie(FORM_COOKIE, visit.form_cookie, **COOKIE_FLAGS)
    return response


def _served(visit: Visit, handler: Handler, roles: tuple[Role, ...], rights: Rights) -> Response:
    request, services = visit.request, visit.services
    cookie = request.cookies.get(COOKIE)
    if cookie:
        visit.session = visit.site.sessions.find(cookie, visit.now)
    if roles and visit.session is None:
        wanted = quote(request.url.path, safe="/")
        return RedirectResponse(visit.address(f"/sign-in?next={wanted}"), 303)
    who = visit.session.caller.party_id if visit.session else _client(request)
    rate = services.settings.rate_of(request.method, request.url.path)
    allowance = services.rate_limits.take(who, rate)
    if not allowance.allowed:
        raise Problem(QUOTA_EXCEEDED, headers=headers(rate, allowance))
    if request.method == "POST" and not (_same_origin(request) and visit.form_is_ours()):
        raise Problem(FORBIDDEN)
    if roles:
        visit.require(*roles)
        visit.require_rights(rights)
    arguments = {name: value for name, value in request.path_params.items() if name != "language"}
    return handler(visit, **arguments)


def _client(request: Request) -> str:
    return f"address:{request.client.host}" if request.client else "address:"


def _same_origin(request: Request) -> bool:
    """Tell whether a form was sent from a page of ours, as far as the browser says."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def local_address(visit: Visit, given: str) -> str | None:
    """Return an address back where it is a page of ours, and no way to anywhere else."""
    parts = urlsplit(given)
    plain = given.isascii() and given.isprintable() and "\\" not in given and "//" not in given
    tag = given.split("/")[1] if given.startswith("/") else ""
    return given if plain and not parts.netloc and not parts.scheme and tag in LANGUAGES else None
