"""What holds for every request: who may ask, headers, time limits, and errors that give nothing
away."""

import asyncio
import logging
import time
import traceback
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.traces import TRACES
from streams.sources.filing.admission import Admission
from streams.sources.filing.metrics import FilingMetrics
from streams.sources.filing.problems import (
    INTERNAL,
    TIMED_OUT,
    UNAVAILABLE,
    Problem,
    ProblemKind,
    answer,
)
from streams.sources.filing.settings import FilingSettings
from streams.sources.filing.traced_request import TracedRequest

logger = logging.getLogger(__name__)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
MAXIMUM_FRAMES = 20


class Guard:
    """ASGI middleware around the whole application; `admission` says who is let in.

    Logged are route, status, time and the request's id; no addresses, ids of parties or contents.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: FilingSettings,
        metrics: FilingMetrics,
        admission: Admission | None = None,
    ) -> None:
        self._app = app
        self._admission = admission
        self._metrics = metrics
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passage = _Passage(scope, receive, send, self._settings)
        traced = TracedRequest(scope) if TRACES.on else None
        started = time.monotonic()
        try:
            async with asyncio.timeout(None) as timer:
                passage.timer = timer
                timer.reschedule(asyncio.get_running_loop().time() + passage.seconds())
                refusal = None if self._admission is None else self._admission.look(scope)
                if refusal is None:
                    await self._app(scope, passage.receive, passage.send)
                else:
                    await passage.tell(refusal)
        except TimeoutError:
            await passage.fail(UNAVAILABLE if passage.body_received else TIMED_OUT)
        except Exception as error:
            # The last line: what failed goes to the log, and nothing of it to the client.
            logger.error(
                "a request failed: %s", _described(error), extra={"request_id": passage.request_id}
            )
            await passage.fail(INTERNAL)
        route = getattr(scope.get("route"), "path", "none")
        self._metrics.filing_request(route, passage.status)
        if traced is not None:
            traced.end(route, passage.status)
        logger.info(
            "%s %s %s %.0f ms",
            scope["method"],
            route,
            passage.status,
            (time.monotonic() - started) * 1000,
            extra={"request_id": passage.request_id},
        )


class _Passage:
    """One request on its way through."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, settings: FilingSettings
    ) -> None:
        self._receive = receive
        self._send = send
        self._settings = settings
        self._bytes = 0
        self._started = asyncio.get_running_loop().time()
        self.timer: asyncio.Timeout | None = None
        self.body_received = not _has_body(scope)
        self.status = 0
        self.request_id = uuid4().hex
        state: dict[str, Any] = scope.setdefault("state", {})
        state["request_id"] = self.request_id
        self._headers: dict[str, str] = state.setdefault("headers", {})

    def seconds(self) -> float:
        """Return the time allowed: for a body longer, the more of it has come."""
        settings = self._settings
        if self.body_received:
            return settings.request_seconds
        return settings.body_seconds + self._bytes / settings.body_bytes_per_second

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._bytes += len(message.get("body", b""))
            if message.get("more_body"):
                self._allow(self._started + self.seconds())
            elif not self.body_received:
                self.body_received = True
                now = asyncio.get_running_loop().time()
                self._allow(now + self._settings.request_seconds)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = {name.lower() for name, _ in message.get("headers", ())}
            added = {**HEADERS, **self._headers, "X-Request-Id": self.request_id}
            message = {**message, "headers": [*message.get("headers", ()), *_raw(added, given)]}
            # From here on the server's own time limits hold.
            self._allow(None)
        await self._send(message)

    async def fail(self, kind: ProblemKind) -> None:
        """Answer with a problem, unless an answer has begun."""
        # The time limit has ended by now, whichever way.
        self.timer = None
        if self.status:
            return
        # The rest of a body that came too slowly is not waited for.
        await self.tell(Problem(kind, headers={"Connection": "close"}))

    async def tell(self, problem: Problem) -> None:
        """Answer with a problem."""
        response = answer(problem, self.request_id)
        await response({"type": "http"}, self._receive, self.send)

    def _allow(self, until: float | None) -> None:
        if self.timer is not None and not self.timer.expired():
            self.timer.reschedule(until)


def _has_body(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"


def _raw(headers: dict[str, str], given: set[bytes]) -> Iterable[tuple[bytes, bytes]]:
    for name, value in headers.items():
        if name.lower().encode() not in given:
            yield name.lower().encode(), value.encode("latin-1")


def _described(error: BaseException) -> str:
    """Return kind and place of an error; messages may hold what a party wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-MAXIMUM_FRAMES:]
    places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"
