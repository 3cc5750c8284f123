"""The trace of a record, carried on to what its step writes, and told once that is committed."""

import time
from collections.abc import Iterable
from typing import NamedTuple

from schemas.traces import TRACEPARENT, TRACES, Span, TraceContext, carried_in
from streams.kafka.records import InputRecord, OutputRecord


class TracedStep(NamedTuple):
    """A record that carries a trace, the span of its step, and the topics of what that wrote."""

    record: InputRecord
    parent: TraceContext
    context: TraceContext
    written: tuple[str, ...]


def carry_on(record: InputRecord, outputs: list[OutputRecord], first: int) -> TracedStep | None:
    """Have the outputs from `first` on, which a record led to, carry its trace on, if it has one.

    What is written as it came, as a dead letter, has its header already.
    """
    parent = carried_in(record.headers_source)
    if parent is None:
        return None
    context = parent.child(*record[:3])
    header = (TRACEPARENT, context.traceparent.encode())
    for index in range(first, len(outputs)):
        output = outputs[index]
        if all(name != TRACEPARENT for name, _ in output.headers):
            outputs[index] = output._replace(headers=[*output.headers, header])
    written = tuple(dict.fromkeys(output.topic for output in outputs[first:]))
    return TracedStep(record, parent, context, written)


def tell_steps(steps: Iterable[TracedStep], seconds: float) -> None:
    """Tell of steps whose transaction took so long, and was committed now."""
    ended = time.time_ns()
    for record, parent, context, written in steps:
        TRACES.tell(
            Span(
                f"process {record.topic}",
                "consumer",
                context,
                parent.span_id,
                ended - int(seconds * 1e9),
                ended,
                {
                    "messaging.system": "kafka",
                    "messaging.operation.type": "process",
                    "messaging.destination.name": record.topic,
                    "messaging.destination.partition.id": str(record.partition),
                    "messaging.kafka.offset": record.offset,
                    "ip_takedowns.written_topics": written,
                },
            )
        )
