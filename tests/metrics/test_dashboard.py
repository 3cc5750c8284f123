"""The dashboard is one that Grafana reads, rests on declared metrics, and its figures are right."""

import json
import os
import re
import shutil
import subprocess
from itertools import combinations

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from ops.dashboards.build import COLUMNS, dashboard
from ops.dashboards.panels import attainment, closed_share
from ops.documents.metrics import DECLARED

MADE = dashboard()
PANELS = [panel for panel in MADE["panels"] if panel["type"] != "row"]
QUERIES = [(panel["title"], target) for panel in PANELS for target in panel["targets"]]
LABELS = {each.name: set(each.labels) for each in DECLARED}
KINDS = {each.name: each.kind for each in DECLARED}
SCRAPED = {"instance", "job"}


def promtool(*arguments):
    found = shutil.which("promtool")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("promtool is missing; Debian: apt-get install prometheus")
        pytest.skip("promtool is missing; Debian: apt-get install prometheus")
    return subprocess.run(
        [found, *map(str, arguments)], capture_output=True, text=True, check=False
    )


def as_prometheus(expression):
    """Fill in what Grafana would."""
    return expression.replace("$__rate_interval", "5m").replace("$marketplace", ".*")


def left_out(given, kept, path=""):
    """Return the paths at which one JSON value has what the other lacks."""
    if isinstance(given, dict):
        for key, value in given.items():
            if value is not None and (not isinstance(kept, dict) or key not in kept):
                yield f"{path}/{key}"
            elif value is not None:
                yield from left_out(value, kept[key], f"{path}/{key}")
    elif isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        for number, (one, other) in enumerate(zip(given, kept, strict=True)):
            yield from left_out(one, other, f"{path}[{number}]")
    elif given != kept:
        yield path


def read_by_grafana(made):
    """Return what remains of a dashboard when it goes through the types that Grafana publishes."""
    register_default_plugins()
    read = Dashboard.from_json(json.loads(json.dumps(made)))
    return json.loads(JSONEncoder(sort_keys=True).encode(read))


def test_grafana_knows_all_that_the_dashboard_says():
    assert list(left_out(MADE, read_by_grafana(MADE))) == []


def test_what_grafana_does_not_know_would_be_found():
    wrong = json.loads(json.dumps(MADE))
    wrong["panels"][1]["options"]["colourMode"] = "value"
    assert list(left_out(wrong, read_by_grafana(wrong))) == ["/panels[1]/options/colourMode"]


def test_it_can_be_imported_anywhere():
    assert MADE["id"] is None
    assert re.fullmatch(r"[a-z-]{1,40}", MADE["uid"])
    variables = {each["name"] for each in MADE["templating"]["list"]}
    named = set(re.findall(r"\$\{?([a-z]\w*)", json.dumps(MADE)))
    assert named == variables == {"datasource", "marketplace"}


def test_panels_have_ids_of_their_own_and_do_not_overlap():
    ids = [panel["id"] for panel in MADE["panels"]]
    assert len(set(ids)) == len(ids)
    cells = []
    for panel in MADE["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= COLUMNS
        columns = range(place["x"], place["x"] + place["w"])
        lines = range(place["y"], place["y"] + place["h"])
        cells.append({(column, line) for column in columns for line in lines})
    assert all(not one & other for one, other in combinations(cells, 2))


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_says_what_it_shows(panel):
    assert panel["description"].endswith(".")
    assert panel["targets"]
    references = [target["refId"] for target in panel["targets"]]
    assert len(set(references)) == len(references)


def test_promtool_parses_all_queries(tmp_path):
    rules = [
        {"record": f"panel:query:{number}", "expr": as_prometheus(target["expr"])}
        for number, (_, target) in enumerate(QUERIES)
    ]
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    ended = promtool("check", "rules", path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{len(rules)} rules found" in ended.stdout


def metrics_in(expression):
    """Return each metric of an expression with its declared name and the labels selected by."""
    for name, selector in re.findall(r"\b(ip_[a-z_]+)(?:\{([^}]*)\})?", expression):
        declared, extra = name, set()
        for suffix in ("_bucket", "_count", "_sum"):
            if name.endswith(suffix) and KINDS.get(name.removesuffix(suffix)) == "histogram":
                declared = name.removesuffix(suffix)
                extra = {"le"} if suffix == "_bucket" else set()
        assert KINDS[declared] != "histogram" or declared != name, f"{name} is a histogram"
        counted = re.search(rf"(rate|increase)\({name}\b", expression) is not None
        assert counted == (KINDS[declared] != "gauge"), f"{name} is a {KINDS[declared]}"
        yield declared, set(re.findall(r"(\w+)=~?\"", selector)), extra


@pytest.mark.parametrize(("title", "target"), QUERIES, ids=lambda value: str(value)[:40])
def test_queries_use_declared_metrics_with_their_labels(title, target):
    expression = target["expr"]
    found = list(metrics_in(expression))
    assert found
    grouped = {
        label.strip() for by in re.findall(r"by \(([^)]*)\)", expression) for label in by.split(",")
    }
    for metric, selected, extra in found:
        assert selected <= LABELS[metric] | extra, metric
        assert grouped <= LABELS[metric] | extra, metric
    shown = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
    assert shown <= (grouped - {"le"} or SCRAPED)


def test_the_figures_beside_2017_are_right(tmp_path):
    """24 of 25 cases in time, of which 83 % are taken down, where there are breaches."""
    counts = {
        ("take_down", "true", "shop"): 1_992,
        ("decline", "true", "shop"): 408,
        ("decline", "false", "shop"): 100,
        ("take_down", "true", "quiet"): 415,
        ("decline", "true", "quiet"): 85,
    }
    series = {
        f'ip_cases_closed_total{{outcome="{o}",within_deadline="{w}",marketplace="{m}"}}': (
            f"0+{count}x1500"
        )
        for (o, w, m), count in counts.items()
    }
    series['ip_sla_breaches_total{marketplace="shop"}'] = "0+100x1500"
    wanted = [
        (attainment("1d"), [{"labels": "{}", "value": 29 / 30}]),
        (
            attainment("1h", "marketplace"),
            [
                {"labels": '{marketplace="shop"}', "value": 0.96},
                {"labels": '{marketplace="quiet"}', "value": 1},
            ],
        ),
        (closed_share("take_down", "1d"), [{"labels": "{}", "value": 0.83}]),
        (closed_share("decline", "1d"), [{"labels": "{}", "value": 0.17}]),
    ]
    tests = {
        "evaluation_interval": "5m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": k, "values": v} for k, v in series.items()],
                "promql_expr_test": [
                    {"expr": as_prometheus(query), "eval_time": "1500m", "exp_samples": samples}
                    for query, samples in wanted
                ],
            }
        ],
    }
    path = tmp_path / "test.yaml"
    path.write_text(yaml.safe_dump(tests))
    ended = promtool("test", "rules", path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
