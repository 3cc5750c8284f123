"""Alerts rest on metrics that exist, have runbooks, and fire when they should and only then."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from ops.__main__ import SERVICES, main
from ops.documents.metrics import DECLARED

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "ops" / "alerts").glob("*.yaml"))
SUFFIXES = ("_bucket", "_count", "_sum")


def rules():
    return [
        rule
        for path in RULES
        for group in yaml.safe_load(path.read_text())["groups"]
        for rule in group["rules"]
    ]


ALERTS = [rule for rule in rules() if "alert" in rule]
RECORDED = {rule["record"] for rule in rules() if "record" in rule}


def promtool(*arguments):
    found = shutil.which("promtool")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("promtool is missing; Debian: apt-get install prometheus")
        pytest.skip("promtool is missing; Debian: apt-get install prometheus")
    return subprocess.run(
        [found, *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_promtool_accepts_the_rules():
    ended = promtool("check", "rules", *RULES)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_says_what_is_wrong_and_what_to_do(alert):
    assert alert["labels"]["severity"] in ("page", "ticket")
    assert alert["annotations"]["summary"].endswith(".")
    assert alert["annotations"]["description"].strip()
    runbook = (ROOT / alert["annotations"]["runbook_url"]).read_text()
    assert runbook.startswith(f"# {alert['alert']}\n")
    assert "## Look at" in runbook
    assert "## Do" in runbook


def written(directory, address, *arguments):
    settings = directory / "settings.toml"
    settings.write_text(f"[alerts]\nrunbooks = {address!r}\n" if address is not None else "")
    return main(["--settings-file", str(settings), "alerts", *arguments])


@pytest.mark.parametrize("address", ["https://wiki.example/ip/runbooks", "http://[::1]:80/"])
def test_alerts_are_written_with_whole_addresses_and_else_as_they_were(tmp_path, address):
    assert written(tmp_path, address, "--to", str(tmp_path / "rules")) == 0
    paths = sorted((tmp_path / "rules").glob("*.yaml"))
    assert [path.name for path in paths] == [path.name for path in RULES]
    base = address.rstrip("/") + "/"
    made = [yaml.safe_load(path.read_text()) for path in paths]
    found = [rule for each in made for group in each["groups"] for rule in group["rules"]]
    named = [each["annotations"].pop("runbook_url") for each in found if "alert" in each]
    assert named == [f"{base}{alert['alert']}.md" for alert in ALERTS]
    before = [dict(rule) for rule in rules()]
    for rule in before:
        if "alert" in rule:
            del rule["annotations"]["runbook_url"]
    assert found == before


@pytest.mark.parametrize(
    "address",
    [
        *("wiki.example/runbooks", "ftp://wiki.example", "https://", "https://wiki.example?a=b"),
        *("https://wiki.example/#a", "https://user:word@wiki.example", "https://a b", "docs"),
    ],
)
def test_what_is_no_address_of_runbooks_is_refused(tmp_path, address, capsys):
    assert written(tmp_path, address, "--to", str(tmp_path / "rules")) != 0
    assert "alerts.runbooks" in capsys.readouterr().err
    assert not (tmp_path / "rules").exists()


def test_without_an_address_no_rules_are_written_and_none_over_their_own(tmp_path, capsys):
    assert written(tmp_path, None, "--to", str(tmp_path / "rules")) != 0
    assert "alerts.runbooks is missing" in capsys.readouterr().err
    assert written(tmp_path, "https://wiki.example", "--to", str(RULES[0].parent)) != 0
    assert [rule for rule in rules() if "alert" in rule] == ALERTS


def test_each_runbook_has_its_alert():
    runbooks = {path.stem for path in (ROOT / "docs" / "runbooks").glob("*.md")}
    assert runbooks == {alert["alert"] for alert in ALERTS}


def named_in(text):
    for name in re.findall(r"\bip_[a-z_]+\b", text):
        for suffix in SUFFIXES:
            name = name.removesuffix(suffix)  # noqa: PLW2901
        yield name


def test_rules_and_runbooks_name_declared_metrics_only():
    declared = {each.name for each in DECLARED}
    texts = [rule["expr"] for rule in rules()]
    texts += [path.read_text() for path in (ROOT / "docs" / "runbooks").glob("*.md")]
    assert {name for text in texts for name in named_in(text)} <= declared
    for rule in rules():
        assert set(re.findall(r"ip:[a-z_]+:[a-z_0-9]+", rule["expr"])) <= RECORDED


GOOD = {
    'ip_cases_closed_total{within_deadline="true",marketplace="shop"}': "0+60x{n}",
    'ip_sla_breaches_total{marketplace="shop"}': "0+1x{n}",
    "ip_decision_latency_seconds_count": "0+600x{n}",
    'ip_decision_latency_seconds_bucket{le="0.25"}': "0+599x{n}",
    'ip_dead_letters_total{source="ip.listings.events",reason="not_avro"}': "0+1x{n}",
    'ip_records_total{source="ip.complaints.events"}': "0+600x{n}",
    'ip_lag_records{topic="ip.listings.events",partition="0"}': "500+0x{n}",
    'ip_circuit_open{topic="ip.listings.events",partition="0"}': "0+0x{n}",
    'ip_transactions_total{result="committed"}': "0+600x{n}",
    'ip_transactions_total{result="aborted"}': "0+1x{n}",
    'ip_partitions_restoring{instance="one"}': "0+0x{n}",
    'ip_partition_stalled{topic="ip.complaints.events",partition="0"}': "0+0x{n}",
    **{f'up{{job="ip-{service}",instance="one"}}': "1+0x{n}" for service in SERVICES},
    'ip_handled_errors_total{job="ip-filing",place="sink",reason="SinkUnavailable"}': "0+1x{n}",
    "ip_table_records_total": "0+10x{n}",
    'ip_statements_total{result="sent"}': "0+60x{n}",
    'ip_statements_total{result="refused"}': "0+0x{n}",
    'ip_party_messages_total{result="sent"}': "0+60x{n}",
    'ip_party_messages_total{result="refused"}': "0+1x{n}",
    'ip_statement_drift{kind="duplicate"}': "0+0x{n}",
    'ip_submissions_age_seconds{destination="statements"}': "5+0x{n}",
    'ip_deliveries_total{result="received",marketplace="shop"}': "0+10x{n}",
    "ip_deliveries_due": "3+0x{n}",
    'ip_deliveries_held{reason="cap_seller"}': "0+0x{n}",
    'ip_endpoint_circuit_open{marketplace="shop"}': "0+0x{n}",
    "ip_breach_forecast_ratio": "0.01+0x{n}",
    'ip_review_queue_tasks{kind="complaint",state="unclaimable"}': "0+0x{n}",
    'ip_inquiries{state="overdue"}': "0+0x{n}",
    'ip_outbox_age_seconds{source="filing"}': "1+0x{n}",
    'ip_outbox_refused_records{source="filing"}': "0+0x{n}",
    'ip_sink_records_total{sink="case-store",ending="refused"}': "3+0x{n}",
    'ip_rule_held{rule="take-down-counterfeit"}': "0+0x{n}",
}
"""One sample a minute of a system in order."""

BAD = {
    "IpCaseBudgetBurnsFast": {'ip_sla_breaches_total{marketplace="shop"}': "0+600x{n}"},
    "IpCaseBudgetBurnsSlowly": {'ip_sla_breaches_total{marketplace="shop"}': "0+20x{n}"},
    "IpDecisionBudgetBurnsFast": {'ip_decision_latency_seconds_bucket{le="0.25"}': "0+300x{n}"},
    "IpDecisionBudgetBurnsSlowly": {'ip_decision_latency_seconds_bucket{le="0.25"}': "0+575x{n}"},
    "IpRecordBudgetBurnsFast": {
        'ip_dead_letters_total{source="ip.listings.events",reason="not_avro"}': "0+300x{n}"
    },
    "IpRecordBudgetBurnsSlowly": {
        'ip_dead_letters_total{source="ip.listings.events",reason="not_avro"}': "0+25x{n}"
    },
    "IpSlaBreached": {'ip_sla_breaches_total{marketplace="shop"}': "0+1x{n}"},
    "IpLagGrows": {'ip_lag_records{topic="ip.listings.events",partition="0"}': "0+100x{n}"},
    "IpCircuitOpen": {'ip_circuit_open{topic="ip.listings.events",partition="0"}': "1+0x{n}"},
    "IpTransactionsFail": {'ip_transactions_total{result="aborted"}': "0+100x{n}"},
    "IpRestoreStuck": {'ip_partitions_restoring{instance="one"}': "2+0x{n}"},
    "IpPartitionStalled": {
        'ip_partition_stalled{topic="ip.complaints.events",partition="0"}': "1+0x{n}"
    },
    "IpWorkerDown": {'up{job="ip-worker",instance="one"}': "0+0x{n}"},
    "IpServiceDown": {'up{job="ip-filing",instance="one"}': "0+0x{n}"},
    "IpErrorsGoOn": {
        'ip_handled_errors_total{job="ip-filing",place="sink",reason="SinkUnavailable"}': "0+6x{n}"
    },
    "IpDeliveriesHeld": {'ip_deliveries_held{reason="cap_seller"}': "4+0x{n}"},
    "IpDeliveriesStuck": {'ip_deliveries_total{result="received",marketplace="shop"}': "7+0x{n}"},
    "IpEndpointCircuitOpen": {'ip_endpoint_circuit_open{marketplace="shop"}': "1+0x{n}"},
    "IpTablesStale": {"ip_table_records_total": "5+0x{n}"},
    "IpStatementDrift": {'ip_statement_drift{kind="duplicate"}': "3+0x{n}"},
    "IpStatementsRefused": {'ip_statements_total{result="refused"}': "0+1x{n}"},
    "IpPartyMessagesRefused": {'ip_party_messages_total{result="refused"}': "0+30x{n}"},
    "IpSubmissionsStuck": {'ip_submissions_age_seconds{destination="statements"}': "0+60x{n}"},
    "IpBreachesForecast": {"ip_breach_forecast_ratio": "0.5+0x{n}"},
    "IpReviewTasksUnclaimable": {
        'ip_review_queue_tasks{kind="complaint",state="unclaimable"}': "2+0x{n}"
    },
    "IpOutboxStuck": {'ip_outbox_age_seconds{source="filing"}': "0+60x{n}"},
    "IpOutboxRefused": {'ip_outbox_refused_records{source="filing"}': "1+0x{n}"},
    "IpInquiriesOverdue": {'ip_inquiries{state="overdue"}': "1+0x{n}"},
    "IpSinkRecordsRefused": {
        'ip_sink_records_total{sink="case-store",ending="refused"}': "0+1x{n}"
    },
    "IpRuleHeld": {'ip_rule_held{rule="take-down-counterfeit"}': "1+0x{n}"},
    "IpRolloutNotFollowed": {'ip_rollout_not_followed{instance="worker-1"}': "1+0x{n}"},
    "IpCandidateTakenBack": {"ip_promotion_returned_timestamp_seconds": f"{25 * 3600}+0x{{n}}"},
    "IpCandidateUnwatched": {
        'ip_rollout_percent{instance="worker-1"}': "10+0x{n}",
        "ip_promotion_looked_timestamp_seconds": "3600+0x{n}",
    },
    "IpNoDecisions": {
        "ip_decision_latency_seconds_count": "7+0x{n}",
        'ip_decision_latency_seconds_bucket{le="0.25"}': "7+0x{n}",
    },
}
"""What is amiss for an alert to fire."""

MINUTES = 26 * 60


def firing(tmp_path, series):
    """Return the alerts that promtool finds firing after some days of these series."""
    tests = {
        "rule_files": [str(path) for path in RULES],
        "evaluation_interval": "5m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": name, "values": values.format(n=MINUTES)}
                    for name, values in series.items()
                ],
                "promql_expr_test": [
                    {
                        "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
                        "eval_time": f"{MINUTES}m",
                        "exp_samples": [],
                    }
                ],
            }
        ],
    }
    path = tmp_path / "test.yaml"
    path.write_text(yaml.safe_dump(tests))
    ended = promtool("test", "rules", path)
    return set(re.findall(r'alertname="(\w+)"', ended.stdout + ended.stderr))


def test_in_order_only_the_single_breaches_are_told(tmp_path):
    calm = {**GOOD, 'ip_sla_breaches_total{marketplace="shop"}': "0+0x{n}"}
    assert firing(tmp_path, calm) == set()


@pytest.mark.parametrize("alert", [alert["alert"] for alert in ALERTS])
def test_an_alert_fires_when_it_should(tmp_path, alert):
    assert alert in firing(tmp_path, {**GOOD, **BAD[alert]})


@pytest.mark.parametrize(
    ("series", "told"),
    [
        ({}, {"IpCandidateUnwatched"}),
        ({"ip_promotion_looked_timestamp_seconds": "0+60x{n}"}, set()),
        (
            {
                "ip_promotion_looked_timestamp_seconds": "0+60x{n}",
                "ip_promotion_returned_timestamp_seconds": "3600+0x{n}",
            },
            set(),
        ),
    ],
    ids=["never looked", "looks", "took another back a day ago"],
)
def test_a_candidate_that_decides_is_to_be_watched(tmp_path, series, told):
    decides = {'ip_rollout_percent{instance="worker-1"}': "10+0x{n}"}
    calm = {**GOOD, 'ip_sla_breaches_total{marketplace="shop"}': "0+0x{n}"}
    assert firing(tmp_path, {**calm, **decides, **series}) == told


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("how", ["unknown", "down"])
def test_the_absence_of_each_service_is_told(tmp_path, service, how):
    name = f'up{{job="ip-{service}",instance="one"}}'
    series = {**GOOD, name: "0+0x{n}"} if how == "down" else {**GOOD}
    if how == "unknown":
        del series[name]
    told = "IpWorkerDown" if service == "worker" else "IpServiceDown"
    assert told in firing(tmp_path, series)
