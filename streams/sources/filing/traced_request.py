"""The span of a request that may change something: where a trace begins, or goes on."""

import time

from starlette.types import Scope

from schemas.traces import CURRENT, TRACEPARENT, TRACES, Span, TraceContext, parse_traceparent

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class TracedRequest:
    """A request while it is answered: what it writes carries its trace.

    Who asks may name a trace of its own, in one header. Route and status are told of it, no address
    and nothing that was sent.
    """

    def __init__(self, scope: Scope) -> None:
        self._method: str = scope["method"]
        self._started = time.time_ns()
        self._parent = _asked(scope)
        self._context: TraceContext | None = None
        if self._method not in READING:
            self._context = TraceContext.begin(self._parent)
        CURRENT.set(self._context)

    def end(self, route: str, status: int) -> None:
        """Tell of the request."""
        if self._context is None:
            return
        TRACES.tell(
            Span(
                f"{self._method} {route}",
                "server",
                self._context,
                None if self._parent is None else self._parent.span_id,
                self._started,
                time.time_ns(),
                {
                    "http.request.method": self._method,
                    "http.route": route,
                    "http.response.status_code": status,
                },
                f"answered {status}" if status >= 500 else "",
            )
        )


def _asked(scope: Scope) -> TraceContext | None:
    given = [value for name, value in scope["headers"] if name == TRACEPARENT.encode()]
    return parse_traceparent(given[0].decode("latin-1")) if len(given) == 1 else None
