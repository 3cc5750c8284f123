"""The metrics of monitors."""

from streams.metrics.metric_set import Metric
from streams.metrics.transaction_metrics import TransactionMetrics


class MonitorMetrics(TransactionMetrics):
    """What became of watched titles."""

    DECLARED = (
        *TransactionMetrics.DECLARED,
        Metric("ip_titles_watched_total", "counter", ("ending",),
            "Listing changes that monitors judged, by what they ended as."),
        Metric("ip_watched_terms", "gauge", (), "Terms of marks that a monitor's index holds."),
    )  # fmt: skip

    def watched(self, endings: dict[str, int], terms: int) -> None:
        """Tell what watched titles ended as, and how many terms they were searched for."""
        for ending, count in endings.items():
            self._metrics["ip_titles_watched_total"].labels(ending).inc(count)
        self._metrics["ip_watched_terms"].set(terms)
