"""Rows of the dashboard on workers and monitors."""

from ops.dashboards.panels import Panel, Query, Row, quantiles, rate

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
