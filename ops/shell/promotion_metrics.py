"""The metrics of the watch over a candidate."""

from streams.metrics.metric_set import Metric, MetricSet


class WatchMetrics(MetricSet):
    """When a watch looked, and when it took a candidate back."""

    DECLARED = (
        Metric("ip_promotion_looked_timestamp_seconds", "gauge", (),
            "When the watch last looked at a candidate that decides, since 1970; 0 for never."),
        Metric("ip_promotion_returned_timestamp_seconds", "gauge", (),
            "When the watch last took a candidate back, since 1970; 0 for never."),
    )  # fmt: skip

    def looked(self, milliseconds: int) -> None:
        """Tell that a look ended."""
        self._metrics["ip_promotion_looked_timestamp_seconds"].set(milliseconds / 1000)

    def returned(self, milliseconds: int) -> None:
        """Tell that a candidate was taken back."""
        self._metrics["ip_promotion_returned_timestamp_seconds"].set(milliseconds / 1000)
