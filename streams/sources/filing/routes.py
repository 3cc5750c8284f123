"""The way of every request under /v1: who asks, how often, and JSON that has one reading."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, NamedTuple

from fastapi import Header, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request
from starlette.responses import Response

from streams.sources.filing.filings import Identity, fingerprint
from streams.sources.filing.problems import (
    FORBIDDEN,
    KEY_MISSING,
    MALFORMED,
    MEDIA_TYPE_REFUSED,
    QUOTA_EXCEEDED,
    UNAUTHENTICATED,
    MalformedBody,
    Problem,
)
from streams.sources.filing.rate_limits import headers
from streams.sources.filing.services import services_of
from streams.sources.filing.strict_json import JsonRefused, loads
from streams.sources.filing.tokens import Caller, Role, TokenRefused

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
    """A route that looks at token and rate before it reads a body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()
        takes_json = self.body_field is not None

        async def guarded(request: Request) -> Response:
            caller = _authenticate(request)
            request.state.caller = caller
            _limit(request, caller)
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

    def __call__(
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


def idempotency_key(
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


def identity_of(request: Request, caller: Caller, key: str) -> Identity:
    """Return by which a request is known when it comes again."""
    content = fingerprint(request.method, request.url.path, request.state.content)
    return Identity(caller.party_id, key, content)


def _authenticate(request: Request) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem(
            UNAUTHENTICATED, "Send a token.", headers={"WWW-Authenticate": 'Bearer realm="filing"'}
        )
    try:
        return services_of(request).keys.check(token.strip())
    except TokenRefused as refused:
        told = {"WWW-Authenticate": 'Bearer realm="filing", error="invalid_token"'}
        raise Problem(UNAUTHENTICATED, f"{refused}.", headers=told) from refused


def _limit(request: Request, caller: Caller) -> None:
    services = services_of(request)
    rate = services.settings.rate_of(request.method, request.url.path)
    allowance = services.rate_limits.take(caller.party_id, rate)
    request.state.headers.update(headers(rate, allowance))
    if not allowance.allowed:
        raise Problem(QUOTA_EXCEEDED, f"{rate.burst} at once, then {rate.per_second:g} a second.")


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
