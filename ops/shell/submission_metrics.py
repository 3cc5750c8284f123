"""The metrics of what is submitted to public databases."""

from streams.metrics.metric_set import Metric, MetricSet


class SubmissionMetrics(MetricSet):
    """What became of events as submissions, and of attempts to send them."""

    DECLARED = (
        Metric("ip_statements_total", "counter", ("result",),
            "Statements of reasons, by what became of events, and of attempts to send them."),
        Metric("ip_statement_drift", "gauge", ("kind",),
            "Statements that the last audit found at odds with their events, by kind."),
        Metric("ip_lumen_notices_total", "counter", ("result",),
            "Notices to Lumen, by what became of events, and of attempts to send them."),
        Metric("ip_party_messages_total", "counter", ("result",),
            "Messages to parties, by what became of notices, and of attempts to send them."),
        Metric("ip_submissions_age_seconds", "gauge", ("destination",),
            "Age of the oldest submission to a public database, or message to a party, that is "
            "still to be sent."),
    )  # fmt: skip

    def statements(self, endings: dict[str, int]) -> None:
        """Tell what became of events as statements of reasons, or of attempts to send them."""
        for result, count in endings.items():
            self._metrics["ip_statements_total"].labels(result).inc(count)

    def statement_drift(self, counts: dict[str, int]) -> None:
        """Tell what an audit of statements found, by kind; a kind not found is to be given as 0."""
        for kind, count in counts.items():
            self._metrics["ip_statement_drift"].labels(kind).set(count)

    def lumen_notices(self, endings: dict[str, int]) -> None:
        """Tell what became of events as notices to Lumen, or of attempts to send them."""
        for result, count in endings.items():
            self._metrics["ip_lumen_notices_total"].labels(result).inc(count)

    def party_messages(self, endings: dict[str, int]) -> None:
        """Tell what became of notices as messages to parties, or of attempts to send them."""
        for result, count in endings.items():
            self._metrics["ip_party_messages_total"].labels(result).inc(count)

    def submissions(self, destination: str, oldest_seconds: float) -> None:
        """Tell how old the oldest submission is that is still to be sent."""
        self._metrics["ip_submissions_age_seconds"].labels(destination).set(oldest_seconds)
