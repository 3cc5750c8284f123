"""HTTP/1.1 as RFC 9112 lets a server take it: with time limits for heads, few connections of one
address, and none of the forms that another server on the way may read differently.

uvicorn and h11 do the rest. They wait for a head for ever, and take lines that end in LF alone and
fields that are folded over several lines, which RFC 9112 (2.2 and 5.2) has a server refuse.
"""

import asyncio
import re
from collections import Counter
from functools import partial
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS: Final = 10.0
MAXIMUM_HEAD_BYTES: Final = 32 << 10
CONNECTIONS_OF_ADDRESS: Final = 20

_END_OF_HEAD = re.compile(rb"\n\r?\n")
_BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
_FOLDED = re.compile(rb"\n[ \t]")
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class StrictConnection(h11.Connection):
    """Reads requests whose heads have one reading only."""

    def next_event(self) -> Any:
        """Return what was received next. Errors: h11.RemoteProtocolError."""
        if self.their_state is h11.IDLE:
            received, _ = self.trailing_data
            end = _END_OF_HEAD.search(received)
            head = received if end is None else received[: end.end()]
            if _BARE_LINE_FEED.search(head):
                raise h11.RemoteProtocolError("a line ends in LF alone")
            if _FOLDED.search(head):
                raise h11.RemoteProtocolError("a field is folded")
        return super().next_event()


class StrictProtocol(H11Protocol):
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
        limit = self.config.h11_max_incomplete_event_size or MAXIMUM_HEAD_BYTES
        self.conn = StrictConnection(h11.SERVER, limit)
        self._head_seconds = head_seconds
        self._most = most
        self._held = held
        self._address: str | None = None
        self._head_timer: asyncio.TimerHandle | None = None

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
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection."""
        if self._address is not None:
            self._held[self._address] -= 1
            if not self._held[self._address]:
                del self._held[self._address]
            self._address = None
        self._end_wait()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what came; a head is to be whole in time."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._end_wait()
        elif self._head_timer is None:
            self._await_head()

    def on_response_complete(self) -> None:
        """Begin with the next request, if any of it is there already."""
        super().on_response_complete()
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self._await_head()

    def _await_head(self) -> None:
        self._end_wait()
        self._head_timer = self.loop.call_later(self._head_seconds, self._end)

    def _end_wait(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _end(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing() and self.conn.their_state is h11.IDLE:
            self.transport.close()


def strict_protocol(head_seconds: float, connections_of_address: int) -> Any:
    """Return what makes uvicorn's connections: a head has so many seconds, an address so many of
    them at once."""
    held: Counter[str] = Counter()
    return partial(
        StrictProtocol, head_seconds=head_seconds, most=connections_of_address, held=held
    )
