"""A promotion by its commands on Kafka: in order, recorded, and taken back by one command."""

import signal
import subprocess
import sys

import httpx
import pytest

from ops.__main__ import main
from ops.local.patience import wait_for
from ops.local.process import free_port
from ops.tools.rules_topic import RulesTopic
from replay.backtest.result import Gate
from schemas.wire.registry import connect
from streams.policies.rule_files import BUILT_IN_DIRECTORY


@pytest.fixture
def promotion(topics, schema_registry):
    servers = ["--bootstrap-servers", topics, "--schema-registry", schema_registry.address]

    def command(action, *options, by="anna"):
        return main(["promotion", action, *options, "--by", by, *servers])

    command.topic = RulesTopic(topics, schema_registry.address)
    command.state = command.topic.state
    return command


def test_a_candidate_begins_in_shadow_and_widens_only_in_order(promotion, capsys):
    assert promotion("begin", str(BUILT_IN_DIRECTORY)) == 0
    [name] = promotion.state().candidates
    assert promotion.state().gates[name, "check", 0].met
    assert promotion("widen", name[:8]) == 2
    told = capsys.readouterr().err
    assert "backtest: not recorded" in told
    assert "approval: not recorded" in told
    assert promotion("approve", name[:8], by="ben") == 2
    assert "no backtest" in capsys.readouterr().err
    assert promotion("roll-back", "--why", "a test") == 2
    assert "no candidate is rolled out" in capsys.readouterr().err
    assert promotion("show") == 0
    assert f"candidate {name}" in capsys.readouterr().out
    assert promotion("withdraw", name[:8]) == 0
    assert promotion.state().candidates == {}
    assert promotion("widen", name[:8]) == 2


def test_a_candidate_decides_on_all_is_taken_back_and_made_live(promotion, capsys):
    assert promotion("begin", str(BUILT_IN_DIRECTORY)) == 0
    [name] = promotion.state().candidates
    found = (Gate("a gate", True, "found"),)
    gates = promotion.topic
    evidence = {"backtest_hash": "d" * 64}
    gates.record_gate(name, "backtest", found, evidence, "anna")
    gates.record_gate(name, "shadow", found, {}, "anna")
    assert promotion("approve", name, by="anna") == 2
    assert promotion("approve", name, by="ben") == 0
    assert promotion("widen", name) == 0
    assert promotion.state().share_percent == 1
    assert promotion("widen", name) == 2
    assert "canary at 1 %: not recorded" in capsys.readouterr().err
    assert promotion("withdraw", name) == 2
    assert promotion("roll-back", "--why", "a test") == 0
    assert promotion.state().share_percent == 0
    assert promotion("widen", name) == 2
    assert promotion("approve", name, by="ben") == 0
    for share in (1, 10, 50):
        assert promotion("widen", name) == 0
        assert promotion.state().share_percent == share
        assert promotion("settle", name) == 2
        gates.record_gate(name, "canary", found, {}, "anna", share)
    assert promotion("widen", name) == 0
    assert promotion("settle", name, by="ben") == 0
    state = promotion.state()
    assert (state.live.rule_set_hash, state.live.tested_by) == (name, "anna")
    assert (state.live.backtest_hash, state.share_percent) == ("d" * 64, 0)
    assert state.candidates == {}


def test_a_watch_with_metrics_goes_on_and_tells_when_it_looked(topics, schema_registry, tmp_path):
    connect(schema_registry.address, register=True)
    port = free_port()
    line = [
        *(sys.executable, "-m", "ops", "promotion", "watch", "--archive", str(tmp_path)),
        *("--bootstrap-servers", topics, "--schema-registry", schema_registry.address),
        *("--by", "anna", "--metrics-port", str(port)),
    ]
    watch = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)

    def looked():
        assert watch.poll() is None
        try:
            told = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=2.0).text
        except httpx.HTTPError:
            return False
        return "ip_promotion_looked_timestamp_seconds 1" in told

    try:
        wait_for("a look", looked)
        assert httpx.get(f"http://127.0.0.1:{port}/ready", timeout=2.0).is_success
        watch.send_signal(signal.SIGTERM)
        assert watch.wait(60) == 0
        assert "no candidate is rolled out" in watch.stdout.read()
    finally:
        watch.kill()
        watch.wait()
