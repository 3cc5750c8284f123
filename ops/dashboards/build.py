"""The dashboard as Grafana's classic JSON model, which Grafana 9 and later import."""

import json
from typing import Any

from ops.dashboards.case_rows import AGAINST_2017, CASES, DECISIONS
from ops.dashboards.panels import Panel, Row
from ops.dashboards.pipeline_rows import PIPELINE, TITLES
from ops.dashboards.service_rows import DISPATCH, FILING, REVIEW, STATEMENTS

ROWS: tuple[Row, ...] = (
    AGAINST_2017,
    CASES,
    DECISIONS,
    PIPELINE,
    TITLES,
    FILING,
    REVIEW,
    DISPATCH,
    STATEMENTS,
)
SCHEMA_VERSION = 39
COLUMNS = 24
DATA_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WELL, AMISS = "green", "red"


def render() -> str:
    """Return ops/dashboards/ip-takedowns.json."""
    return json.dumps(dashboard(), indent=2) + "\n"


def dashboard() -> dict[str, Any]:
    """Return the dashboard with all rows laid out."""
    return {
        "id": None,
        "uid": "ip-takedowns",
        "title": "IP takedowns",
        "description": "Generated from ops/dashboards/*_rows.py by python -m ops docs write.",
        "tags": ["ip-takedowns"],
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "utc",
        "refresh": "30s",
        "time": {"from": "now-24h", "to": "now"},
        "timepicker": {},
        "links": [],
        "annotations": {"list": []},
        "templating": {"list": [_data_source_variable(), _marketplace_variable()]},
        "panels": _panels(),
    }


def _panels() -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    top = 0
    for row in ROWS:
        place = {"x": 0, "y": top, "w": COLUMNS, "h": 1}
        made.append(
            {
                "id": len(made) + 1,
                "type": "row",
                "title": row.title,
                "collapsed": False,
                "gridPos": place,
                "panels": [],
            }
        )
        top += 1
        left = highest = 0
        for panel in row.panels:
            if left + panel.width > COLUMNS:
                top, left, highest = top + highest, 0, 0
            place = {"x": left, "y": top, "w": panel.width, "h": panel.height}
            made.append(_panel(panel, len(made) + 1, place))
            left += panel.width
            highest = max(highest, panel.height)
        top += highest
    return made


def _panel(panel: Panel, number: int, place: dict[str, int]) -> dict[str, Any]:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": DATA_SOURCE,
        "gridPos": place,
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": DATA_SOURCE,
                "expr": query.expression,
                "legendFormat": query.legend or panel.title,
                "instant": panel.kind == "stat",
                "range": panel.kind != "stat",
            }
            for index, query in enumerate(panel.queries)
        ],
        "fieldConfig": {"defaults": _field(panel), "overrides": []},
        "options": _options(panel),
    }


def _field(panel: Panel) -> dict[str, Any]:
    field: dict[str, Any] = {"unit": panel.unit, "min": 0, "thresholds": _thresholds(panel)}
    if panel.unit == "percentunit":
        field |= {"max": 1, "decimals": 1}
    if panel.kind == "timeseries":
        field |= {
            "color": {"mode": "palette-classic"},
            "custom": {
                "lineWidth": 1,
                "fillOpacity": 20 if panel.stacked else 0,
                "showPoints": "never",
                "spanNulls": False,
                "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
                "thresholdsStyle": {"mode": "off" if panel.goal is None else "line"},
            },
        }
    else:
        field |= {"color": {"mode": "thresholds"}}
    return field


def _thresholds(panel: Panel) -> dict[str, Any]:
    if panel.goal is None:
        return {"mode": "absolute", "steps": [{"color": WELL, "value": None}]}
    below, above = (AMISS, WELL) if panel.goal_is == "least" else (WELL, AMISS)
    steps = [{"color": below, "value": None}, {"color": above, "value": panel.goal}]
    return {"mode": "absolute", "steps": steps}


def _options(panel: Panel) -> dict[str, Any]:
    if panel.kind == "stat":
        return {
            "colorMode": "value",
            "graphMode": "none",
            "justifyMode": "auto",
            "orientation": "auto",
            "textMode": "value",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        }
    return {
        "legend": {
            "displayMode": "list",
            "placement": "bottom",
            "showLegend": True,
            "calcs": [],
        },
        "tooltip": {"mode": "multi", "sort": "desc"},
    }


def _data_source_variable() -> dict[str, Any]:
    return {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
        "hide": 0,
        "refresh": 1,
        "regex": "",
        "multi": False,
        "includeAll": False,
    }


def _marketplace_variable() -> dict[str, Any]:
    return {
        "name": "marketplace",
        "label": "Marketplace",
        "type": "query",
        "datasource": DATA_SOURCE,
        "query": {
            "query": "label_values(ip_decision_latency_seconds_count, marketplace)",
            "refId": "marketplaces",
        },
        "refresh": 2,
        "sort": 1,
        "hide": 0,
        "regex": "",
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }
