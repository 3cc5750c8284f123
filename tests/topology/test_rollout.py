"""Several rule sets beside the live one, and a candidate that decides on a share of listings."""

import pytest
from world import START, complaint, listing

from processors.rules.rollout import is_in_share
from processors.rules.rule_set import RuleSet
from schemas.declaration import key_of
from schemas.events.decisions import ShadowOutcome
from schemas.events.rules import GateRecorded, RolloutChanged, Rule
from streams.policies.rule_files import rule_set_published
from topology.harness import DriverHarness
from topology.test_lifecycle import COMPLAINTS, DECISIONS, LISTINGS, RULES, send, tell_tables

REVIEW = (Rule("review", "All.", 1, "true", "send_to_review", ("counterfeit",)),)
DECLINE = (Rule("decline", "All.", 1, "true", "decline", ("counterfeit",)),)
REVIEW_HASH, DECLINE_HASH = RuleSet(REVIEW).hash, RuleSet(DECLINE).hash


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    yield harness
    harness.close()


def tell(driven, event):
    driven.send(RULES, key_of(event), event)


def shadow(driven, rules, named=None):
    published = rule_set_published(rules, "shadow", "test", START)
    name = published.rule_set_hash if named is None else named
    tell(driven, published._replace(slot=f"shadow:{name}", rule_set_hash=name))


def roll_out(driven, share_percent, named=DECLINE_HASH):
    tell(driven, RolloutChanged(named, share_percent, "a test", "test", START))


def decided(driven, number):
    """Return the decision on a new listing's first complaint."""
    name = f"listing-{number}"
    send(driven, LISTINGS, listing(listing_id=name))
    driven.settle()
    send(driven, COMPLAINTS, complaint(complaint_id=f"complaint-{number}", listing_id=name))
    driven.settle()
    [found] = [d for d in driven.read(DECISIONS) if d.case_id == f"complaint-{number}"]
    return found


def test_each_shadow_set_is_told_by_its_hash_until_it_is_withdrawn(driven):
    shadow(driven, REVIEW)
    shadow(driven, DECLINE)
    found = decided(driven, 1)
    assert (found.outcome, found.shadow_outcome) == ("take_down", None)
    assert set(found.shadow_outcomes) == {
        ShadowOutcome(REVIEW_HASH, "send_to_review"),
        ShadowOutcome(DECLINE_HASH, "decline"),
    }
    shadow(driven, (), named=REVIEW_HASH)
    assert decided(driven, 2).shadow_outcomes == (ShadowOutcome(DECLINE_HASH, "decline"),)
    driven.restart(lose_state=True)
    assert decided(driven, 3).shadow_outcomes == (ShadowOutcome(DECLINE_HASH, "decline"),)


def test_a_candidate_decides_on_its_share_of_listings_and_no_other(driven):
    live = decided(driven, 0).capsule.rule_set_hash
    shadow(driven, DECLINE)
    roll_out(driven, 50)
    for number in range(1, 9):
        found = decided(driven, number)
        inside = is_in_share(DECLINE_HASH, 50, found.marketplace, found.listing_id)
        outcomes = {live: "take_down", DECLINE_HASH: "decline"}
        [other] = found.shadow_outcomes
        deciding = DECLINE_HASH if inside else live
        assert found.capsule.rule_set_hash == deciding
        assert found.outcome == outcomes.pop(deciding)
        assert {other.rule_set_hash: other.outcome} == outcomes


def test_taking_a_candidate_back_holds_at_once_and_leaves_what_was_decided(driven):
    shadow(driven, DECLINE)
    roll_out(driven, 100)
    assert decided(driven, 1).outcome == "decline"
    driven.restart(lose_state=False)
    assert decided(driven, 2).outcome == "decline"
    before = driven.read(DECISIONS)
    roll_out(driven, 0)
    assert decided(driven, 3).outcome == "take_down"
    assert driven.read(DECISIONS)[: len(before)] == before
    driven.restart(lose_state=True)
    assert decided(driven, 4).outcome == "take_down"


def test_a_candidate_that_is_not_here_or_does_not_compile_never_decides(driven):
    tables = driven.driver.tables
    roll_out(driven, 100)
    assert (decided(driven, 1).outcome, tables.rollout_not_followed) == ("take_down", True)
    shadow(driven, (DECLINE[0]._replace(condition="nonsense"),), named=DECLINE_HASH)
    shadow(driven, REVIEW, named=DECLINE_HASH)
    assert (decided(driven, 2).outcome, tables.rollout_not_followed) == ("take_down", True)
    assert driven.dead_letters() == ["rule_set_refused"] * 2
    shadow(driven, DECLINE)
    assert (decided(driven, 3).outcome, tables.rollout_not_followed) == ("decline", False)
    shadow(driven, (), named=DECLINE_HASH)
    assert (decided(driven, 4).outcome, tables.rollout_not_followed) == ("take_down", True)


def test_a_rollout_that_can_not_be_read_has_the_live_rules_decide(driven):
    shadow(driven, DECLINE)
    roll_out(driven, 100)
    assert decided(driven, 1).outcome == "decline"
    roll_out(driven, 101)
    assert decided(driven, 2).outcome == "take_down"
    driven.restart(lose_state=True)
    assert decided(driven, 3).outcome == "take_down"
    assert driven.driver.tables.rollout_not_followed
    roll_out(driven, 0)
    assert decided(driven, 4).outcome == "take_down"
    assert not driven.driver.tables.rollout_not_followed


def test_a_shadow_set_takes_no_other_key(driven):
    published = rule_set_published(DECLINE, "shadow", "test", START)
    tell(driven, published._replace(slot="service_policy"))
    tell(driven, published._replace(role="active", slot=f"shadow:{DECLINE_HASH}"))
    assert decided(driven, 1).outcome == "take_down"
    driven.restart(lose_state=False)
    assert decided(driven, 2).outcome == "take_down"
    # What is in the place of chosen rules, and is none, is for people.
    tell(driven, published._replace(slot="active"))
    assert decided(driven, 3).outcome == "send_to_review"
    assert driven.dead_letters() == ["rule_set_refused"] * 3


def test_what_gates_found_changes_no_decision(driven):
    tell(driven, GateRecorded(DECLINE_HASH, "shadow", 0, True, "7 days", "{}", "test", START))
    assert decided(driven, 1).outcome == "take_down"
    assert driven.dead_letters() == []
