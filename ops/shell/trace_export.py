"""Spans as OpenTelemetry's, sent over OTLP. Its packages are the extra `traces`, and imported only
where traces are switched on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from ops.errors import OperatorError
from ops.shell.extras import packages_of
from schemas.distribution import DISTRIBUTION
from schemas.traces import TRACES, Kind, Span, TraceContext

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor

STOP_SECONDS = 5.0
"""At the end, for spans that were not sent yet."""


@contextmanager
def traces_exported(endpoint: str, service: str) -> Iterator[None]:
    """Have this process send its spans to a collector, while this is entered; none where there is
    no endpoint. Errors: OperatorError."""
    if not endpoint:
        yield
        return
    processor = _processor(endpoint)
    TRACES.tell_to(exporting(processor, service))
    try:
        yield
    finally:
        TRACES.tell_to(None)
        # A collector that is away would keep the process for half a minute.
        ending = threading.Thread(target=processor.shutdown, name="last spans", daemon=True)
        ending.start()
        ending.join(STOP_SECONDS)


def _processor(endpoint: str) -> "SpanProcessor":
    with packages_of("traces", "traces.endpoint"):
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    if not endpoint.startswith(("http://", "https://")):
        raise OperatorError(f"settings: traces.endpoint is no address of HTTP: {endpoint}")
    return BatchSpanProcessor(OTLPSpanExporter(endpoint))


def exporting(processor: "SpanProcessor", service: str) -> Callable[[Span], None]:
    """Return what hands spans of a service to a processor of OpenTelemetry's."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import ReadableSpan  # noqa: PLC0415
    from opentelemetry.trace import (  # noqa: PLC0415
        SpanContext,
        SpanKind,
        Status,
        StatusCode,
        TraceFlags,
    )

    kinds: dict[Kind, SpanKind] = {
        "server": SpanKind.SERVER,
        "client": SpanKind.CLIENT,
        "producer": SpanKind.PRODUCER,
        "consumer": SpanKind.CONSUMER,
    }
    resource = Resource.create(
        {
            "service.namespace": "ip-takedowns",
            "service.name": service,
            "service.version": version(DISTRIBUTION),
        }
    )

    def place(context: TraceContext, span_id: str) -> SpanContext:
        flags = TraceFlags(TraceFlags.SAMPLED if context.sampled else TraceFlags.DEFAULT)
        return SpanContext(int(context.trace_id, 16), int(span_id, 16), False, flags)

    def export(span: Span) -> None:
        context, parent_id = span.context, span.parent_id
        status = Status(StatusCode.ERROR, span.error) if span.error else Status()
        processor.on_end(
            ReadableSpan(
                name=span.name,
                context=place(context, context.span_id),
                parent=None if parent_id is None else place(context, parent_id),
                resource=resource,
                attributes=span.attributes,
                kind=kinds[span.kind],
                status=status,
                start_time=span.started_at_nanoseconds,
                end_time=span.ended_at_nanoseconds,
            )
        )

    return export
