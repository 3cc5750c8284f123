"""The metrics of errors after which a process goes on."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from schemas.handled_errors import HANDLED, HandledErrors
from streams.metrics.metric_set import Metric, MetricSet

_COUNTED = Metric(
    "ip_handled_errors_total", "counter", ("place", "reason"),
    "Errors after which the process went on, by where and why.",
)  # fmt: skip


class ErrorMetrics(MetricSet, Collector):
    """Tells what the process counted (schemas/handled_errors.py)."""

    DECLARED = (_COUNTED,)

    def __init__(
        self, registry: CollectorRegistry | None = None, handled: HandledErrors = HANDLED
    ) -> None:
        self.registry = registry or CollectorRegistry()
        self._handled = handled
        self.registry.register(self)

    def collect(self) -> Iterable[CounterMetricFamily]:
        """Return the counts as they stand."""
        family = CounterMetricFamily(_COUNTED.name, _COUNTED.help, labels=_COUNTED.labels)
        for labels, count in self._handled.counts().items():
            family.add_metric(labels, count)
        yield family
