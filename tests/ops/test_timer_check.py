"""The check of fired timers finds what it is to find; the clock's timeline knows what it showed."""

import time

from ops.shell.jumping_clock import JumpingClock
from ops.trials.chaos.fired_timers import Expected, FiredTimer, check
from ops.trials.chaos.timeline import Timeline

HOUR = 3_600_000


def now():
    return time.time_ns() // 1_000_000


def test_a_timeline_tells_the_latest_time_shown(tmp_path):
    timeline = Timeline(tmp_path / "clock", -10 * HOUR)
    clock = JumpingClock(timeline.path)
    first = now()
    timeline.jump(4 * HOUR)
    assert abs(clock.now_milliseconds() - (now() - 6 * HOUR)) < 5_000
    time.sleep(0.01)
    timeline.jump(-3 * HOUR)
    time.sleep(0.01)
    after = now()
    assert abs(clock.now_milliseconds() - timeline.now()) < 5_000
    assert abs(timeline.highest(first - 1, after) - (after - 6 * HOUR)) < 5_000
    assert abs(timeline.highest(after, after) - (after - 9 * HOUR)) < 5_000
    assert timeline.jumps == (1, 1)


def test_missing_doubled_early_and_shifted_timers_are_found(tmp_path):
    timeline = Timeline(tmp_path / "clock", 0)
    time.sleep(0.01)
    at = now()
    expected = Expected({"warning": [at, at, at + HOUR, at, at]}, [at - 5] * 5)
    told = [
        FiredTimer(0, "warning", at, at + 1),
        FiredTimer(1, "warning", at, at + 1),
        FiredTimer(1, "warning", at, at + 2),
        FiredTimer(2, "warning", at + HOUR, at + 1),
        FiredTimer(3, "warning", at - 1, at + 1),
    ]
    fired, problems = check(iter(told), expected, timeline)
    assert fired == 4
    kinds = ("told twice", "early", "of another time")
    assert [problem.split(",")[0] for problem in problems[:3]] == [f"1 {kind}" for kind in kinds]
    assert problems[3] == "1 missing"


def test_timers_that_fired_once_and_in_time_pass(tmp_path):
    timeline = Timeline(tmp_path / "clock", 0)
    time.sleep(0.01)
    at = now()
    told = [FiredTimer(number, "warning", at, at + 1) for number in range(3)]
    expected = Expected({"warning": [at] * 3}, [at - 5] * 3)
    assert check(iter(told), expected, timeline) == (3, [])
