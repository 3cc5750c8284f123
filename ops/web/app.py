"""The application of the pages, put together from its routes."""

import gzip
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from ops.web import public_pages
from ops.web.languages import LANGUAGES, chosen
from ops.web.pages import PAGES, routes
from ops.web.rendering import HEADERS, STATIC, error_page, versions
from ops.web.site import Site, Visit
from streams.sources.filing.guard import Guard
from streams.sources.filing.problems import INTERNAL, NOT_FOUND, TOO_LARGE, Problem

MAXIMUM_BODY_BYTES = 64 << 20
"""Three documents of the greatest size, beside the fields of a form."""

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
UNLISTED = {"sign-in", "status"}
"""Pages for everybody that no search engine has a use for."""
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def make_app(site: Site, background: tuple[AbstractContextManager[object], ...] = ()) -> FastAPI:
    """Make the application; `background` runs from its start to its end."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as stack:
            for each in background:
                stack.enter_context(each)
            yield

    app = FastAPI(
        openapi_url=None,
        lifespan=lifespan,
        max_body_size=MAXIMUM_BODY_BYTES,
        redirect_slashes=False,
    )
    app.state.site = site
    app.state.services = site.services
    app.router.routes += [
        Route("/", _first),
        Route("/health", _health),
        Route("/robots.txt", _robots),
        Route("/sitemap.xml", _sitemap),
        Route("/static/{name}", _static),
        *routes(),
    ]
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_middleware(Guard, settings=site.services.settings, metrics=site.services.metrics)
    return app


def _first(request: Request) -> Response:
    tag = chosen(request.headers.get("accept-language", ""))
    return RedirectResponse(f"/{tag}/", 302, {"Vary": "Accept-Language"})


def _health(request: Request) -> Response:
    with request.app.state.services.database.connection() as connection:
        connection.execute("SELECT 1")
    return JSONResponse({"status": "ok"})


def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in versions():
        raise Problem(NOT_FOUND)
    kind = TYPES.get(Path(name).suffix, "text/plain")
    headers = {**HEADERS, **FOR_EVER, "Vary": "Accept-Encoding"}
    if not _takes_gzip(request.headers.get("accept-encoding", "")):
        return Response((STATIC / name).read_bytes(), media_type=kind, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(_compressed(name), media_type=kind, headers=headers)


def _takes_gzip(accepted: str) -> bool:
    """Tell whether a browser takes gzip. Pages are not compressed: their size would tell of the
    form's token beside what somebody else had the browser send."""
    told = [each.replace(" ", "").lower().partition(";") for each in accepted.split(",")]
    return any(
        name == "gzip" and (not weight or weight.removeprefix("q=").strip("0."))
        for name, _, weight in told
    )


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress((STATIC / name).read_bytes(), mtime=0)


def _robots(request: Request) -> Response:
    private = sorted({each.path.split("/")[1] for each in PAGES if each.roles} | UNLISTED)
    lines = [f"Disallow: /{tag}/{each}" for tag in LANGUAGES for each in private]
    address = request.app.state.site.address
    return PlainTextResponse(
        "\n".join(("User-agent: *", *lines, f"Sitemap: {address}/sitemap.xml", ""))
    )


def _sitemap(request: Request) -> Response:
    address = request.app.state.site.address
    entries = [
        f"<url><loc>{address}/{tag}{path}</loc>"
        + "".join(
            f'<xhtml:link rel="alternate" hreflang="{other}" href="{address}/{other}{path}"/>'
            for other in LANGUAGES
        )
        + "</url>"
        for path in public_pages.FOUND
        for tag in LANGUAGES
    ]
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:xhtml="http://www.w3.org/1999/xhtml">{"".join(entries)}</urlset>'
    )
    return Response(text, media_type="application/xml")


def _on_http_exception(request: Request, error: Exception) -> Response:
    """Tell on a page what the framework refused."""
    kinds = {404: NOT_FOUND, 405: NOT_FOUND, 413: TOO_LARGE}
    status = error.status_code if isinstance(error, HTTPException) else 500
    problem = error if isinstance(error, Problem) else Problem(kinds.get(status, INTERNAL))
    return error_page(Visit(request, {}), problem)
