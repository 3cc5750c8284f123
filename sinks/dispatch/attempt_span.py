"""The span of an attempt to deliver a command."""

import time

from schemas.traces import Span, TraceContext, parse_traceparent
from sinks.dispatch.delivery import Delivery
from sinks.dispatch.webhook_client import Answer


def attempt_span(
    delivery: Delivery, context: TraceContext, answer: Answer, started_at_nanoseconds: int
) -> Span:
    """Return the span of an attempt that ended now."""
    parent = parse_traceparent(delivery.traceparent)
    attributes: dict[str, str | int | tuple[str, ...]] = {
        "http.request.method": "POST",
        "http.request.resend_count": delivery.attempts,
        "ip_takedowns.marketplace": delivery.marketplace,
        "ip_takedowns.command_type": delivery.type,
        "ip_takedowns.command_id": delivery.command_id,
        "ip_takedowns.case_id": delivery.case_id,
    }
    error = ""
    if answer.status is None:
        error = "no answer"
    else:
        attributes["http.response.status_code"] = answer.status
        if answer.status >= 300:
            error = f"answered {answer.status}"
    return Span(
        f"deliver {delivery.type}",
        "client",
        context,
        None if parent is None else parent.span_id,
        started_at_nanoseconds,
        time.time_ns(),
        attributes,
        error,
    )
