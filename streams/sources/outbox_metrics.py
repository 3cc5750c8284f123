"""The metrics of the outbox."""

from streams.metrics.metric_set import Metric, MetricSet


class OutboxMetrics(MetricSet):
    """What waits in the outbox, told by each that reads it."""

    DECLARED = (
        Metric("ip_outbox_records", "gauge", ("source",),
            "Events in the outbox that wait to be published, by who wrote them."),
        Metric("ip_outbox_age_seconds", "gauge", ("source",), "Age of the oldest of them."),
        Metric("ip_outbox_refused_records", "gauge", ("source",),
            "Events in the outbox that were set aside because they can't be sent."),
    )  # fmt: skip

    def outbox(self, source: str, records: int, age_seconds: float, refused: int) -> None:
        """Tell what of a source waits to be published, and what was set aside."""
        self._metrics["ip_outbox_records"].labels(source).set(records)
        self._metrics["ip_outbox_age_seconds"].labels(source).set(age_seconds)
        self._metrics["ip_outbox_refused_records"].labels(source).set(refused)
