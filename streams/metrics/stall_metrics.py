"""The metrics of whatever holds partitions: which of them stand still."""

from typing import ClassVar

from prometheus_client import CollectorRegistry

from streams.metrics.metric_set import Metric, MetricSet


class StallMetrics(MetricSet):
    """The topic partitions of which input waits, while a process that holds them does nothing."""

    DECLARED: ClassVar[tuple[Metric, ...]] = (
        Metric("ip_partition_stalled", "gauge", ("topic", "partition"),
            "1 while input of a partition waits and nothing is committed."),
        Metric("ip_stalls_total", "counter", (), "Partitions found to stand still."),
    )  # fmt: skip

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        super().__init__(registry)
        self._stalled: frozenset[tuple[str, int]] = frozenset()

    @property
    def any_stalled(self) -> bool:
        """Whether any stood still when it was last looked."""
        return bool(self._stalled)

    def stalled(self, sources: frozenset[tuple[str, int]]) -> None:
        """Tell which topic partitions stand still."""
        gauge = self._metrics["ip_partition_stalled"]
        for topic, partition in self._stalled - sources:
            gauge.labels(topic, str(partition)).set(0)
        for topic, partition in sources:
            gauge.labels(topic, str(partition)).set(1)
        self._metrics["ip_stalls_total"].inc(len(sources - self._stalled))
        self._stalled = sources
