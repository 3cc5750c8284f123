"""Records as they come from and go to Kafka, or to the driver's log."""

from typing import NamedTuple

Headers = list[tuple[str, bytes]]


class InputRecord(NamedTuple):
    """A record as read: position, key, value and headers as bytes; time in milliseconds, UTC."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers | None
    timestamp_milliseconds: int


class OutputRecord(NamedTuple):
    """A record to be written in the transaction of the batch."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_milliseconds: int
