"""Rows of the dashboard on cases and decisions."""

from ops.dashboards.panels import (
    MARKETPLACE,
    Panel,
    Query,
    Row,
    attainment,
    closed_share,
    proved_share,
    quantiles,
    rate,
)

AGAINST_2017 = Row(
    "Against 2017",
    (
        Panel(
            "Closed within their deadline, last day",
            "Alibaba told 96 % for 2017, within 24 hours. A case open at its deadline counts then.",
            "percentunit",
            (Query(attainment("1d")),),
            kind="stat",
            height=5,
            goal=0.96,
        ),
        Panel(
            "Proved gone within their deadline, of cases closed by a takedown, last day",
            "Closed is decided, and gone is what the listing itself shows; nothing was told for "
            "2017. A case that joins another's takedown has no proof of its own.",
            "percentunit",
            (Query(proved_share("1d")),),
            kind="stat",
            height=5,
        ),
        Panel(
            "Taken down, of cases closed within their deadline, last day",
            "Alibaba told 83 % for 2017, of the listings in such cases.",
            "percentunit",
            (Query(closed_share("take_down", "1d")),),
            kind="stat",
            height=5,
            goal=0.83,
        ),
        Panel(
            "Declined, of cases closed within their deadline, last day",
            "Alibaba told 17 % for 2017.",
            "percentunit",
            (Query(closed_share("decline", "1d")),),
            kind="stat",
            height=5,
            goal=0.17,
            goal_is="most",
        ),
        Panel(
            "Closed within their deadline, by hour and marketplace",
            "The line is 2017's 96 %.",
            "percentunit",
            (Query(attainment("1h", "marketplace"), "{{marketplace}}"),),
            width=12,
            goal=0.96,
        ),
        Panel(
            "Taken down, by hour and marketplace",
            "Of the cases closed within their deadline; the line is 2017's 83 %.",
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
        Panel(
            "Overturned at second looks",
            "Share of a rule's automatic decisions that people overturned, with its 95 % bounds.",
            "percentunit",
            (Query("max by (rule, bound) (ip_overturned_share)", "{{rule}}: {{bound}}"),),
            width=12,
        ),
        Panel(
            "Second looks",
            "What people found of automatic decisions in a day.",
            "short",
            (
                Query(
                    "sum by (rule, verdict) (increase(ip_second_looks_total[1d]))",
                    "{{rule}}: {{verdict}}",
                ),
            ),
            width=12,
        ),
    ),
)
