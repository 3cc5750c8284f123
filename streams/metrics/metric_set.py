"""What metrics are declared and made with; each owner declares its own beside itself."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

MAXIMUM_MARKETPLACES = 200
"""Marketplaces told apart; what comes beyond is counted as 'other', so that series are bounded."""


@dataclass(frozen=True)
class Metric:
    """One metric: name, kind, labels, what it tells, and a histogram's buckets."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    help: str
    buckets: tuple[float, ...] = ()


class MetricSet:
    """The metrics of one owner, made on the registry of its process, or on a new one."""

    DECLARED: ClassVar[tuple[Metric, ...]] = ()

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._metrics: dict[str, Any] = {
            each.name: _made(each, self.registry) for each in self.DECLARED
        }


class CollectedCounts(Collector):
    """Has a metric set of one counter tell what somebody else counts, by its labels' values."""

    DECLARED: ClassVar[tuple[Metric, ...]]

    def __init__(
        self,
        registry: CollectorRegistry | None = None,
        counts: Callable[[], Mapping[tuple[str, ...], int]] = dict,
    ) -> None:
        self.registry = registry or CollectorRegistry()
        self._counts = counts
        self.registry.register(self)

    def collect(self) -> Iterable[CounterMetricFamily]:
        """Return the counts as they stand."""
        [counted] = self.DECLARED
        family = CounterMetricFamily(counted.name, counted.help, labels=counted.labels)
        for labels, count in self._counts().items():
            family.add_metric(labels, count)
        yield family


class MarketplaceNames:
    """Names of marketplaces as labels, so many of them."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def __call__(self, name: str) -> str:
        """Return a name as it is told."""
        if name not in self._known:
            if len(self._known) >= MAXIMUM_MARKETPLACES:
                return "other"
            self._known.add(name)
        return name


def _made(declared: Metric, registry: CollectorRegistry) -> Any:
    named = (declared.name, declared.help, declared.labels)
    if declared.kind == "histogram":
        return Histogram(*named, registry=registry, buckets=declared.buckets)
    kind = Counter if declared.kind == "counter" else Gauge
    return kind(*named, registry=registry)
