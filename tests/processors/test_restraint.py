"""Shares, bounds and counts by which automatic actions are held back."""

from types import SimpleNamespace

import pytest
from world import START

from processors.policies.service_level import ServiceLevel, service_level_hash
from processors.policies.standing_policy import StandingPolicy
from processors.restraint.action_counts import (
    acted_within_hour,
    counted,
    looks_in_week,
    nothing_counted,
    share_of,
)
from processors.restraint.restraint import AutomaticAction, reason_to_hold
from processors.restraint.share_bounds import is_beyond, share_bounds
from processors.step import Moment, Origin
from schemas.durations import DAY_MILLISECONDS, HOUR_MILLISECONDS
from streams.policies.standing_files import BUILT_IN_STANDING, load_standing_policy


@pytest.mark.parametrize(("limit", "partitions"), [(50, 4), (50, 1), (3, 8), (50, 7)])
def test_shares_add_up_to_the_limit(limit, partitions):
    assert sum(share_of(limit, partitions, n) for n in range(partitions)) == limit


def test_an_hour_slides_and_a_count_is_bounded():
    count = nothing_counted("mark:US:1")
    for minute in range(120):
        count = counted(count, START + minute * 60_000)
    now = START + 119 * 60_000
    assert acted_within_hour(count, now) == 60
    assert acted_within_hour(count, now + HOUR_MILLISECONDS) == 0
    assert len(count.acted_at_milliseconds) == 60
    for _ in range(3_000):
        count = counted(count, now)
    assert len(count.acted_at_milliseconds) == 1_000


def test_times_that_come_out_of_order_count():
    count = counted(counted(nothing_counted("rule:a"), START), START - 1_000)
    assert acted_within_hour(count, START) == 2
    assert acted_within_hour(count, START - 2_000) == 2


def test_looks_are_counted_by_the_week():
    count = counted(counted(nothing_counted("looks:shop"), START), START)
    assert looks_in_week(count, START) == 2
    assert looks_in_week(count, START + 8 * DAY_MILLISECONDS) == 0


@pytest.mark.parametrize(
    ("part", "whole", "lower", "upper"),
    # statsmodels' proportion_confint, method wilson
    [(0, 50, 0.0, 0.0713), (1, 50, 0.0035, 0.1050), (5, 50, 0.0435, 0.2136), (50, 50, 0.9287, 1.0)],
)
def test_bounds_of_a_share(part, whole, lower, upper):
    bounds = share_bounds(part, whole)
    assert bounds.lower == pytest.approx(lower, abs=5e-4)
    assert bounds.upper == pytest.approx(upper, abs=5e-4)


def test_a_share_of_nothing_may_be_anything_and_exceeds_no_limit():
    assert share_bounds(0, 0) == (0.0, 0.0, 1.0)
    assert not is_beyond(0, 0, 1)
    assert not is_beyond(5, 5, 0)
    assert is_beyond(2, 50, 1)
    assert not is_beyond(1, 100, 1)


def test_the_built_in_file_sets_the_limits_and_no_file_none():
    policy = load_standing_policy(BUILT_IN_STANDING)
    assert (policy.hourly_actions, policy.first_actions_reviewed) == (50, 20)
    assert (policy.second_look_percent, policy.second_looks_a_week) == (1, 50)
    assert StandingPolicy().hourly_actions == 0


def test_times_from_before_there_were_limits_keep_their_hash():
    level = ServiceLevel()
    limited = level._replace(standing=level.standing._replace(hourly_actions=50))
    assert service_level_hash(level) != service_level_hash(limited)
    assert service_level_hash(level) == (
        "16e198b9cb865cea5d2d76a75e23163b1b4d03a00b186ee3d4cb389c1cc936fc"
    )


def test_who_has_no_account_never_acts_automatically():
    reference = SimpleNamespace(party=lambda _: None, standing_history=lambda *_: ())
    level = ServiceLevel()
    moment = Moment(START, Origin("t", 0, 0), reference, level, "test", None)
    action = AutomaticAction("take-down-counterfeit", "", "US:1", "stranger")
    assert reason_to_hold(action, moment) == "complainant_without_account"
    assert reason_to_hold(action._replace(complainant_id=""), moment) is None
