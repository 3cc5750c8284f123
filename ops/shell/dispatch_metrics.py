"""The metrics of dispatch."""

from prometheus_client import CollectorRegistry

from streams.metrics.metric_set import MarketplaceNames, Metric, MetricSet

HOUR = 3600.0
DELIVERY_BUCKETS = (
    0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 600.0, HOUR, 6 * HOUR, 24 * HOUR, 96 * HOUR,
)  # fmt: skip


class DispatchMetrics(MetricSet):
    """What senders tell (sinks/dispatch/observer.py)."""

    DECLARED = (
        Metric("ip_deliveries_total", "counter", ("result", "marketplace"),
            "Attempts to deliver commands: received, tried (and due again), held or failed."),
        Metric("ip_delivery_seconds", "histogram", ("marketplace",),
            "Time from taking a command in to its receipt by the marketplace.", DELIVERY_BUCKETS),
        Metric("ip_deliveries_held", "gauge", ("reason",),
            "Deliveries that wait for a person: held by a cap, a switch or a lost endpoint, or "
            "failed for good."),
        Metric("ip_deliveries_due", "gauge", (), "Deliveries that are due and not yet received."),
        Metric("ip_endpoint_circuit_open", "gauge", ("marketplace",),
            "1 while an endpoint is left alone because its last requests failed."),
    )  # fmt: skip

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        super().__init__(registry)
        self._marketplace = MarketplaceNames()
        self._held_reasons: set[str] = set()

    def delivery(self, marketplace: str, result: str, seconds: float | None) -> None:
        """Tell how an attempt to deliver ended, and for one received how long it took."""
        place = self._marketplace(marketplace)
        self._metrics["ip_deliveries_total"].labels(result, place).inc()
        if seconds is not None:
            self._metrics["ip_delivery_seconds"].labels(place).observe(seconds)

    def deliveries_waiting(self, due: int, held: dict[str, int]) -> None:
        """Tell how many deliveries are due, and how many wait for a person, by reason."""
        self._metrics["ip_deliveries_due"].set(due)
        gauge = self._metrics["ip_deliveries_held"]
        for reason in self._held_reasons - held.keys():
            gauge.labels(reason).set(0)
        for reason, count in held.items():
            gauge.labels(reason).set(count)
        self._held_reasons |= held.keys()

    def endpoint_circuits(self, circuits: dict[str, bool]) -> None:
        """Tell for each endpoint whether its circuit is open."""
        for marketplace, is_open in circuits.items():
            place = self._marketplace(marketplace)
            self._metrics["ip_endpoint_circuit_open"].labels(place).set(is_open)
