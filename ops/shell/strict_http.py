"""HTTP/1.1 as RFC 9112 lets a server take it: with time limits for heads, few connections of one
address, and none of the forms that another server on the way may read differently.

uvicorn and llhttp do the rest. llhttp refuses lines that end in LF alone, folded fields and lengths
told twice (RFC 9112, 2.2, 5.2 and 6.3); it waits for a head for ever, whatever its length, takes
requests for no host or two, and other versions.
"""

import asyncio
from collections import Counter
from functools import partial
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS: Final = 10.0
MAXIMUM_HEAD_BYTES: Final = 32 << 10
CONNECTIONS_OF_ADDRESS: Final = 20

_VERSIONS: Final = frozenset({"1.0", "1.1"})
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class HeadRefused(Exception):
    """A head is too long, or of two readings; the parser takes it for malformed."""


class StrictProtocol(HttpToolsProtocol):
    """A connection to the server; see `strict_protocol`."""

    def __init__(
        self,
        *arguments: Any,
        head_seconds: float,
        most: int,
        held: "Counter[str]",
        **settings: Any,
    ) -> None:
        super().__init__(*arguments, **settings)
        self._head_seconds = head_seconds
        self._most = most
        self._held = held
        self._address: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._in_head = True
        self._head_bytes = 0
        # Bytes since the parser last came to the end of a head, a request, or a part of a body.
        self._pending_bytes = 0
        self._got_on = False
        self._refusal: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or refuse one too many of its address."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        if self._held[address] >= self._most:
            transport.write(_BUSY)
            transport.close()
            return
        self._address = address
        self._held[address] += 1
        self._time()

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection."""
        if self._address is not None:
            self._held[self._address] -= 1
            if not self._held[self._address]:
                del self._held[self._address]
            self._address = None
        self._end_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        if self._refusal is not None:
            return
        self._got_on = False
        super().data_received(data)
        self._pending_bytes = 0 if self._got_on else self._pending_bytes + len(data)
        if self._pending_bytes > MAXIMUM_HEAD_BYTES and self._refusal is None:
            self.send_400_response("Too much that is no request.")
        self._time()

    def on_message_begin(self) -> None:
        """Begin with a head."""
        self._in_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take a part of the address. Errors: HeadRefused."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field of the head, and leave what comes after a body. Errors: HeadRefused."""
        self._count(len(name) + len(value))
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer. Errors: HeadRefused."""
        version = self.parser.get_http_version()
        hosts = [name for name, _ in self.headers if name == b"host"]
        if version not in _VERSIONS or len(hosts) > 1 or (version == "1.1" and not hosts):
            raise HeadRefused
        super().on_headers_complete()
        self._in_head = False
        self._got_on = True
        if self.parser.should_upgrade():
            # Nothing else is spoken here, and the parser reads no further.
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._got_on = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Take the end of a request."""
        self._got_on = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on with the next request, or refuse what came after this one."""
        super().on_response_complete()
        if self._refusal is not None and not self._answering and not self.transport.is_closing():
            super().send_400_response(self._refusal)

    def send_400_response(self, msg: str) -> None:
        """Refuse what came, once all before it is answered, and end the connection."""
        self._refusal = msg
        if not self._answering:
            super().send_400_response(msg)
        elif self.cycle.more_body:
            # A body that breaks off has no answer to wait for.
            if self.cycle.response_started or self.pipeline:
                self.transport.close()
            else:
                super().send_400_response(msg)

    @property
    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _count(self, more_bytes: int) -> None:
        self._head_bytes += more_bytes
        if self._head_bytes > MAXIMUM_HEAD_BYTES:
            raise HeadRefused

    def _time(self) -> None:
        """See to it that a client that is waited for is not waited for without an end.

        While a request is answered its own limits hold, between two uvicorn's.
        """
        if self._answering:
            self._end_timer()
        elif self._timer is None and self.timeout_keep_alive_task is None:
            self._timer = self.loop.call_later(self._head_seconds, self._end)

    def _end_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self) -> None:
        self._timer = None
        if not self.transport.is_closing() and not self._answering:
            self.transport.close()


def strict_protocol(head_seconds: float, connections_of_address: int) -> Any:
    """Return what makes uvicorn's connections: a head has so many seconds, an address so many of
    them at once."""
    held: Counter[str] = Counter()
    return partial(
        StrictProtocol, head_seconds=head_seconds, most=connections_of_address, held=held
    )
