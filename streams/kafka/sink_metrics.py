"""The metrics of sinks' readers."""

from streams.metrics.metric_set import Metric, MetricSet


class SinkMetrics(MetricSet):
    """What became of the records that a sink took."""

    DECLARED = (
        Metric("ip_sink_records_total", "counter", ("sink", "ending"),
            "Records that a sink's reader took: written, or refused by the database."),
    )  # fmt: skip

    def sink_records(self, sink: str, endings: dict[str, int]) -> None:
        """Tell what became of records that a sink took."""
        for ending, count in endings.items():
            self._metrics["ip_sink_records_total"].labels(sink, ending).inc(count)
