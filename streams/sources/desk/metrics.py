"""The metrics of the review desk."""

from typing import Any

from prometheus_client import CollectorRegistry

from streams.metrics.metric_set import Metric, MetricSet


class DeskMetrics(MetricSet):
    """How the queue stands."""

    DECLARED = (
        Metric("ip_review_queue_tasks", "gauge", ("kind", "state"),
            "Review tasks that are open, leased to a reviewer, or such that nobody can take."),
        Metric("ip_review_queue_oldest_seconds", "gauge", ("kind",),
            "Age of the oldest review task that is not decided."),
        Metric("ip_review_rate_per_second", "gauge", (),
            "Review tasks decided a second, over the last 15 minutes."),
        Metric("ip_breach_forecast_cases", "gauge", (),
            "Review tasks that will miss their deadline if reviews go on at the present rate."),
        Metric("ip_breach_forecast_ratio", "gauge", (),
            "Share of the undecided review tasks that will miss their deadline."),
        Metric("ip_inquiries", "gauge", ("state",),
            "Questions of parties that are open, and those of them that are overdue."),
    )  # fmt: skip

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        super().__init__(registry)
        self._told: set[tuple[str, tuple[str, ...]]] = set()

    def review_queue(self, values: dict[tuple[str, tuple[str, ...]], float]) -> None:
        """Tell the state of the review desk: values of gauges by name and labels.

        What was told before and is not given now is 0.
        """
        for name, labels in self._told - values.keys():
            self._gauge(name, labels).set(0)
        for (name, labels), value in values.items():
            self._gauge(name, labels).set(value)
        self._told |= values.keys()

    def _gauge(self, name: str, labels: tuple[str, ...]) -> Any:
        return self._metrics[name].labels(*labels) if labels else self._metrics[name]
