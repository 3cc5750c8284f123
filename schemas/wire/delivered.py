"""A decoded record as sinks take it."""

from typing import Any, NamedTuple

from schemas.traces import TraceContext

Source = tuple[str, int]
"""Topic and partition."""


class Delivered(NamedTuple):
    """An event with its place in the log; time in milliseconds, UTC."""

    topic: str
    partition: int
    offset: int
    event: Any
    timestamp_milliseconds: int
    trace: TraceContext | None = None
