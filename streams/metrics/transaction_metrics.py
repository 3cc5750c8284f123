"""The metrics of whatever commits transactions on Kafka: workers and monitors."""

from typing import ClassVar

from streams.metrics.metric_set import Metric
from streams.metrics.stall_metrics import StallMetrics

DURATION_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SIZE_BUCKETS = (1.0, 10.0, 100.0, 500.0, 1000.0, 2500.0, 5000.0, 10000.0)


class TransactionMetrics(StallMetrics):
    """How transactions ended, the commands in them, and how far tables are.

    Methods are called once for a batch.
    """

    DECLARED: ClassVar[tuple[Metric, ...]] = (
        *StallMetrics.DECLARED,
        Metric("ip_commands_total", "counter", ("kind",), "Commands to marketplaces, by kind."),
        Metric("ip_transactions_total", "counter", ("result",),
            "Transactions by result: committed, aborted or indefinite."),
        Metric("ip_transaction_seconds", "histogram", (),
            "Time from a batch's first step to its local write.", DURATION_BUCKETS),
        Metric("ip_transaction_records", "histogram", (), "Input records in a transaction.",
            SIZE_BUCKETS),
        Metric("ip_table_position_records", "gauge", ("topic",),
            "Offset up to which a global table was read."),
    )  # fmt: skip

    def commands(self, kind: str, count: int) -> None:
        """Tell commands given."""
        self._metrics["ip_commands_total"].labels(kind).inc(count)

    def transaction(self, result: str, records: int, seconds: float) -> None:
        """Tell how a transaction ended."""
        self._metrics["ip_transactions_total"].labels(result).inc()
        if result == "committed":
            self._metrics["ip_transaction_seconds"].observe(seconds)
            self._metrics["ip_transaction_records"].observe(records)

    def table_positions(self, positions: dict[str, int]) -> None:
        """Tell how far each global table was read."""
        for topic, offset in positions.items():
            self._metrics["ip_table_position_records"].labels(topic).set(offset)
