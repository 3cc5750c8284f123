"""The metrics of the filing API."""

from streams.metrics.metric_set import Metric, MetricSet


class FilingMetrics(MetricSet):
    """What the API was asked and answered."""

    DECLARED = (
        Metric("ip_filing_requests_total", "counter", ("route", "status"),
            "Requests to the filing API, by route and HTTP status."),
    )  # fmt: skip

    def filing_request(self, route: str, status: int) -> None:
        """Tell an answer of the filing API; the route is its template."""
        self._metrics["ip_filing_requests_total"].labels(route, str(status)).inc()
