"""What a candidate lacks before it decides, what gates find, and when it is taken back."""

import json

import pytest

from ops.__main__ import main
from replay.promotion.compared import Compared
from replay.promotion.gates import Bounds, canary_gates, reasons_to_return, shadow_gates
from replay.promotion.record import lacking, next_share, promotions
from schemas.events.rules import GateRecorded, RolloutChanged, Rule
from streams.policies.rule_files import rule_set_published

RULES = (Rule("review", "All.", 1, "true", "send_to_review", ("counterfeit",)),)
CANDIDATE = rule_set_published(RULES, "shadow", "anna", 1)
NAME = CANDIDATE.rule_set_hash
PUBLISHED = CANDIDATE._replace(slot=f"shadow:{NAME}")
FINE = Compared(70_000, 7, 700, 200, 1, 14_000, 13_900)


def gate(name, by="anna", met=True, share=0, at=10):
    return GateRecorded(NAME, name, share, met, "found", "{}", by, at)


def rollout(share, at, name=NAME):
    return RolloutChanged(name, share, "why", "anna", at)


BEFORE = [
    PUBLISHED,
    gate("check"),
    gate("backtest", by="ben"),
    gate("shadow"),
    gate("approval", by="carla"),
]


def test_a_candidate_goes_on_share_by_share_each_after_its_gate():
    events = list(BEFORE)
    for at, (share, following) in enumerate(((0, 1), (1, 10), (10, 50), (50, 100)), 2):
        if share:
            assert lacking(promotions(events), NAME) == [f"canary at {share} %: not recorded"]
            events.append(gate("canary", share=share, at=100 * at - 1))
        state = promotions(events)
        assert (lacking(state, NAME), next_share(state)) == ([], following)
        events.append(rollout(following, 100 * at))
    assert lacking(promotions(events), NAME) == ["it decides on all listings"]


@pytest.mark.parametrize("left_out", range(1, 5))
def test_each_gate_is_asked_for(left_out):
    events = [each for place, each in enumerate(BEFORE) if place != left_out]
    assert lacking(promotions(events), NAME) == [f"{BEFORE[left_out].gate}: not recorded"]
    unmet = BEFORE[left_out]._replace(met=False)
    assert lacking(promotions([*BEFORE, unmet]), NAME) == [f"{unmet.gate}: not met: found"]


@pytest.mark.parametrize("by", ["anna", "ben"])
def test_who_published_or_tested_is_no_second_person(by):
    state = promotions([*BEFORE, gate("approval", by=by)])
    assert lacking(state, NAME) == [f"approval: {by} is no other"]


def test_what_was_taken_back_is_agreed_to_again():
    state = promotions([*BEFORE, rollout(1, 20), rollout(0, 30)])
    assert lacking(state, NAME) == ["approval: recorded before the last change"]
    state = promotions([*BEFORE, rollout(1, 20), rollout(0, 30), gate("approval", "carla", at=31)])
    assert (lacking(state, NAME), next_share(state)) == ([], 1)


def test_a_gate_of_a_former_time_at_the_same_share_does_not_count():
    again = [gate("canary", share=1, at=25), rollout(0, 30), gate("approval", "carla", at=31)]
    state = promotions([*BEFORE, rollout(1, 20), *again, rollout(1, 40)])
    assert lacking(state, NAME) == ["canary at 1 %: recorded before the last change"]


def test_one_candidate_decides_at_a_time_and_a_withdrawn_one_never():
    state = promotions([*BEFORE, rollout(1, 20, "f" * 64)])
    assert lacking(state, NAME) == ["candidate ffffffffffff is rolled out"]
    state = promotions([*BEFORE, PUBLISHED._replace(rules=())])
    assert lacking(state, NAME) == ["no such candidate is published"]


def met(gates):
    return [each.met for each in gates]


def test_shadow_shows_enough_days_labels_and_no_more_reviews():
    assert met(shadow_gates(FINE, Bounds())) == [True, True, True]
    assert met(shadow_gates(FINE._replace(days=6), Bounds())) == [False, True, True]
    few = FINE._replace(new_infringing=40, new_lawful=0)
    assert met(shadow_gates(few, Bounds())) == [True, False, True]
    none = FINE._replace(new_takedowns=0, new_infringing=0, new_lawful=0)
    assert met(shadow_gates(none, Bounds())) == [True, True, True]
    many = FINE._replace(candidate_reviews=15_500)
    assert met(shadow_gates(many, Bounds())) == [True, True, False]
    empty = Compared(0, 0, 0, 0, 0, 0, 0)
    assert met(shadow_gates(empty, Bounds())) == [False, True, False]


def test_a_candidate_is_taken_back_for_what_is_sure():
    assert reasons_to_return(FINE, Bounds()) == ()
    few = Compared(40, 1, 4, 0, 1, 8, 12)
    assert reasons_to_return(few, Bounds()) == ()
    wrong = FINE._replace(new_lawful=30)
    [told] = reasons_to_return(wrong, Bounds())
    assert "30 of 230 looked at" in told
    assert met(canary_gates(wrong, Bounds())) == [True, False, True]
    [told] = reasons_to_return(FINE._replace(candidate_reviews=15_500), Bounds())
    assert "more reviews: 15,500" in told


def test_planted_bad_rules_are_stopped_and_good_ones_pass(capsys):
    assert main(["evaluate-promotions", "--candidates", "20", "--seed", "7"]) == 0
    told = capsys.readouterr().out
    assert "bad: 0 of 20 pass" in told
    assert "of 20 bad ones 20 are stopped by shadow alone" in told


def test_a_candidate_that_is_hardly_wrong_would_pass_as_a_good_one(capsys):
    options = ["--candidates", "20", "--seed", "7", "--wrong-percent", "0.0001"]
    assert main(["evaluate-promotions", *options]) == 1
    assert json.dumps(capsys.readouterr().out).count("pass") >= 2
