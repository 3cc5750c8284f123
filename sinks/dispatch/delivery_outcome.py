"""What an answer means for a delivery: received, due again, held or failed."""

from typing import Literal, NamedTuple

from schemas.events.acknowledgements import CommandAcknowledged
from sinks.dispatch.acknowledgement import acknowledgement_id, read_acknowledgement
from sinks.dispatch.delivery import DeferredDelivery, Delivery, Received
from sinks.dispatch.webhook_client import Answer
from sinks.sending.answers import kind_of
from sinks.sending.retrying import RetrySchedule, retry_after_seconds

RETRIES = RetrySchedule((0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400))
"""Standard Webhooks' example (specification 1.0.0)."""

Health = Literal["works", "fails", "gone"]
"""What an answer tells about its endpoint."""


class Outcome(NamedTuple):
    """How a delivery ended, how its endpoint is, and how long it asked to be left alone."""

    ending: Received | DeferredDelivery
    health: Health
    pause_seconds: float = 0.0


def outcome_of(
    delivery: Delivery, answer: Answer, now_milliseconds: int, real_milliseconds: int
) -> Outcome:
    """Judge an answer. `now` is the service's time, `real` the receivers' (for Retry-After)."""
    kind = "unclear" if answer.status is None else kind_of(answer.status)
    if kind == "taken":
        return Outcome(_received(delivery, answer, now_milliseconds), "works")
    if kind == "gone":
        detail = "410: the endpoint told that it is gone"
        held = DeferredDelivery(
            delivery, "held", "endpoint_gone", detail, now_milliseconds, True, answer.status
        )
        return Outcome(held, "gone")
    pause_seconds = 0.0
    if kind == "later":
        pause_seconds = retry_after_seconds(answer.retry_after, real_milliseconds) or 0.0
    ending = _again(delivery, answer, now_milliseconds, pause_seconds)
    # A receiver that refuses one message, or asks for patience, is not one that hangs or breaks.
    refuses = answer.status is not None and 300 <= answer.status < 500
    return Outcome(ending, "works" if refuses else "fails", pause_seconds)


def _received(delivery: Delivery, answer: Answer, now_milliseconds: int) -> Received:
    status = answer.status or 0
    found = read_acknowledgement(answer.body)
    if found is None:
        return Received(delivery, status, now_milliseconds)
    acknowledged = None
    if delivery.case_id and delivery.type.startswith("listing."):
        acknowledged = CommandAcknowledged(
            acknowledgement_id=acknowledgement_id(delivery.command_id, found.result),
            command_id=delivery.command_id,
            case_id=delivery.case_id,
            listing_id=delivery.listing_id,
            marketplace=delivery.marketplace,
            result=found.result,
            detail=found.detail,
            acknowledged_at_milliseconds=now_milliseconds,
        )
    return Received(delivery, status, now_milliseconds, found.result, found.detail, acknowledged)


def _again(
    delivery: Delivery, answer: Answer, now_milliseconds: int, pause_seconds: float
) -> DeferredDelivery:
    failed = delivery.attempts + 1
    detail = answer.error or f"answered {answer.status}"
    wait = RETRIES.delay_seconds(delivery.command_id, failed)
    if wait is None:
        detail = f"{failed} attempts, the last: {detail}"
        return DeferredDelivery(
            delivery, "failed", "attempts_exhausted", detail, now_milliseconds, True, answer.status
        )
    due_at = now_milliseconds + int(max(wait, pause_seconds) * 1000)
    return DeferredDelivery(delivery, "due", "", detail, due_at, True, answer.status)
