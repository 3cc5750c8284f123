"""What the dashboard shows: rows of panels, and queries on what streams/metrics.py declares."""

from typing import Literal, NamedTuple

Kind = Literal["stat", "timeseries"]
Unit = Literal["percentunit", "s", "short", "ops", "reqps", "cps"]

MARKETPLACE = 'marketplace=~"$marketplace"'
DAY = "86400.0"
"""24 hours as the label of a histogram's bucket."""


class Query(NamedTuple):
    """A PromQL expression and what its series are called."""

    expression: str
    legend: str = ""


class Panel(NamedTuple):
    """One panel; width and height in Grafana's grid of 24 columns.

    `goal` is a value drawn as a line; `goal_is` says on which side of it is well.
    """

    title: str
    description: str
    unit: Unit
    queries: tuple[Query, ...]
    kind: Kind = "timeseries"
    width: int = 8
    height: int = 8
    goal: float | None = None
    goal_is: Literal["least", "most"] = "least"
    stacked: bool = False


class Row(NamedTuple):
    """A titled row of panels."""

    title: str
    panels: tuple[Panel, ...]


def rate(metric: str, labels: str = "", by: str = "") -> str:
    """Give a counter's rate, summed, by some labels."""
    inner = f"rate({metric}{{{labels}}}[$__rate_interval])" if labels else _rate(metric)
    return f"sum by ({by}) ({inner})" if by else f"sum({inner})"


def quantiles(metric: str, labels: str = "", *percentiles: int) -> tuple[Query, ...]:
    """Give percentiles of a histogram."""
    bucket = rate(f"{metric}_bucket", labels, "le")
    return tuple(
        Query(f"histogram_quantile({percentile / 100:g}, {bucket})", f"p{percentile}")
        for percentile in percentiles
    )


def attainment(window: str, by: str = "") -> str:
    """Give the share of cases closed by their deadline; a breach counts when it happens."""
    within = _increase(f'ip_cases_closed_total{{within_deadline="true",{MARKETPLACE}}}', window, by)
    breached = _increase(f"ip_sla_breaches_total{{{MARKETPLACE}}}", window, by)
    return f"{within} / ({within} + ({breached} or {within} * 0))"


def closed_share(outcome: str, window: str, by: str = "") -> str:
    """Give the share of an outcome among the cases closed within 24 hours."""
    labels = f'le="{DAY}",{MARKETPLACE}'
    part = f'ip_case_open_seconds_bucket{{outcome="{outcome}",{labels}}}'
    whole = f"ip_case_open_seconds_bucket{{{labels}}}"
    return f"{_increase(part, window, by)} / {_increase(whole, window, by)}"


def _rate(metric: str) -> str:
    return f"rate({metric}[$__rate_interval])"


def _increase(selector: str, window: str, by: str) -> str:
    grouped = f"sum by ({by}) " if by else "sum"
    return f"{grouped}(increase({selector}[{window}]))"


AGAINST_2017 = Row(
    "Against 2017",
    (
        Panel(
            "Closed within 24 hours, last day",
            "Alibaba told 96 % for 2017. A case open at its deadline counts against it then.",
            "percentunit",
            (Query(attainment("1d")),),
            kind="stat",
            height=5,
            goal=0.96,
        ),
        Panel(
            "Taken down, of cases closed within 24 hours, last day",
            "Alibaba told 83 % for 2017.",
            "percentunit",
            (Query(closed_share("take_down", "1d")),),
            kind="stat",
            height=5,
            goal=0.83,
        ),
        Panel(
            "Declined, of cases closed within 24 hours, last day",
            "Alibaba told 17 % for 2017.",
            "percentunit",
            (Query(closed_share("decline", "1d")),),
            kind="stat",
            height=5,
            goal=0.17,
            goal_is="most",
        ),
        Panel(
            "Closed within 24 hours, by hour and marketplace",
            "The line is 2017's 96 %.",
            "percentunit",
            (Query(attainment("1h", "marketplace"), "{{marketplace}}"),),
            width=12,
            goal=0.96,
        ),
        Panel(
            "Taken down, by hour and marketplace",
            "Of the cases closed within 24 hours; the line is 2017's 83 %.",
            "percentunit",
            (Query(closed_share("take_down", "1h", "marketplace"), "{{marketplace}}"),),
            width=12,
            goal=0.83,
        ),
    ),
)

CASES = Row(
    "Cases",
    (
        Panel(
            "Cases closed",
            "Cases closed a second, in time or late.",
            "cps",
            (
                Query(
                    rate("ip_cases_closed_total", MARKETPLACE, "within_deadline"),
                    "in time: {{within_deadline}}",
                ),
            ),
            stacked=True,
        ),
        Panel(
            "Warnings and breaches in an hour",
            "Cases open after three quarters of the deadline, and at the deadline.",
            "short",
            (
                Query(f"sum(increase(ip_sla_warnings_total{{{MARKETPLACE}}}[1h]))", "warnings"),
                Query(f"sum(increase(ip_sla_breaches_total{{{MARKETPLACE}}}[1h]))", "breaches"),
            ),
        ),
        Panel(
            "Time to close a case",
            "From the start of the clock to closing.",
            "s",
            quantiles("ip_case_open_seconds", MARKETPLACE, 50, 95, 99),
        ),
    ),
)

DECISIONS = Row(
    "Decisions",
    (
        Panel(
            "Decision latency",
            "From the record's timestamp to the decision's commit; the goal is 250 ms for 99 %.",
            "s",
            quantiles("ip_decision_latency_seconds", MARKETPLACE, 50, 95, 99),
            goal=0.25,
            goal_is="most",
        ),
        Panel(
            "Decisions by outcome",
            "Decisions a second.",
            "cps",
            (
                Query(
                    rate("ip_decision_latency_seconds_count", MARKETPLACE, "outcome"),
                    "{{outcome}}",
                ),
            ),
            stacked=True,
        ),
        Panel(
            "Commands by kind",
            "Commands to marketplaces a second.",
            "cps",
            (Query(rate("ip_commands_total", by="kind"), "{{kind}}"),),
            stacked=True,
        ),
        Panel(
            "Inputs without a decision",
            "By reason, a second.",
            "cps",
            (Query(rate("ip_no_action_total", by="reason"), "{{reason}}"),),
            width=12,
        ),
        Panel(
            "How parties' standings change",
            "Changes in an hour, by part and new tier.",
            "short",
            (
                Query(
                    "sum by (role, tier) (increase(ip_standings_changed_total[1h]))",
                    "{{role}}: {{tier}}",
                ),
            ),
            width=12,
        ),
    ),
)

PIPELINE = Row(
    "Pipeline",
    (
        Panel(
            "Inputs",
            "Records by topic, timers and registry changes, a second.",
            "cps",
            (Query(rate("ip_records_total", by="source"), "{{source}}"),),
            stacked=True,
        ),
        Panel(
            "Lag",
            "Records not yet committed, by topic.",
            "short",
            (Query("sum by (topic) (ip_lag_records)", "{{topic}}"),),
        ),
        Panel(
            "Transactions",
            "By result, a second.",
            "cps",
            (Query(rate("ip_transactions_total", by="result"), "{{result}}"),),
        ),
        Panel(
            "Transaction time",
            "From a batch's first step to its local write.",
            "s",
            quantiles("ip_transaction_seconds", "", 50, 95, 99),
        ),
        Panel(
            "Records in a transaction",
            "Half of the batches are smaller than p50.",
            "short",
            quantiles("ip_transaction_records", "", 50, 95),
        ),
        Panel(
            "Dead letters in an hour",
            "Records that could not be processed, by topic and reason.",
            "short",
            (
                Query(
                    "sum by (source, reason) (increase(ip_dead_letters_total[1h]))",
                    "{{source}}: {{reason}}",
                ),
            ),
        ),
        Panel(
            "Open circuits",
            "Partitions paused because most of their records are bad.",
            "short",
            (Query("sum by (topic) (ip_circuit_open)", "{{topic}}"),),
        ),
        Panel(
            "Partitions",
            "Held by all workers, and of these being restored.",
            "short",
            (
                Query("sum(ip_partitions)", "held"),
                Query("sum(ip_partitions_restoring)", "restoring"),
            ),
        ),
        Panel(
            "Restores",
            "Rows read back from the changelog a second, and the time of a partition.",
            "short",
            (
                Query(rate("ip_restored_rows_total"), "rows a second"),
                *quantiles("ip_restore_seconds", "", 99),
            ),
        ),
        Panel(
            "Age of the global tables",
            "Of the newest record when it was taken in, the worst worker.",
            "s",
            (Query("max(ip_table_age_seconds)", "age"),),
            width=12,
        ),
        Panel(
            "Records into the global tables",
            "A second, and how far each topic was read by the slowest worker.",
            "short",
            (
                Query(rate("ip_table_records_total"), "records a second"),
                Query("min by (topic) (ip_table_position_records)", "{{topic}}"),
            ),
            width=12,
        ),
    ),
)

TITLES = Row(
    "Titles",
    (
        Panel(
            "Titles watched",
            "Listing changes that monitors judged, by what they ended as, a second.",
            "cps",
            (Query(rate("ip_titles_watched_total", by="ending"), "{{ending}}"),),
            width=16,
            stacked=True,
        ),
        Panel(
            "Terms watched for",
            "Terms in the index of each monitor.",
            "short",
            (Query("ip_watched_terms", "{{instance}}"),),
        ),
    ),
)

DISPATCH = Row(
    "Dispatch to marketplaces",
    (
        Panel(
            "Deliveries",
            "Attempts by result, a second.",
            "cps",
            (Query(rate("ip_deliveries_total", MARKETPLACE, "result"), "{{result}}"),),
            stacked=True,
        ),
        Panel(
            "Time to receipt",
            "From taking a command in to its receipt by the marketplace.",
            "s",
            quantiles("ip_delivery_seconds", MARKETPLACE, 50, 95, 99),
        ),
        Panel(
            "Due and held",
            "Deliveries not yet received, and those that wait for a person, by reason.",
            "short",
            (
                Query("sum(ip_deliveries_due)", "due"),
                Query("sum by (reason) (ip_deliveries_held)", "held: {{reason}}"),
            ),
        ),
        Panel(
            "Endpoints left alone",
            "1 while an endpoint's last requests failed.",
            "short",
            (
                Query(
                    f"max by (marketplace) (ip_endpoint_circuit_open{{{MARKETPLACE}}})",
                    "{{marketplace}}",
                ),
            ),
            width=24,
            height=6,
        ),
    ),
)

STATEMENTS = Row(
    "Statements of reasons and notices",
    (
        Panel(
            "Statements of reasons in an hour",
            "By what became of them.",
            "short",
            (Query("sum by (result) (increase(ip_statements_total[1h]))", "{{result}}"),),
        ),
        Panel(
            "Statements at odds with their events",
            "Found by the last audit, by kind.",
            "short",
            (Query("max by (kind) (ip_statement_drift)", "{{kind}}"),),
        ),
        Panel(
            "Oldest submission to be sent",
            "By destination.",
            "s",
            (Query("max by (destination) (ip_submissions_age_seconds)", "{{destination}}"),),
        ),
        Panel(
            "Notices to Lumen in an hour",
            "By what became of them.",
            "short",
            (Query("sum by (result) (increase(ip_lumen_notices_total[1h]))", "{{result}}"),),
            width=24,
            height=6,
        ),
    ),
)

FILING = Row(
    "Filing",
    (
        Panel(
            "Requests to the filing API",
            "By HTTP status, a second.",
            "reqps",
            (Query(rate("ip_filing_requests_total", by="status"), "{{status}}"),),
            stacked=True,
        ),
        Panel(
            "Events to be published",
            "Of filings accepted.",
            "short",
            (Query("sum(ip_filing_outbox_records)", "waiting"),),
        ),
        Panel(
            "Age of the oldest event to be published",
            "Of filings accepted.",
            "s",
            (Query("max(ip_filing_outbox_age_seconds)", "age"),),
        ),
    ),
)

ROWS: tuple[Row, ...] = (
    AGAINST_2017,
    CASES,
    DECISIONS,
    PIPELINE,
    TITLES,
    FILING,
    DISPATCH,
    STATEMENTS,
)
