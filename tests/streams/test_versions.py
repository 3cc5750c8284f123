"""What decides is kept under its hash, and read back as it was."""

from importlib.resources import files

import pytest
from world import rule_set

from processors.matching.scoring import built_in_weights, weights_from
from processors.policies.service_level import ServiceLevel
from processors.policies.standing_policy import StandingPolicy
from processors.rules.rule_set import RuleSet
from schemas.wire.registry import offline_codec
from streams.kafka.records import OutputRecord
from streams.monitor.engine import MonitoringEngine
from streams.policies.rule_files import built_in_misuse_rules
from streams.policies.versions import (
    VersionInvalid,
    rules_of,
    service_level_of,
    version_of_rules,
    version_of_service_level,
    version_of_weights,
)


def test_rules_come_back_with_the_same_hash():
    recorded = version_of_rules(rule_set())
    assert recorded.version == rule_set().hash
    assert RuleSet(rules_of(recorded)).hash == recorded.version


def test_times_and_thresholds_come_back_and_any_other_has_another_hash():
    level = ServiceLevel(deadline_milliseconds=7, standing=StandingPolicy(window_days=3))
    recorded = version_of_service_level(level)
    assert service_level_of(recorded) == level
    others = (level._replace(warning_milliseconds=6), level._replace(standing=StandingPolicy()))
    versions = {version_of_service_level(other).version for other in others}
    assert len(versions | {recorded.version}) == 3


def test_weights_are_kept_under_the_version_that_detections_name():
    recorded = version_of_weights(built_in_weights())
    assert recorded.version == built_in_weights().version
    assert recorded.version == weights_from(_file()).version


def test_a_version_that_is_not_what_its_hash_says_is_refused():
    recorded = version_of_service_level(ServiceLevel())
    with pytest.raises(VersionInvalid, match="has another hash"):
        service_level_of(recorded._replace(content=recorded.content.replace("24", "25") + " "))
    with pytest.raises(VersionInvalid, match="no rule_set"):
        rules_of(recorded)


def test_a_monitor_puts_its_rules_and_weights_on_record():
    codec = offline_codec()
    rules, weights = built_in_misuse_rules(), built_in_weights()
    engine = MonitoringEngine(codec, None, rules, weights, 4, "test")
    records: list[OutputRecord] = engine.versions(0)
    told = [codec.decode(record.topic, record.value, None) for record in records]
    assert [(each.kind, each.version) for each in told] == [
        ("misuse_rule_set", rules.hash),
        ("weights", weights.version),
    ]
    assert {record.key.decode() for record in records} == {rules.hash, weights.version}


def _file():
    return files("processors.matching").joinpath("data/weights.json").read_text(encoding="utf-8")
