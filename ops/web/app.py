"""The application of the pages, put together from its routes."""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from ops.web import public_pages
from ops.web.languages import LANGUAGES, chosen
from ops.web.pages import routes
from ops.web.rendering import HEADERS, STATIC, error_page, versions
from ops.web.site import Site, Visit
from streams.sources.filing.guard import Guard
from streams.sources.filing.problems import INTERNAL, NOT_FOUND, TOO_LARGE, Problem

MAXIMUM_BODY_BYTES = 64 << 20
"""Three documents of the greatest size, beside the fields of a form."""

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
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
    path = STATIC / name
    kind = TYPES.get(path.suffix, "text/plain")
    return Response(path.read_bytes(), media_type=kind, headers=HEADERS | FOR_EVER)


def _robots(request: Request) -> Response:
    parties = ("seller", "cases", "filing", "status", "organisation", "inquiries")
    operators = ("operations", "deliveries", "endpoints", "standings", "dead-letters", "audit")
    private = ("sign-in", "desk", *parties, *operators)
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
