"""The counts and times that a worker or service tells Prometheus."""

from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from streams.metrics.declared import DECLARED, Metric

MAXIMUM_MARKETPLACES = 200
"""Marketplaces told apart; what comes beyond is counted as 'other', so that series are bounded."""


class Metrics:
    """Metrics of one worker, on a registry of their own. Methods are called once for a batch."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._metrics: dict[str, Any] = {each.name: self._make(each) for each in DECLARED}
        self._marketplaces: set[str] = set()
        self._desk: set[tuple[str, tuple[str, ...]]] = set()
        self._open: frozenset[tuple[str, int]] = frozenset()
        self._held_reasons: set[str] = set()

    def decided(self, outcome: str, marketplace: str, latencies_seconds: Iterable[float]) -> None:
        """Tell decisions and their latencies."""
        series = self._metrics["ip_decision_latency_seconds"].labels(
            outcome, self._marketplace(marketplace)
        )
        for seconds in latencies_seconds:
            series.observe(seconds)

    def closed(
        self, outcome: str, marketplace: str, open_seconds: float, within_deadline: bool
    ) -> None:
        """Tell that a case was closed."""
        place = self._marketplace(marketplace)
        self._metrics["ip_case_open_seconds"].labels(outcome, place).observe(open_seconds)
        within = "true" if within_deadline else "false"
        self._metrics["ip_cases_closed_total"].labels(outcome, within, place).inc()

    def records_in(self, source: str, count: int) -> None:
        """Tell inputs taken."""
        self._metrics["ip_records_total"].labels(source).inc(count)

    def no_action(self, source: str, reason: str, count: int) -> None:
        """Tell inputs that led to no decision."""
        self._metrics["ip_no_action_total"].labels(source, reason).inc(count)

    def dead_letters(self, source: str, reason: str, count: int) -> None:
        """Tell records that could not be processed."""
        self._metrics["ip_dead_letters_total"].labels(source, reason).inc(count)

    def commands(self, kind: str, count: int) -> None:
        """Tell commands given."""
        self._metrics["ip_commands_total"].labels(kind).inc(count)

    def standing_changed(self, role: str, tier: str) -> None:
        """Tell that a party stands otherwise."""
        self._metrics["ip_standings_changed_total"].labels(role, tier).inc()

    def sla_warnings(self, marketplace: str, count: int) -> None:
        """Tell warnings."""
        self._metrics["ip_sla_warnings_total"].labels(self._marketplace(marketplace)).inc(count)

    def sla_breaches(self, marketplace: str, count: int) -> None:
        """Tell breaches."""
        self._metrics["ip_sla_breaches_total"].labels(self._marketplace(marketplace)).inc(count)

    def transaction(self, result: str, records: int, seconds: float) -> None:
        """Tell how a transaction ended."""
        self._metrics["ip_transactions_total"].labels(result).inc()
        if result == "committed":
            self._metrics["ip_transaction_seconds"].observe(seconds)
            self._metrics["ip_transaction_records"].observe(records)

    def restored(self, rows: int, seconds: float) -> None:
        """Tell that a partition was restored."""
        self._metrics["ip_restored_rows_total"].inc(rows)
        self._metrics["ip_restore_seconds"].observe(seconds)

    def tables_read(self, records: int, age_seconds: float) -> None:
        """Tell records taken into the global tables."""
        self._metrics["ip_table_records_total"].inc(records)
        self._metrics["ip_table_age_seconds"].set(age_seconds)

    def table_positions(self, positions: dict[str, int]) -> None:
        """Tell how far each global table was read."""
        for topic, offset in positions.items():
            self._metrics["ip_table_position_records"].labels(topic).set(offset)

    def partitions(self, held: int, restoring: int) -> None:
        """Tell how many partitions are held, and how many of them don't run yet."""
        self._metrics["ip_partitions"].set(held)
        self._metrics["ip_partitions_restoring"].set(restoring)

    def circuits(self, open_sources: frozenset[tuple[str, int]]) -> None:
        """Tell which circuits are open."""
        gauge = self._metrics["ip_circuit_open"]
        for topic, partition in self._open - open_sources:
            gauge.labels(topic, str(partition)).set(0)
        for topic, partition in open_sources:
            gauge.labels(topic, str(partition)).set(1)
        self._open = open_sources

    def watched(self, endings: dict[str, int], terms: int) -> None:
        """Tell what watched titles ended as, and how many terms they were searched for."""
        for ending, count in endings.items():
            self._metrics["ip_titles_watched_total"].labels(ending).inc(count)
        self._metrics["ip_watched_terms"].set(terms)

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

    def submissions(self, destination: str, oldest_seconds: float) -> None:
        """Tell how old the oldest submission is that is still to be sent."""
        self._metrics["ip_submissions_age_seconds"].labels(destination).set(oldest_seconds)

    def filing_request(self, route: str, status: int) -> None:
        """Tell an answer of the filing API; the route is its template."""
        self._metrics["ip_filing_requests_total"].labels(route, str(status)).inc()

    def outbox(self, source: str, records: int, age_seconds: float, refused: int) -> None:
        """Tell what of a source waits to be published, and what was set aside."""
        self._metrics["ip_outbox_records"].labels(source).set(records)
        self._metrics["ip_outbox_age_seconds"].labels(source).set(age_seconds)
        self._metrics["ip_outbox_refused_records"].labels(source).set(refused)

    def review_queue(self, values: dict[tuple[str, tuple[str, ...]], float]) -> None:
        """Tell the state of the review desk: values of gauges by name and labels.

        What was told before and is not given now is 0.
        """
        for name, labels in self._desk - values.keys():
            self._gauge(name, labels).set(0)
        for (name, labels), value in values.items():
            self._gauge(name, labels).set(value)
        self._desk |= values.keys()

    def sink_records(self, sink: str, endings: dict[str, int]) -> None:
        """Tell what became of records that a sink took."""
        for ending, count in endings.items():
            self._metrics["ip_sink_records_total"].labels(sink, ending).inc(count)

    def lag(self, topic: str, partition: int, records: int) -> None:
        """Tell how far a partition is behind."""
        self._metrics["ip_lag_records"].labels(topic, str(partition)).set(records)

    def _gauge(self, name: str, labels: tuple[str, ...]) -> Any:
        return self._metrics[name].labels(*labels) if labels else self._metrics[name]

    def _marketplace(self, name: str) -> str:
        if name not in self._marketplaces:
            if len(self._marketplaces) >= MAXIMUM_MARKETPLACES:
                return "other"
            self._marketplaces.add(name)
        return name

    def _make(self, declared: Metric) -> Any:
        if declared.kind == "histogram":
            return Histogram(
                declared.name,
                declared.help,
                declared.labels,
                registry=self.registry,
                buckets=declared.buckets,
            )
        kind = Counter if declared.kind == "counter" else Gauge
        return kind(declared.name, declared.help, declared.labels, registry=self.registry)
