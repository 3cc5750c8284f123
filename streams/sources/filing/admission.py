"""Who asks, and whether it may now: looked at before anything else is done for a request, so that
what is refused costs little."""

from starlette.types import Scope

from streams.sources.filing.problems import QUOTA_EXCEEDED, UNAUTHENTICATED, Problem
from streams.sources.filing.rate_limits import RateLimits, headers
from streams.sources.filing.settings import FilingSettings
from streams.sources.filing.tokens import Caller, TokenKeys, TokenRefused

PREFIX = "/v1/"
OPEN = frozenset({"/v1/openapi.json"})
"""What anybody may read."""


class Admission:
    """Looks at tokens and limits."""

    def __init__(self, settings: FilingSettings, keys: TokenKeys, limits: RateLimits) -> None:
        self._settings = settings
        self._keys = keys
        self._limits = limits

    def look(self, scope: Scope) -> Problem | None:
        """Let a request in, its caller and headers in the scope's state, or return why not."""
        path: str = scope["path"]
        if not path.startswith(PREFIX) or path in OPEN:
            return None
        try:
            caller = self._caller(scope)
        except Problem as problem:
            return problem
        state = scope["state"]
        state["caller"] = caller
        rate = self._settings.rate_of(scope["method"], path)
        allowance = self._limits.take(caller.party_id, rate)
        state["headers"].update(headers(rate, allowance))
        if allowance.allowed:
            return None
        return Problem(QUOTA_EXCEEDED, f"{rate.burst} at once, then {rate.per_second:g} a second.")

    def _caller(self, scope: Scope) -> Caller:
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        scheme, _, token = given.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not token:
            told = {"WWW-Authenticate": 'Bearer realm="filing"'}
            raise Problem(UNAUTHENTICATED, "Send a token.", headers=told)
        try:
            return self._keys.check(token.strip())
        except TokenRefused as refused:
            told = {"WWW-Authenticate": 'Bearer realm="filing", error="invalid_token"'}
            raise Problem(UNAUTHENTICATED, f"{refused}.", headers=told) from refused
