"""Shares of listings: as large as they say, growing without leaving anybody, other for each set."""

import pytest

from processors.rules.rollout import Rollout, is_in_share, rules_of_listing
from processors.rules.rule_set import RuleSet
from schemas.events.rules import Rule

LISTINGS = [f"listing-{number}" for number in range(10_000)]


def of_share(rule_set_hash, share_percent):
    return {each for each in LISTINGS if is_in_share(rule_set_hash, share_percent, "shop", each)}


def rules(name):
    return RuleSet((Rule(name, "All.", 1, "true", "send_to_review", ("counterfeit",)),))


@pytest.mark.parametrize("share_percent", [1, 10, 50])
def test_a_share_is_as_large_as_it_says(share_percent):
    found = len(of_share("a", share_percent)) / len(LISTINGS)
    assert found == pytest.approx(share_percent / 100, rel=0.2)


def test_none_and_all_are_just_that():
    assert of_share("a", 0) == set()
    assert of_share("a", 100) == set(LISTINGS)


def test_a_growing_share_leaves_nobody():
    one, ten, half = (of_share("a", share_percent) for share_percent in (1, 10, 50))
    assert one < ten < half


def test_sets_begin_with_other_listings():
    assert of_share("a", 10) != of_share("b", 10)


def test_a_candidate_is_compared_with_the_live_set_where_it_decides_and_the_other_way():
    live, candidate, other = map(rules, ("live", "candidate", "other"))
    shadows = (candidate, other)
    inside = rules_of_listing(live, shadows, Rollout(candidate, 100), "shop", "listing-1")
    outside = rules_of_listing(live, shadows, Rollout(candidate, 0), "shop", "listing-1")
    assert inside == (candidate, (live, other))
    assert outside == (live, shadows)
    assert rules_of_listing(live, shadows, None, "shop", "listing-1") == (live, shadows)
