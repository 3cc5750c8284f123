"""The metrics of workers and services, each declared once; docs/metrics.md is made from this."""

from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True)
class Metric:
    """One metric: name, kind, labels, what it tells, and a histogram's buckets."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    help: str
    buckets: tuple[float, ...] = ()


DECLARED: tuple[Metric, ...] = (
    Metric("ip_decision_latency_seconds", "histogram", ("outcome", "marketplace"),
             "Time from the triggering record's timestamp to the decision's commit.",
             LATENCY_BUCKETS),
    Metric("ip_case_open_seconds", "histogram", ("outcome", "marketplace"),
             "Time from the start of a case's clock to its closing.", OPEN_BUCKETS),
    Metric("ip_cases_closed_total", "counter", ("outcome", "within_deadline", "marketplace"),
             "Cases closed, by outcome, and by whether that was within their own deadline."),
    Metric("ip_records_total", "counter", ("source",),
             "Inputs taken: records by topic, timers and registry changes."),
    Metric("ip_no_action_total", "counter", ("source", "reason"),
             "Inputs that led to no decision, by reason."),
    Metric("ip_dead_letters_total", "counter", ("source", "reason"),
             "Records that could not be processed, by reason."),
    Metric("ip_commands_total", "counter", ("kind",), "Commands to marketplaces, by kind."),
    Metric("ip_sla_warnings_total", "counter", ("marketplace",),
             "Cases still open close to their deadline."),
    Metric("ip_sla_breaches_total", "counter", ("marketplace",),
             "Cases still open at their deadline."),
    Metric("ip_standings_changed_total", "counter", ("role", "tier"),
             "Changes of how parties stand, by part and new tier."),
    Metric("ip_lag_records", "gauge", ("topic", "partition"),
             "Records between the last committed and the end of a partition."),
    Metric("ip_transactions_total", "counter", ("result",),
             "Transactions by result: committed, aborted or indefinite."),
    Metric("ip_transaction_seconds", "histogram", (),
             "Time from a batch's first step to its local write.", DURATION_BUCKETS),
    Metric("ip_transaction_records", "histogram", (), "Input records in a transaction.",
             SIZE_BUCKETS),
    Metric("ip_partitions", "gauge", (), "Partitions that this worker holds."),
    Metric("ip_partitions_restoring", "gauge", (), "Partitions held that don't run yet."),
    Metric("ip_restored_rows_total", "counter", (), "Rows read back from the changelog."),
    Metric("ip_restore_seconds", "histogram", (), "Time to restore a partition.",
             DURATION_BUCKETS),
    Metric("ip_circuit_open", "gauge", ("topic", "partition"),
             "1 while a partition is paused because most of its records are bad."),
    Metric("ip_table_records_total", "counter", (), "Records taken into the global tables."),
    Metric("ip_table_position_records", "gauge", ("topic",),
             "Offset up to which a global table was read."),
    Metric("ip_table_age_seconds", "gauge", (),
             "Age of the newest global table record when it was taken in."),
    Metric("ip_titles_watched_total", "counter", ("ending",),
             "Listing changes that monitors judged, by what they ended as."),
    Metric("ip_watched_terms", "gauge", (), "Terms of marks that a monitor's index holds."),
    Metric("ip_statements_total", "counter", ("result",),
             "Statements of reasons, by what became of events, and of attempts to send them."),
    Metric("ip_statement_drift", "gauge", ("kind",),
             "Statements that the last audit found at odds with their events, by kind."),
    Metric("ip_lumen_notices_total", "counter", ("result",),
             "Notices to Lumen, by what became of events, and of attempts to send them."),
    Metric("ip_submissions_age_seconds", "gauge", ("destination",),
             "Age of the oldest submission to a public database that is still to be sent."),
    Metric("ip_filing_requests_total", "counter", ("route", "status"),
             "Requests to the filing API, by route and HTTP status."),
    Metric("ip_outbox_records", "gauge", ("source",),
             "Events in the outbox that wait to be published, by who wrote them."),
    Metric("ip_outbox_age_seconds", "gauge", ("source",), "Age of the oldest of them."),
    Metric("ip_outbox_refused_records", "gauge", ("source",),
             "Events in the outbox that were set aside because they can't be sent."),
    Metric("ip_deliveries_total", "counter", ("result", "marketplace"),
             "Attempts to deliver commands: received, tried (and due again), held or failed."),
    Metric("ip_delivery_seconds", "histogram", ("marketplace",),
             "Time from taking a command in to its receipt by the marketplace.", DELIVERY_BUCKETS),
    Metric("ip_deliveries_held", "gauge", ("reason",),
             "Deliveries that wait for a person: held by a cap, a switch or a lost endpoint, or "
             "failed for good."),
    Metric("ip_deliveries_due", "gauge", (), "Deliveries that are due and not yet received."),
    Metric("ip_review_queue_tasks", "gauge", ("kind", "state"),
             "Review tasks that are open, leased to a reviewer, or such that nobody can take."),
    Metric("ip_review_queue_oldest_seconds", "gauge", ("kind",),
             "Age of the oldest review task that is not decided."),
    Metric("ip_review_rate_per_second", "gauge", (),
             "Review tasks decided a second, over the last 15 minutes."),
    Metric("ip_breach_forecast_cases", "gauge", (),
             "Review tasks that will miss their deadline if reviews go on at the present rate."),
    Metric("ip_breach_forecast_ratio", "gauge", (),
             "Share of the undecided review tasks that will miss their deadline."),
    Metric("ip_inquiries", "gauge", ("state",),
             "Questions of parties that are open, and those of them that are overdue."),
    Metric("ip_sink_records_total", "counter", ("sink", "ending"),
             "Records that a sink's reader took: written, or refused by the database."),
    Metric("ip_endpoint_circuit_open", "gauge", ("marketplace",),
             "1 while an endpoint is left alone because its last requests failed."),
)  # fmt: skip


def render() -> str:
    """Return docs/metrics.md."""
    lines = [
        "# Metrics",
        "",
        "Generated from `streams/metrics/declared.py` by `python -m ops docs write`.",
        "",
        "| metric | kind | labels | what it tells |",
        "|---|---|---|---|",
    ]
    for each in DECLARED:
        labels = ", ".join(f"`{label}`" for label in each.labels) or "none"
        lines.append(f"| `{each.name}` | {each.kind} | {labels} | {each.help} |")
    return "\n".join(lines) + "\n"
