"""The metrics of workers."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry

from processors.restraint.share_bounds import ShareBounds
from streams.metrics.metric_set import MarketplaceNames, Metric
from streams.metrics.transaction_metrics import DURATION_BUCKETS, TransactionMetrics

LATENCY_BUCKETS = (
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5, 0.75, 1.0, 2.5, 5.0, 10.0,
    60.0, 600.0, 3600.0, 86400.0,
)  # fmt: skip
HOUR = 3600.0
OPEN_BUCKETS = (
    1.0, 60.0, 600.0, HOUR, 6 * HOUR, 12 * HOUR, 18 * HOUR, 23 * HOUR, 24 * HOUR, 25 * HOUR,
    36 * HOUR, 48 * HOUR, 72 * HOUR, 168 * HOUR,
)  # fmt: skip


class WorkerMetrics(TransactionMetrics):
    """What was taken in, decided and committed. Methods are called once for a batch."""

    DECLARED = (
        *TransactionMetrics.DECLARED,
        Metric("ip_decision_latency_seconds", "histogram", ("outcome", "marketplace"),
            "Time from the triggering record's timestamp to the decision's commit.",
            LATENCY_BUCKETS),
        Metric("ip_case_open_seconds", "histogram", ("outcome", "marketplace"),
            "Time from the start of a case's clock to its closing.", OPEN_BUCKETS),
        Metric("ip_takedowns_proved_total", "counter", ("within_deadline", "marketplace"),
               "Listings shown to be gone after a takedown, by whether that was within the case's "
               "deadline."),
        Metric("ip_cases_closed_total", "counter", ("outcome", "within_deadline", "marketplace"),
            "Cases closed, by outcome, and by whether that was within their own deadline."),
        Metric("ip_records_total", "counter", ("source",),
            "Inputs taken: records by topic, timers and registry changes."),
        Metric("ip_no_action_total", "counter", ("source", "reason"),
            "Inputs that led to no decision, by reason."),
        Metric("ip_dead_letters_total", "counter", ("source", "reason"),
            "Records that could not be processed, by reason."),
        Metric("ip_sla_warnings_total", "counter", ("marketplace",),
            "Cases still open close to their deadline."),
        Metric("ip_sla_breaches_total", "counter", ("marketplace",),
            "Cases still open at their deadline."),
        Metric("ip_standings_changed_total", "counter", ("role", "tier"),
            "Changes of how parties stand, by part and new tier."),
        Metric("ip_second_looks_total", "counter", ("rule", "verdict"),
            "Second looks at what a rule decided, by whether it was upheld or overturned."),
        Metric("ip_overturned_share", "gauge", ("rule", "bound"),
            "Share of a rule's decisions overturned at second looks: estimate, and 95 % bounds."),
        Metric("ip_rule_held", "gauge", ("rule",),
            "1 while what a rule would do goes to people, as too much of it was overturned."),
        Metric("ip_lag_records", "gauge", ("topic", "partition"),
            "Records between the last committed and the end of a partition."),
        Metric("ip_partitions", "gauge", (), "Partitions that this worker holds."),
        Metric("ip_partitions_restoring", "gauge", (), "Partitions held that don't run yet."),
        Metric("ip_restored_rows_total", "counter", (), "Rows read back from the changelog."),
        Metric("ip_restore_seconds", "histogram", (), "Time to restore a partition.",
            DURATION_BUCKETS),
        Metric("ip_circuit_open", "gauge", ("topic", "partition"),
            "1 while a partition is paused: most records are bad, or one can't be read yet."),
        Metric("ip_table_records_total", "counter", (), "Records taken into the global tables."),
        Metric("ip_table_age_seconds", "gauge", (),
            "Age of the newest global table record when it was taken in."),
        Metric("ip_mark_numbers_shared_total", "counter", (),
            "Numbers of marks taken into the tables that several records have."),
        Metric("ip_rules_refused", "gauge", (),
            "1 while all complaints go to review, as the published rules can't be used."),
        Metric("ip_rollout_percent", "gauge", (),
            "Share of listings, in percent, on which a candidate rule set decides here."),
        Metric("ip_rollout_not_followed", "gauge", (),
            "1 while the live rules decide in place of a candidate that can't be used."),
    )  # fmt: skip

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        super().__init__(registry)
        self._marketplace = MarketplaceNames()
        self._open: frozenset[tuple[str, int]] = frozenset()

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

    def proved_gone(self, marketplace: str, within_deadline: bool) -> None:
        """Tell that a listing that was taken down is shown to be gone."""
        place = self._marketplace(marketplace)
        within = "true" if within_deadline else "false"
        self._metrics["ip_takedowns_proved_total"].labels(within, place).inc()

    def records_in(self, source: str, count: int) -> None:
        """Tell inputs taken."""
        self._metrics["ip_records_total"].labels(source).inc(count)

    def no_action(self, source: str, reason: str, count: int) -> None:
        """Tell inputs that led to no decision."""
        self._metrics["ip_no_action_total"].labels(source, reason).inc(count)

    def dead_letters(self, source: str, reason: str, count: int) -> None:
        """Tell records that could not be processed."""
        self._metrics["ip_dead_letters_total"].labels(source, reason).inc(count)

    def standing_changed(self, role: str, tier: str) -> None:
        """Tell that a party stands otherwise."""
        self._metrics["ip_standings_changed_total"].labels(role, tier).inc()

    def second_look(self, rule: str, verdict: str) -> None:
        """Tell what a second look at a rule's decision found."""
        self._metrics["ip_second_looks_total"].labels(rule, verdict).inc()

    def overturned(self, rule: str, bounds: ShareBounds, held: bool) -> None:
        """Tell how much of a rule's decisions was overturned, and whether it is held."""
        for name, value in bounds._asdict().items():
            self._metrics["ip_overturned_share"].labels(rule, name).set(value)
        self._metrics["ip_rule_held"].labels(rule).set(held)

    def sla_warnings(self, marketplace: str, count: int) -> None:
        """Tell warnings."""
        self._metrics["ip_sla_warnings_total"].labels(self._marketplace(marketplace)).inc(count)

    def sla_breaches(self, marketplace: str, count: int) -> None:
        """Tell breaches."""
        self._metrics["ip_sla_breaches_total"].labels(self._marketplace(marketplace)).inc(count)

    def restored(self, rows: int, seconds: float) -> None:
        """Tell that a partition was restored."""
        self._metrics["ip_restored_rows_total"].inc(rows)
        self._metrics["ip_restore_seconds"].observe(seconds)

    def tables_read(self, records: int, age_seconds: float) -> None:
        """Tell records taken into the global tables."""
        self._metrics["ip_table_records_total"].inc(records)
        self._metrics["ip_table_age_seconds"].set(age_seconds)

    def marks_shared(self, count: int) -> None:
        """Tell numbers that several records of marks have."""
        self._metrics["ip_mark_numbers_shared_total"].inc(count)

    def rules_refused(self, refused: bool) -> None:
        """Tell whether the published rules can't be used."""
        self._metrics["ip_rules_refused"].set(refused)

    def rollout(self, share_percent: int, not_followed: bool) -> None:
        """Tell on what share of listings a candidate decides, and whether it can't be used."""
        self._metrics["ip_rollout_percent"].set(share_percent)
        self._metrics["ip_rollout_not_followed"].set(not_followed)

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

    def lag(self, topic: str, partition: int, records: int) -> None:
        """Tell how far a partition is behind."""
        self._metrics["ip_lag_records"].labels(topic, str(partition)).set(records)
