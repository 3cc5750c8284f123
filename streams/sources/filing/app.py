"""The FastAPI application, put together from its services."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from streams.sources.filing import (
    account_routes,
    case_routes,
    complaint_routes,
    endpoint_routes,
    evidence_routes,
    order_routes,
    other_routes,
    party_routes,
    personal_data_routes,
    right_routes,
    statement_routes,
)
from streams.sources.filing.admission import Admission
from streams.sources.filing.fields import field_errors
from streams.sources.filing.guard import Guard
from streams.sources.filing.problems import (
    INTERNAL,
    INVALID,
    KEY_MISSING,
    KINDS,
    MALFORMED,
    MAXIMUM_ERRORS,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    TOO_LARGE,
    Problem,
    ProblemDetails,
    answer,
)
from streams.sources.filing.services import Services
from streams.sources.filing.settings import FilingSettings

TITLE = "IP filing API"
VERSION = "1"
DESCRIPTION = """\
One entry for complaints about intellectual property on all marketplaces, for what parties add,
object and appeal, and for what marketplaces acknowledge.

- Each request carries a token (`Authorization: Bearer`), each POST but uploads and acknowledgements
  an `Idempotency-Key`. Send a request again, with the same key, until it is answered.
- What is received is durable before it is answered. Errors are problem details (RFC 9457).
- What is no one's business is not found: 404 is also the answer to who may not see something.
"""
LICENCE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
SERVERS = [{"url": "/", "description": "Where this document is served."}]
TAGS = {
    "complaints": "Rights holders and agents file, and see where their complaints stand.",
    "cases": "What parties add to a case, object and appeal, and the reasons they are given.",
    "accounts": "Who was restricted as a whole appeals.",
    "orders": "Courts and authorities order, and lift what they ordered.",
    "evidence": "Documents that filings name.",
    "parties": "Operators record parties; rights holders authorise agents and license sellers.",
    "personal data": "Who is a person takes what is held of it, and has it erased.",
    "endpoints": "Operators record where commands are delivered to.",
    "marketplaces": "Marketplaces tell what they did.",
}


class _Api(FastAPI):
    """The application with its guard before all that the framework does for a request."""

    guard: Guard | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        await (self.guard or self.work)(scope, receive, send)

    async def work(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request that was let in."""
        await super().__call__(scope, receive, send)


def make_app(
    settings: FilingSettings,
    services: Services | None = None,
    background: tuple[AbstractContextManager[object], ...] = (),
) -> FastAPI:
    """Make the application; without services it only describes itself.

    `background` runs from start to end of the application.
    """
    app = _Api(
        title=TITLE,
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        lifespan=_lifespan(background),
        max_body_size=settings.maximum_body_bytes,
        redirect_slashes=False,
        license_info=LICENCE,
        generate_unique_id_function=_operation_id,
    )
    app.state.services = services
    filed = (
        *(complaint_routes, case_routes, account_routes, order_routes),
        *(statement_routes, other_routes, right_routes, party_routes),
        *(personal_data_routes, endpoint_routes),
    )
    for routes in filed:
        app.include_router(routes.router)
    app.include_router(evidence_routes.router, max_body_size=settings.maximum_evidence_bytes + 1)
    app.add_api_route("/health", _health, include_in_schema=False)
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Exception, _on_error)
    if services is not None:
        admission = Admission(settings, services.keys, services.rate_limits)
        app.guard = Guard(app.work, settings, services.metrics, admission)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _lifespan(
    background: tuple[AbstractContextManager[object], ...],
) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as stack:
            for each in background:
                stack.enter_context(each)
            yield

    return lifespan


def _health(request: Request) -> dict[str, str]:
    """Tell whether requests can be taken: the database answers."""
    services: Services = request.app.state.services
    with services.database.connection() as connection:
        connection.execute("SELECT 1")
    return {"status": "ok"}


def _told(request: Request, problem: Problem) -> Response:
    return answer(problem, request.state.request_id)


def _on_problem(request: Request, error: Exception) -> Response:
    return _told(request, error if isinstance(error, Problem) else Problem(INTERNAL))


def _on_invalid(request: Request, error: Exception) -> Response:
    errors = error.errors() if isinstance(error, RequestValidationError) else []
    if any(each["loc"][0] == "path" for each in errors):
        return _told(request, Problem(NOT_FOUND))
    keys = [each for each in errors if tuple(each["loc"]) == ("header", "Idempotency-Key")]
    if keys:
        detail = "Send a new key with each new request, and the same one to send it again."
        return _told(request, Problem(KEY_MISSING, detail))
    told = field_errors(errors[:MAXIMUM_ERRORS])
    return _told(request, Problem(INVALID, "All that is wrong is listed.", told))


def _on_http_exception(request: Request, error: Exception) -> Response:
    """Tell what the framework refused in our terms."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    kinds = {404: NOT_FOUND, 405: METHOD_NOT_ALLOWED, 413: TOO_LARGE, 400: MALFORMED}
    headers = getattr(error, "headers", None)
    return _told(request, Problem(kinds.get(status, INTERNAL), headers=headers))


def _on_error(request: Request, _: Exception) -> Response:
    """Answer as the guard would, to which the error goes on."""
    return _told(request, Problem(INTERNAL, headers={"Connection": "close"}))


def _operation_id(route: APIRoute) -> str:
    """Return what clients that are made from the document call an operation."""
    first, *others = route.name.split("_")
    return first + "".join(map(str.capitalize, others))


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=[{"name": name, "description": told} for name, told in TAGS.items()],
            servers=SERVERS,
            license_info=app.license_info,
        )
        schemas = document["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for operations in document["paths"].values():
            for operation in operations.values():
                # The framework's own: a path that is not well formed is not found here.
                if "application/json" in operation["responses"].get("422", {}).get("content", {}):
                    del operation["responses"]["422"]
        problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs", {}))
        problem["properties"]["type"]["enum"] = [kind.type for kind in KINDS]
        schemas["ProblemDetails"] = problem
        document["components"]["schemas"] = dict(sorted(schemas.items()))
        app.openapi_schema = document
    return app.openapi_schema
