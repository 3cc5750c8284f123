"""The clock of a case: when it is to be closed, and when someone is to be warned."""

from typing import NamedTuple

from schemas.cases import Timer

HOUR_MILLISECONDS = 3_600_000


class ServiceLevel(NamedTuple):
    """Times allowed for a case, in milliseconds from its receipt.

    The deadline of 24 hours is the seed's: 'handled and closed within 24 hours' (Alibaba, 2017).
    """

    deadline_milliseconds: int = 24 * HOUR_MILLISECONDS
    warning_milliseconds: int = 18 * HOUR_MILLISECONDS
    listing_wait_milliseconds: int = 1 * HOUR_MILLISECONDS


def clock_timers(service_level: ServiceLevel, started_at_milliseconds: int) -> tuple[Timer, ...]:
    """Give the timers of a clock that starts then: warning, then breach."""
    return (
        Timer("sla_warning", started_at_milliseconds + service_level.warning_milliseconds),
        Timer("sla_breach", started_at_milliseconds + service_level.deadline_milliseconds),
    )


def listing_wait_timer(service_level: ServiceLevel, started_at_milliseconds: int) -> Timer:
    """Give the timer of a complaint that waits for its listing."""
    return Timer("listing_wait", started_at_milliseconds + service_level.listing_wait_milliseconds)
