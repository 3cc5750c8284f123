"""The metrics of errors after which a process goes on."""

from streams.metrics.metric_set import CollectedCounts, Metric, MetricSet


class ErrorMetrics(CollectedCounts, MetricSet):
    """Tells what the process counted (schemas/handled_errors.py)."""

    DECLARED = (
        Metric("ip_handled_errors_total", "counter", ("place", "reason"),
            "Errors after which the process went on, by where and why."),
    )  # fmt: skip
