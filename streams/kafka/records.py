"""Records as they come from and go to Kafka, or to the driver's log."""

from typing import NamedTuple

from schemas.wire.codec import GivenHeaders, HeadersSource


class InputRecord(NamedTuple):
    """A record as read: position, key, value and headers as bytes; time in milliseconds, UTC.

    Headers may be given as a function: few records need theirs, and they are slow to take over.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers_source: HeadersSource
    timestamp_milliseconds: int

    @property
    def headers(self) -> GivenHeaders | None:
        """The headers, if there are any."""
        source = self.headers_source
        return source() if callable(source) else source


class OutputRecord(NamedTuple):
    """A record to be written in the transaction of the batch."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: GivenHeaders
    timestamp_milliseconds: int
