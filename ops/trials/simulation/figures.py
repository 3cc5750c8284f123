"""The day in figures: closed in time, outcomes, ages of reviews, breaches, acknowledgements."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from ops.trials.simulation.log_reader import DayLog
from sinks.sla_report import listings_taken_down

TARGET_CLOSED = 0.96
"""Alibaba told of 96 % of complaints closed within 24 hours (2017)."""

TARGET_UPHELD = 0.83
"""And of 83 % of the listings in those that were taken down."""

MAXIMUM_SHOWN = 15
HOUR_SECONDS, MINUTE_SECONDS = 3_600.0, 60.0


def figures(log: DayLog) -> list[str]:
    """Return the report's lines."""
    cases = len(log.started)
    closed = log.closings.values()
    in_time = sum(event.within_deadline for event in closed)
    outcomes = Counter(event.outcome for event in closed)
    upheld, declined = outcomes["take_down"], outcomes["decline"]
    listings = listings_taken_down(closed)
    told = ", ".join(f"{name} {count:,}" for name, count in outcomes.most_common())
    ages = _review_hours(log)
    return [
        f"closed in time: {in_time:,} of {cases:,} cases, {in_time / max(1, cases):.2%} "
        f"(told of 2017: {TARGET_CLOSED:.0%}); still open {cases - len(log.closings):,}",
        f"proved gone within the deadline: {len(log.proved_in_time):,} of {upheld:,} cases closed "
        f"by a takedown, {len(log.proved_in_time) / max(1, upheld):.2%}",
        f"listings in cases closed in time that were taken down: {listings or 0:.1%} "
        f"(told of 2017: {TARGET_UPHELD:.0%})",
        f"first closings: {told}",
        f"upheld {upheld / max(1, upheld + declined):.1%}, declined "
        f"{declined / max(1, upheld + declined):.1%} (from the mix, so no evidence)",
        "reasons of first closings: " + _most(event.reason_codes for event in closed),
        f"warnings {log.warnings:,}; breaches {len(log.breached):,} cases",
        f"reviews: asked {len(log.asked):,}, decided {len(log.reviewed):,}; "
        f"age when decided, hours: {_spread(ages)}",
        "acknowledged after, minutes: "
        + _spread([s / MINUTE_SECONDS for s in log.confirmed["acknowledged"]]),
        "proved by the listing after, minutes: "
        + _spread([s / MINUTE_SECONDS for s in log.confirmed["proved"]]),
        "reminders for want of "
        + ", ".join(
            f"{missing} {log.overdue[missing]:,}" for missing in ("acknowledgement", "proof")
        ),
    ]


def _review_hours(log: DayLog) -> list[float]:
    """Return how long decided reviews had been asked for, in simulated hours."""
    hours = []
    for asked in log.asked.values():
        review = log.reviewed.get((asked.case_id, asked.decision_number, asked.subject_id))
        if review is not None:
            waited = review.decided_at_milliseconds - asked.issued_at_milliseconds
            hours.append(waited / 1000 / HOUR_SECONDS)
    return hours


def _most(reasons: Iterable[tuple[str, ...]]) -> str:
    counts = Counter(code for codes in reasons for code in codes)
    return ", ".join(f"{code} {count:,}" for code, count in counts.most_common(MAXIMUM_SHOWN))


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "none"
    middle, high = np.percentile(values, (50, 95))
    return f"p50 {middle:.2f}, p95 {high:.2f}, longest {max(values):.2f}"
