"""Traces: what was done for one filing, by whichever process, told as spans where asked for.

A record's header and a request's are W3C's `traceparent`. What is made of a record carries on its
trace, with an id that follows from the record's place: made again, it is the same.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from hashlib import sha256
from typing import Final, Literal, NamedTuple

from schemas.wire.codec import HeadersSource

TRACEPARENT: Final = "traceparent"
_FORM: Final = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_SAMPLED: Final = 1

Kind = Literal["server", "client", "producer", "consumer"]


class TraceContext(NamedTuple):
    """A span's place: its trace, its own id, and whether it is to be told of."""

    trace_id: str
    span_id: str
    sampled: bool

    @classmethod
    def begin(cls, within: "TraceContext | None" = None) -> "TraceContext":
        """Return the context of something new, within another's trace or a new one."""
        if within is not None:
            return within._replace(span_id=secrets.token_hex(8))
        return cls(secrets.token_hex(16), secrets.token_hex(8), True)

    @property
    def traceparent(self) -> str:
        """The header's value."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"

    def child(self, *place: object) -> "TraceContext":
        """Return the context of what is done below this one, at a place that tells it apart."""
        name = "\x1f".join([self.trace_id, self.span_id, *map(str, place)])
        return self._replace(span_id=sha256(name.encode()).hexdigest()[:16])


class Span(NamedTuple):
    """Something that was done; times in nanoseconds, UTC. Attributes have nothing of persons."""

    name: str
    kind: Kind
    context: TraceContext
    parent_id: str | None
    started_at_nanoseconds: int
    ended_at_nanoseconds: int
    attributes: Mapping[str, str | int | tuple[str, ...]]
    error: str = ""


class Traces:
    """Where a process tells its spans: nowhere, and none are made, until `tell_to` was called."""

    def __init__(self) -> None:
        self._export: Callable[[Span], None] | None = None

    @property
    def on(self) -> bool:
        """Whether traces are carried on and told."""
        return self._export is not None

    def tell_to(self, export: Callable[[Span], None] | None) -> None:
        """Have spans told from now on; None tells none."""
        self._export = export

    def tell(self, span: Span) -> None:
        """Tell of a span, if its trace is sampled."""
        if self._export is not None and span.context.sampled:
            self._export(span)


TRACES: Final = Traces()

CURRENT: Final[ContextVar[TraceContext | None]] = ContextVar("trace", default=None)
"""The span of the request that is being answered."""


def parse_traceparent(text: str) -> TraceContext | None:
    """Return the context that a header tells; None where it tells none that is valid."""
    found = _FORM.fullmatch(text)
    if found is None or (text.startswith("00-") and len(text) != 55):
        return None
    trace_id, span_id, flags = found.groups()
    if not int(trace_id, 16) or not int(span_id, 16):
        return None
    return TraceContext(trace_id, span_id, bool(int(flags, 16) & _SAMPLED))


def carried_in(headers: HeadersSource) -> TraceContext | None:
    """Return the context that a record's headers carry, if they do."""
    given = headers() if callable(headers) else headers
    for name, value in given or ():
        if name == TRACEPARENT:
            return parse_traceparent((value or b"").decode("ascii", "replace"))
    return None
