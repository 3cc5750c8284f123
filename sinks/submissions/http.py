"""HTTP as senders need it: bounded times and sizes, no redirects, answers as plain values."""

import ipaddress
import json
import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx

from sinks.sending.retrying import retry_after_seconds

CONNECT_TIMEOUT_SECONDS = 5.0
ANSWER_TIMEOUT_SECONDS = 30.0
MAXIMUM_ANSWER_BYTES = 16_777_216
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class AddressRefused(Exception):
    """The destination's address can't be used; the message says why."""


class Answer(NamedTuple):
    """A server's answer; `parsed` is None where the body is no JSON or too large."""

    status: int
    parsed: Any
    location: str = ""
    retry_after_seconds: float | None = None


class RequestFailed(Exception):
    """There is no answer. If the request was `sent`, what became of it is not known."""

    def __init__(self, message: str, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class JsonClient:
    """A client of one server. Errors of its methods: RequestFailed.

    `headers` are sent with each request; a token goes in them, so the address must be https unless
    it is of this machine. Errors of making one: AddressRefused.
    """

    def __init__(
        self,
        address: str,
        headers: dict[str, str],
        answer_timeout_seconds: float = ANSWER_TIMEOUT_SECONDS,
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise AddressRefused(f"{address} is no http or https address")
        if parts.scheme == "http" and not is_this_machine(parts.hostname):
            raise AddressRefused(f"{address}: the token may only go over https")
        self._client = httpx.Client(
            base_url=address.rstrip("/") + "/",
            headers={"Accept": "application/json", **headers},
            timeout=httpx.Timeout(answer_timeout_seconds, connect=CONNECT_TIMEOUT_SECONDS),
            follow_redirects=False,
        )

    def request(self, method: str, path: str, body: Any = None) -> Answer:
        """Send one request, with a JSON body if any."""
        try:
            with self._client.stream(method, path.lstrip("/"), json=body) as response:
                content = bytearray()
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > MAXIMUM_ANSWER_BYTES:
                        return Answer(response.status_code, None)
                return Answer(
                    response.status_code,
                    _parsed(bytes(content)),
                    response.headers.get("Location", ""),
                    retry_after_seconds(response.headers.get("Retry-After"), _now_milliseconds()),
                )
        except httpx.HTTPError as error:
            sent = not isinstance(error, UNSENT)
            raise RequestFailed(f"{type(error).__name__}: {error}", sent) from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def is_this_machine(host: str) -> bool:
    """Tell whether a host is this machine by its name or number."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _now_milliseconds() -> int:
    # A server's dates are by its own clock, however fast a simulated day passes.
    return time.time_ns() // 1_000_000
