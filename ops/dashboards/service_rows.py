"""Rows of the dashboard on filing, dispatch and public databases."""

from ops.dashboards.panels import MARKETPLACE, Panel, Query, Row, quantiles, rate

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
            "By who wrote them, and those that were set aside because they can't be sent.",
            "short",
            (
                Query("max by (source) (ip_outbox_records)", "{{source}}"),
                Query("max by (source) (ip_outbox_refused_records)", "{{source}}: set aside"),
            ),
        ),
        Panel(
            "Age of the oldest event to be published",
            "By who wrote them: filings, the review desk, acknowledgements of dispatch.",
            "s",
            (Query("max by (source) (ip_outbox_age_seconds)", "{{source}}"),),
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
            width=12,
            height=6,
        ),
        Panel(
            "Messages to parties in an hour",
            "By what became of notices, and of attempts to send them.",
            "short",
            (Query("sum by (result) (increase(ip_party_messages_total[1h]))", "{{result}}"),),
            width=12,
            height=6,
        ),
    ),
)

REVIEW = Row(
    "Review desk",
    (
        Panel(
            "Queue",
            "Tasks by kind and state.",
            "short",
            (Query("sum by (kind, state) (ip_review_queue_tasks)", "{{kind}}: {{state}}"),),
        ),
        Panel(
            "Oldest task",
            "By kind.",
            "s",
            (Query("max by (kind) (ip_review_queue_oldest_seconds)", "{{kind}}"),),
        ),
        Panel(
            "Breach forecast",
            "Open tasks that will be late at the present rate of decisions.",
            "short",
            (Query("max(ip_breach_forecast_cases)", "late"),),
        ),
    ),
)
