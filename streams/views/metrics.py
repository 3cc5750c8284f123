"""The metrics of the live views."""

from streams.metrics.metric_set import CollectedCounts, Metric, MetricSet


class ViewMetrics(CollectedCounts, MetricSet):
    """What became of the events that an instance read."""

    DECLARED = (
        Metric("ip_view_events_total", "counter", ("ending",),
            "Events that an instance of the views read, by how they ended."),
    )  # fmt: skip
