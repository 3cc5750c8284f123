"""The worker's metrics, each declared once; docs/metrics.md is generated from the declarations."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

LATENCY_BUCKETS = (
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5, 0.75, 1.0, 2.5, 5.0, 10.0,
    60.0, 600.0, 3600.0, 86400.0,
)  # fmt: skip
HOUR = 3600.0
OPEN_BUCKETS = (
    1.0, 60.0, 600.0, HOUR, 6 * HOUR, 12 * HOUR, 18 * HOUR, 23 * HOUR, 24 * HOUR, 25 * HOUR,
    36 * HOUR, 48 * HOUR, 72 * HOUR, 168 * HOUR,
)  # fmt: skip
DURATION_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
DELIVERY_BUCKETS = (
    0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 600.0, HOUR, 6 * HOUR, 24 * HOUR, 96 * HOUR,
)  # fmt: skip
SIZE_BUCKETS = (1.0, 10.0, 100.0, 500.0, 1000.0, 2500.0, 5000.0, 10000.0)
MAXIMUM_MARKETPLACES = 200
"""Marketplaces told apart; what comes beyond is counted as 'other', so that series are bounded."""


@dataclass(frozen=True)
class Declared:
    """One metric: name, kind, labels, what it tells, and a histogram's buckets."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    help: str
    buckets: tuple[float, ...] = ()


DECLARED: tuple[Declared, ...] = (
    Declared("ip_decision_latency_seconds", "histogram", ("outcome", "marketplace"),
             "Time from the triggering record's timestamp to the decision's commit.",
             LATENCY_BUCKETS),
    Declared("ip_case_open_seconds", "histogram", ("outcome", "marketplace"),
             "Time from the start of a case's clock to its closing.", OPEN_BUCKETS),
    Declared("ip_cases_closed_total", "counter", ("within_deadline", "marketplace"),
             "Cases closed, by whether that was within 24 hours."),
    Declared("ip_records_total", "counter", ("source",),
             "Inputs taken: records by topic, timers and registry changes."),
    Declared("ip_no_action_total", "counter", ("source", "reason"),
             "Inputs that led to no decision, by reason."),
    Declared("ip_dead_letters_total", "counter", ("source", "reason"),
             "Records that could not be processed, by reason."),
    Declared("ip_commands_total", "counter", ("kind",), "Commands to marketplaces, by kind."),
    Declared("ip_sla_warnings_total", "counter", ("marketplace",),
             "Cases still open close to their deadline."),
    Declared("ip_sla_breaches_total", "counter", ("marketplace",),
             "Cases still open at their deadline."),
    Declared("ip_standings_changed_total", "counter", ("role", "tier"),
             "Changes of how parties stand, by part and new tier."),
    Declared("ip_lag_records", "gauge", ("topic", "partition"),
             "Records between the last committed and the end of a partition."),
    Declared("ip_transactions_total", "counter", ("result",),
             "Transactions by result: committed, aborted or indefinite."),
    Declared("ip_transaction_seconds", "histogram", (),
             "Time from a batch's first step to its local write.", DURATION_BUCKETS),
    Declared("ip_transaction_records", "histogram", (), "Input records in a transaction.",
             SIZE_BUCKETS),
    Declared("ip_partitions", "gauge", (), "Partitions that this worker holds."),
    Declared("ip_partitions_restoring", "gauge", (), "Partitions held that don't run yet."),
    Declared("ip_restored_rows_total", "counter", (), "Rows read back from the changelog."),
    Declared("ip_restore_seconds", "histogram", (), "Time to restore a partition.",
             DURATION_BUCKETS),
    Declared("ip_circuit_open", "gauge", ("topic", "partition"),
             "1 while a partition is paused because most of its records are bad."),
    Declared("ip_table_records_total", "counter", (), "Records taken into the global tables."),
    Declared("ip_table_position_records", "gauge", ("topic",),
             "Offset up to which a global table was read."),
    Declared("ip_table_age_seconds", "gauge", (),
             "Age of the newest global table record when it was taken in."),
    Declared("ip_titles_watched_total", "counter", ("ending",),
             "Listing changes that monitors judged, by what they ended as."),
    Declared("ip_watched_terms", "gauge", (), "Terms of marks that a monitor's index holds."),
    Declared("ip_statements_total", "counter", ("result",),
             "Statements of reasons, by what became of events, and of attempts to send them."),
    Declared("ip_statement_drift", "gauge", ("kind",),
             "Statements that the last audit found at odds with their events, by kind."),
    Declared("ip_lumen_notices_total", "counter", ("result",),
             "Notices to Lumen, by what became of events, and of attempts to send them."),
    Declared("ip_submissions_age_seconds", "gauge", ("destination",),
             "Age of the oldest submission to a public database that is still to be sent."),
    Declared("ip_filing_requests_total", "counter", ("route", "status"),
             "Requests to the filing API, by route and HTTP status."),
    Declared("ip_filing_outbox_records", "gauge", (),
             "Events of filings that wait to be published."),
    Declared("ip_filing_outbox_age_seconds", "gauge", (),
             "Age of the oldest event of a filing that waits to be published."),
    Declared("ip_deliveries_total", "counter", ("result", "marketplace"),
             "Attempts to deliver commands: received, tried (and due again), held or failed."),
    Declared("ip_delivery_seconds", "histogram", ("marketplace",),
             "Time from taking a command in to its receipt by the marketplace.", DELIVERY_BUCKETS),
    Declared("ip_deliveries_held", "gauge", ("reason",),
             "Deliveries that wait for a person: held by a cap, a switch or a lost endpoint, or "
             "failed for good."),
    Declared("ip_deliveries_due", "gauge", (), "Deliveries that are due and not yet received."),
    Declared("ip_review_queue_tasks", "gauge", ("kind", "state"),
             "Review tasks that are open, leased to a reviewer, or such that nobody can take."),
    Declared("ip_review_queue_oldest_seconds", "gauge", ("kind",),
             "Age of the oldest review task that is not decided."),
    Declared("ip_review_rate_per_second", "gauge", (),
             "Review tasks decided a second, over the last 15 minutes."),
    Declared("ip_breach_forecast_cases", "gauge", (),
             "Review tasks that will miss their deadline if reviews go on at the present rate."),
    Declared("ip_breach_forecast_ratio", "gauge", (),
             "Share of the undecided review tasks that will miss their deadline."),
    Declared("ip_desk_outbox_unsent", "gauge", (),
             "Reviews and other events of the desk that are still to be sent to Kafka."),
    Declared("ip_desk_outbox_oldest_seconds", "gauge", (), "Age of the oldest of them."),
    Declared("ip_inquiries", "gauge", ("state",),
             "Questions of parties that are open, and those of them that are overdue."),
    Declared("ip_sink_records_total", "counter", ("sink", "ending"),
             "Records that a sink's reader took: written, or refused by the database."),
    Declared("ip_endpoint_circuit_open", "gauge", ("marketplace",),
             "1 while an endpoint is left alone because its last requests failed."),
)  # fmt: skip


class Metrics:
    """Metrics of one worker, on a registry of their own. Methods are called once for a batch."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._metrics: dict[str, Any] = {each.name: self._make(each) for each in DECLARED}
        self._marketplaces: set[str] = set()
        self._desk: set[tuple[str, tuple[str, ...]]] = set()
        self._open: frozenset[tuple[str, int]] = frozenset()
        self._held_reasons: set[str] = set()

    def serve(self, port: int, address: str = "127.0.0.1") -> None:
        """Serve the metrics over HTTP, in a thread of their own."""
        start_http_server(port, address, self.registry)

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
        self._metrics["ip_cases_closed_total"].labels(within, place).inc()

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

    def filing_outbox(self, records: int, age_seconds: float) -> None:
        """Tell what waits to be published."""
        self._metrics["ip_filing_outbox_records"].set(records)
        self._metrics["ip_filing_outbox_age_seconds"].set(age_seconds)

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

    def _make(self, declared: Declared) -> Any:
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


def render() -> str:
    """Give docs/metrics.md."""
    lines = [
        "# Metrics",
        "",
        "Generated from `streams/metrics.py` by `python -m ops docs write`.",
        "",
        "| metric | kind | labels | what it tells |",
        "|---|---|---|---|",
    ]
    for each in DECLARED:
        labels = ", ".join(f"`{label}`" for label in each.labels) or "none"
        lines.append(f"| `{each.name}` | {each.kind} | {labels} | {each.help} |")
    return "\n".join(lines) + "\n"
