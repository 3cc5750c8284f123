"""The spans of rows that the outbox publishes, from when they were written until brokers have them.

They come from the rows' own headers, so whichever process leads tells them.
"""

import time
from typing import NamedTuple

from schemas.traces import TRACEPARENT, TRACES, Span, TraceContext, parse_traceparent


class _Waiting(NamedTuple):
    topic: str
    parent: TraceContext
    written_at_milliseconds: int


class PublicationSpans:
    """What is under way with a trace, by the row's id."""

    def __init__(self) -> None:
        self._waiting: dict[int, _Waiting] = {}

    def begin(
        self, outbox_id: int, topic: str, headers: list[list[str]], written_at_milliseconds: int
    ) -> None:
        """Note that a row is handed to the producer."""
        if TRACES.on:
            parent = parse_traceparent(dict(headers).get(TRACEPARENT, ""))
            if parent is not None:
                self._waiting[outbox_id] = _Waiting(topic, parent, written_at_milliseconds)

    def settle(self, outbox_id: int, is_sent: bool) -> None:
        """Tell of a row that brokers have; one that is to be sent again begins again."""
        waiting = self._waiting.pop(outbox_id, None)
        if waiting is None or not is_sent:
            return
        topic, parent, written_at = waiting
        TRACES.tell(
            Span(
                f"publish {topic}",
                "producer",
                parent.child("outbox", outbox_id),
                parent.span_id,
                written_at * 1_000_000,
                time.time_ns(),
                {
                    "messaging.system": "kafka",
                    "messaging.operation.type": "send",
                    "messaging.destination.name": topic,
                },
            )
        )
