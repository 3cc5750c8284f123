"""The way of every request under /v1: in whose role, whose turn, and JSON that has one reading."""

from collections.abc import Callable, Coroutine
from functools import wraps
from inspect import iscoroutinefunction
from typing import Annotated, Any, NamedTuple

from fastapi import Header, Security
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from streams.sources.filing.filings import Answer, Identity, fingerprint
from streams.sources.filing.problems import (
    FORBIDDEN,
    KEY_MISSING,
    MALFORMED,
    MEDIA_TYPE_REFUSED,
    MalformedBody,
    Problem,
)
from streams.sources.filing.services import services_of
from streams.sources.filing.strict_json import JsonRefused, loads
from streams.sources.filing.tokens import Caller, Role

MAXIMUM_KEY_CHARACTERS = 255
BEARER = HTTPBearer(auto_error=False, bearerFormat="JWT", description="A signed token.")


class StrictRequest(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> Any:
        """Return the body's value. Errors: MalformedBody."""
        if not hasattr(self, "_json"):
            try:
                self._json = loads(await self.body())
            except JsonRefused as refused:
                raise MalformedBody(refused) from refused
        return self._json


class GuardedRoute(APIRoute):
    """A route whose work is done in a thread when it is the caller's turn."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:
        work = endpoint
        if not iscoroutinefunction(endpoint):
            model, status = settings.get("response_model"), settings.get("status_code")
            work = _in_turn(endpoint, model, status or 200)
        super().__init__(path, work, **settings)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()
        takes_json = self.body_field is not None

        async def guarded(request: Request) -> Response:
            _check_encoding(request, takes_json)
            strict = StrictRequest(request.scope, request.receive)
            if takes_json:
                request.state.content = await strict.json()
                request.state.body = await strict.body()
            # It keeps what it read: FastAPI reads it again.
            return await handle(strict)

        return guarded


class ActsAs:
    """A dependency that gives the caller, in one of these roles."""

    def __init__(self, *roles: Role) -> None:
        self._roles = roles

    async def __call__(
        self,
        request: Request,
        _: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)],
    ) -> Caller:
        """Return the caller. Errors: Problem FORBIDDEN."""
        caller: Caller = request.state.caller
        if caller.role not in self._roles:
            raise Problem(FORBIDDEN, f"This is for: {', '.join(self._roles)}.")
        return caller


class KeyGiven(NamedTuple):
    """The idempotency key of a request."""

    key: str


async def idempotency_key(
    given: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            max_length=MAXIMUM_KEY_CHARACTERS + 2,
            description="A new one, such as a UUID, for each new request; the same one when a "
            "request is sent again. Good for 7 days.",
            examples=["8e03978e-40d5-43e8-bc93-6894a57f9324"],
        ),
    ],
) -> KeyGiven:
    """Return the key, bare or as a quoted string (RFC 8941). Errors: Problem KEY_MISSING."""
    quoted = len(given) >= 2 and given[0] == given[-1] == '"'
    key = given[1:-1] if quoted else given
    if not key or len(key) > MAXIMUM_KEY_CHARACTERS or not (key.isascii() and key.isprintable()):
        raise Problem(KEY_MISSING, "It is empty, too long, or not of ASCII characters.")
    return KeyGiven(key)


def respond(answer: Answer, location: str) -> JSONResponse:
    """Return an answer as a response; one that was given before says so."""
    headers = {"Location": location}
    if answer.replayed:
        headers["Idempotent-Replayed"] = "true"
    return JSONResponse(answer.body, answer.status, headers)


def identity_of(request: Request, caller: Caller, key: str) -> Identity:
    """Return by which a request is known when it comes again."""
    content = fingerprint(request.method, request.url.path, request.state.content)
    return Identity(caller.party_id, key, content)


def _in_turn(
    endpoint: Callable[..., Any], model: object, status: int
) -> Callable[..., Coroutine[Any, Any, Any]]:
    @wraps(endpoint)
    async def in_turn(request: Request, **values: Any) -> Any:
        caller: Caller = request.state.caller

        def work() -> Any:
            told = endpoint(request=request, **values)
            if isinstance(told, BaseModel) and type(told) is model:
                # As it was declared: the framework would check it once more.
                text = told.model_dump_json(by_alias=True)
                return Response(text, status, media_type="application/json")
            return told

        return await services_of(request).turns.run(caller.party_id, work)

    return in_turn


def _check_encoding(request: Request, takes_json: bool) -> None:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(MEDIA_TYPE_REFUSED, "Nothing is unpacked: send the body as it is.")
    if not takes_json:
        return
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != "application/json":
        raise Problem(MEDIA_TYPE_REFUSED, "The body is to be application/json.")
    if "charset" in parameters.lower() and "utf-8" not in parameters.lower():
        raise Problem(MALFORMED, "JSON is to be in UTF-8.")
