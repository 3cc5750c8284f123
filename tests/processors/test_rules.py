"""The built-in rules on all findings, and what a rule set refuses."""

from itertools import permutations

import pytest
from world_rules import sampled_findings

from processors.rules import rule_set as rule_set_module
from processors.rules.condition import Negation
from processors.rules.domain import COMPLAINTS
from processors.rules.parser import condition_of
from processors.rules.proofs import shares
from processors.rules.rule_set import NO_RULE_ID, RuleSet, RuleSetRefused, rule_set_hash
from schemas.events.rules import Rule
from schemas.reasons import REASONS
from streams.policies.rule_files import (
    BUILT_IN_DIRECTORY,
    PLAIN_COUNTERFEIT,
    failed_tests,
    load_rules,
    load_tests,
    rule_set_published,
)

BUILT_IN = RuleSet(load_rules(BUILT_IN_DIRECTORY))


def rule(**changes):
    return Rule(
        rule_id="one",
        description="A rule.",
        priority=1,
        condition='ground == "counterfeit"',
        outcome="decline",
        reason_codes=("insufficient_evidence",),
    )._replace(**changes)


def test_the_tests_beside_the_rules_pass():
    assert load_tests(BUILT_IN_DIRECTORY)
    assert failed_tests(BUILT_IN_DIRECTORY) == []


def test_on_all_findings_a_takedown_only_where_all_is_in_order():
    in_order = condition_of(
        """
        authority in ["owner", "agent"] && registry == "in_force" && nice_class == "covered"
        && territory == "covered" && listing_match in ["exact", "disguised"]
        && evidence == "sufficient" && reading == "clear"
        && seller == "not_authorised" && listing != "removed"
        && ground in ["counterfeit", "trademark_infringement", "keyword_misuse"]
        """,
        COMPLAINTS.words,
    )
    anywhere = shares(BUILT_IN)
    assert sum(share.combinations for share in anywhere) == COMPLAINTS.numbering.combinations
    assert NO_RULE_ID not in {share.ruling.rule_id for share in anywhere}
    elsewhere = shares(BUILT_IN, Negation(in_order))
    assert "take_down" not in {share.ruling.outcome for share in elsewhere}
    assert {share.ruling.outcome for share in shares(BUILT_IN, in_order)} == {"take_down"}


def test_a_class_mismatch_is_declined_with_its_code():
    ruling = BUILT_IN.decide(PLAIN_COUNTERFEIT._replace(nice_class="mismatch"))
    assert ruling.outcome == "decline"
    assert "trademark_class_mismatch" in ruling.reason_codes
    assert "listing_and_ip_document_mismatch" in ruling.reason_codes


def test_each_code_that_rules_give_is_explained():
    assert {code for each in BUILT_IN.rules for code in each.reason_codes} <= set(REASONS)


def test_the_order_of_the_files_does_not_matter():
    rules = (rule(), rule(rule_id="two", priority=2), rule(rule_id="three", priority=3))
    sets = [RuleSet(each) for each in permutations(rules)]
    assert len({each.hash for each in sets}) == 1
    assert {each.decide(PLAIN_COUNTERFEIT).rule_id for each in sets} == {"one"}


def test_another_text_is_another_hash():
    assert rule_set_hash([rule()]) != rule_set_hash([rule(priority=2)])


def test_a_comment_in_a_condition_harms_nothing():
    commented = rule(condition='ground == "counterfeit" // what else')
    found = RuleSet((commented, rule(rule_id="two", priority=2, condition="true // all")))
    assert found.decide(PLAIN_COUNTERFEIT).rule_id == "one"


def test_what_no_rule_decides_goes_to_review():
    ruling = RuleSet((rule(),)).decide(PLAIN_COUNTERFEIT._replace(ground="other"))
    assert (ruling.outcome, ruling.reason_codes) == ("send_to_review", ("no_rule_applies",))


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ((), "from 1 to"),
        ((rule(), rule(priority=2)), "rule_id is given twice"),
        ((rule(), rule(rule_id="two")), "priority is given twice"),
        ((rule(description=" "),), "description is missing"),
        ((rule(outcome="delete"),), "no such outcome"),
        ((rule(outcome="reinstate"),), "no such outcome"),
        ((rule(reason_codes=("because",)),), "because"),
        ((rule(reason_codes=()),), "no reason codes"),
        ((rule(condition="ground =="),), "one: at character 10: a word in quotes"),
        ((rule(), rule(rule_id="two", priority=2, condition="nothing")), "two: at character 1: "),
    ],
)
def test_a_rule_set_that_cannot_be_used_is_refused_with_its_rule_named(rules, said):
    with pytest.raises(RuleSetRefused, match=said):
        RuleSet(rules)


def test_a_published_rule_set_must_have_the_hash_of_its_rules():
    published = rule_set_published((rule(),), "active", "test", 0)
    assert RuleSet.compile(published).hash == published.rule_set_hash
    with pytest.raises(RuleSetRefused, match="hash"):
        RuleSet.compile(published._replace(rule_set_hash="0" * 64))


def test_rules_whose_diagram_is_too_large_are_refused(monkeypatch):
    monkeypatch.setattr("processors.rules.diagram.MAXIMUM_NODES", 20)
    with pytest.raises(RuleSetRefused, match="too involved: more than 20 nodes"):
        RuleSet(BUILT_IN.rules)


def test_a_finding_in_no_word_of_the_rules_goes_to_review():
    ruling = BUILT_IN.decide(PLAIN_COUNTERFEIT._replace(ground="misprint"))
    assert (ruling.outcome, ruling.reason_codes) == ("send_to_review", ("rule_error",))


def test_only_so_many_rulings_are_remembered(monkeypatch):
    monkeypatch.setattr(rule_set_module, "MAXIMUM_REMEMBERED_RULINGS", 10)
    rule_set = RuleSet(BUILT_IN.rules)
    samples = list(sampled_findings(COMPLAINTS, 100))
    assert list(map(rule_set.decide, samples)) == list(map(BUILT_IN.decide, samples))
    assert rule_set.decide.cache_info().currsize == 10


def test_a_file_is_named_as_its_rule_and_has_tests(tmp_path):
    text = (BUILT_IN_DIRECTORY / "take-down-counterfeit.yaml").read_text()
    (tmp_path / "other.yaml").write_text(text)
    with pytest.raises(RuleSetRefused, match="not the file's name"):
        load_rules(tmp_path)
    (tmp_path / "other.yaml").unlink()
    (tmp_path / "take-down-counterfeit.yaml").write_text(text.split("tests:")[0])
    with pytest.raises(RuleSetRefused, match="has tests"):
        load_tests(tmp_path)
    with pytest.raises(RuleSetRefused, match="no rules"):
        load_rules(tmp_path / "nowhere")
