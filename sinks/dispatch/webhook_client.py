"""Posts messages to one endpoint: its own connections, its own look-ups, bounded in all it takes.

Redirects are not followed, certificates are verified, the environment's proxies and credentials
are left alone, answers are read up to a limit and never unpacked.
"""

import ssl
from collections.abc import Callable
from typing import Any, NamedTuple

import aiohttp

from schemas.traces import TRACEPARENT
from sinks.dispatch.address_guard import GuardedResolver, LookUp, guarded_socket, system_look_up
from sinks.dispatch.settings import Endpoint
from sinks.dispatch.webhook_signing import signed_headers

MAXIMUM_ANSWER_BYTES = 65_536
CONNECT_TIMEOUT_SECONDS = 5.0
USER_AGENT = "ip-takedown-streams"
MAXIMUM_ERROR_CHARACTERS = 300


class Answer(NamedTuple):
    """How a request went: a status and what came with it, or an error."""

    status: int | None
    body: bytes = b""
    retry_after: str | None = None
    error: str = ""


class Request:
    """A request under way; `sent` tells whether it may have left."""

    def __init__(self) -> None:
        self.sent = False


class WebhookClient:
    """Client of one endpoint. Make and use it within a running event loop."""

    def __init__(
        self,
        endpoint: Endpoint,
        now_milliseconds: Callable[[], int],
        look_up: LookUp = system_look_up,
    ) -> None:
        self._endpoint = endpoint
        self._now = now_milliseconds
        self._resolver = GuardedResolver(endpoint.allowed, look_up)
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(_mark_sent)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=endpoint.concurrency,
                resolver=self._resolver,
                use_dns_cache=False,
                ssl=ssl.create_default_context(cafile=endpoint.certificate_authority),
                socket_factory=guarded_socket(endpoint.allowed),
            ),
            timeout=aiohttp.ClientTimeout(
                total=endpoint.timeout_seconds,
                sock_connect=min(CONNECT_TIMEOUT_SECONDS, endpoint.timeout_seconds),
            ),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trace_configs=[trace],
        )

    async def post(
        self, webhook_id: str, body: str, request: Request, traceparent: str = ""
    ) -> Answer:
        """Sign and post a body; give the answer, or the error as text. Raises nothing but
        cancellation."""
        data = body.encode()
        headers = signed_headers(self._endpoint.secrets, webhook_id, data, self._now())
        headers["Content-Type"] = "application/json"
        if traceparent:
            headers[TRACEPARENT] = traceparent
        try:
            async with self._session.post(
                self._endpoint.url,
                data=data,
                headers=headers,
                allow_redirects=False,
                trace_request_ctx=request,
            ) as response:
                taken = await _read(response)
                return Answer(response.status, taken, response.headers.get("Retry-After"))
        except TimeoutError:
            return Answer(None, error=f"no answer in {self._endpoint.timeout_seconds:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            text = f"{type(error).__name__}: {error}"
            return Answer(None, error=text[:MAXIMUM_ERROR_CHARACTERS])

    async def close(self) -> None:
        """Close its connections."""
        await self._session.close()
        await self._resolver.close()


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Read an answer; of one beyond the limit nothing, and its connection is not used again."""
    taken = b""
    async for chunk in response.content.iter_any():
        taken += chunk
        if len(taken) > MAXIMUM_ANSWER_BYTES:
            response.close()
            return b""
    return taken


async def _mark_sent(_session: aiohttp.ClientSession, context: Any, _parameters: object) -> None:
    context.trace_request_ctx.sent = True
