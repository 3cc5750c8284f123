"""What panels are made of, and queries on what ops/documents/metrics.py gathers."""

from typing import Literal, NamedTuple

Kind = Literal["stat", "timeseries"]
Unit = Literal["percentunit", "s", "short", "ops", "reqps", "cps"]

MARKETPLACE = 'marketplace=~"$marketplace"'


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
    """Return a counter's rate, summed, by some labels."""
    inner = f"rate({metric}{{{labels}}}[$__rate_interval])" if labels else _rate(metric)
    return f"sum by ({by}) ({inner})" if by else f"sum({inner})"


def quantiles(metric: str, labels: str = "", *percentiles: int) -> tuple[Query, ...]:
    """Return percentiles of a histogram."""
    bucket = rate(f"{metric}_bucket", labels, "le")
    return tuple(
        Query(f"histogram_quantile({percentile / 100:g}, {bucket})", f"p{percentile}")
        for percentile in percentiles
    )


def attainment(window: str, by: str = "") -> str:
    """Return the share of cases closed by their deadline; a breach counts when it happens."""
    within = _increase(f'ip_cases_closed_total{{within_deadline="true",{MARKETPLACE}}}', window, by)
    breached = _increase(f"ip_sla_breaches_total{{{MARKETPLACE}}}", window, by)
    return f"{within} / ({within} + ({breached} or {within} * 0))"


def closed_share(outcome: str, window: str, by: str = "") -> str:
    """Return the share of an outcome among the cases closed within their deadline."""
    labels = f'within_deadline="true",{MARKETPLACE}'
    part = f'ip_cases_closed_total{{outcome="{outcome}",{labels}}}'
    whole = f"ip_cases_closed_total{{{labels}}}"
    return f"{_increase(part, window, by)} / {_increase(whole, window, by)}"


def proved_share(window: str, by: str = "") -> str:
    """Return the share proved gone within the deadline among the cases closed by a takedown."""
    part = f'ip_takedowns_proved_total{{within_deadline="true",{MARKETPLACE}}}'
    whole = f'ip_cases_closed_total{{outcome="take_down",{MARKETPLACE}}}'
    return f"{_increase(part, window, by)} / {_increase(whole, window, by)}"


def _rate(metric: str) -> str:
    return f"rate({metric}[$__rate_interval])"


def _increase(selector: str, window: str, by: str) -> str:
    grouped = f"sum by ({by}) " if by else "sum"
    return f"{grouped}(increase({selector}[{window}]))"
