"""Who may take which review task, which goes first, and when opinions settle it."""

import pytest
from world import HOUR, START

from processors.reviews.assignment import (
    Opinion,
    Reviewer,
    Task,
    conclude,
    is_eligible,
    needs_second,
    next_level,
    priority,
)
from processors.reviews.breach_forecast import breach_forecast

JUNIOR = Reviewer("junior", ("complaint:counterfeit",), ("en",), 1)
SENIOR = Reviewer("senior", ("complaint:*",), ("*",), 2)
LEAD = Reviewer("lead", ("*",), ("*",), 3)


def task(name="task", **changes):
    given = Task(
        name, "complaint", "counterfeit", "en", 1, False, False, None, (), START, START + 24 * HOUR
    )
    return given._replace(**changes)


def order(*tasks, now=START):
    return [each.task_id for each in sorted(tasks, key=lambda each: priority(each, now))]


def test_trusted_flaggers_go_first_then_the_least_share_of_time_left():
    late = task("late", deadline_at_milliseconds=START + HOUR)
    flagged = task("flagged", trusted_flagger=True, deadline_at_milliseconds=START + 24 * HOUR)
    later = task("later", deadline_at_milliseconds=START + 20 * HOUR)
    assert order(later, late, flagged) == ["flagged", "late", "later"]


def test_what_may_endanger_people_goes_before_trusted_flaggers_and_what_is_late():
    safety = task("safety", safety_hazard=True)
    flagged = task("flagged", trusted_flagger=True)
    late = task("late", deadline_at_milliseconds=START - HOUR)
    assert order(late, flagged, safety) == ["safety", "flagged", "late"]


def test_an_appeal_has_its_own_clock():
    appeal = task("appeal", kind="appeal", deadline_at_milliseconds=START + 240 * HOUR)
    case = task("case")
    assert order(case, appeal, now=START + 12 * HOUR) == ["case", "appeal"]
    assert order(case, appeal, now=START - 5 * HOUR) == ["appeal", "case"]


def test_a_case_open_again_is_measured_by_its_new_clock_not_its_receipt():
    again = task("again", issued_at_milliseconds=START - 900 * HOUR)
    assert priority(again, START)[1] == 1.0


def test_the_fast_lane_goes_ahead_but_not_of_what_is_late():
    fast = task("fast", fast_lane=True)
    younger = task("younger", deadline_at_milliseconds=START + 19 * HOUR)
    late = task("late", deadline_at_milliseconds=START - 1)
    assert order(younger, fast, late) == ["late", "fast", "younger"]


@pytest.mark.parametrize(
    ("reviewer", "change", "eligible"),
    [
        (JUNIOR, {}, True),
        (JUNIOR, {"ground": "other"}, False),
        (JUNIOR, {"kind": "appeal"}, False),
        (JUNIOR, {"language": "th"}, False),
        (JUNIOR, {"language": ""}, True),
        (JUNIOR, {"level": 2}, False),
        (SENIOR, {"level": 2, "ground": "other", "language": "th"}, True),
        (SENIOR, {"kind": "appeal"}, False),
        (LEAD, {"kind": "detection", "ground": ""}, True),
        (JUNIOR, {"excluded_reviewer_ids": ("junior",)}, False),
        (JUNIOR._replace(active=False), {}, False),
    ],
)
def test_skill_language_seniority_and_earlier_parts_tell_who_may(reviewer, change, eligible):
    assert is_eligible(reviewer, task(**change), ()) is eligible


def test_a_task_rises_when_nobody_of_its_level_is_left():
    team = (JUNIOR, SENIOR, LEAD)
    assert next_level(task(), team, ()) == 1
    assert next_level(task(), team, {"junior"}) == 2
    assert next_level(task(), team, {"junior", "senior"}) == 3
    assert next_level(task(), team, {"junior", "senior", "lead"}) is None


def test_high_values_need_two_unless_it_is_only_asked():
    assert needs_second(task(price_euros=1_000.0), "take_down", 1_000.0)
    assert not needs_second(task(price_euros=999.99), "take_down", 1_000.0)
    assert not needs_second(task(price_euros=5_000.0), "ask_for_clarification", 1_000.0)
    assert not needs_second(task(), "take_down", 1_000.0)


def opinion(reviewer, outcome, *reasons):
    return Opinion(reviewer, outcome, reasons or ("counterfeit",))


def test_one_opinion_settles_what_needs_one_and_two_that_agree_the_rest():
    first = opinion("a", "take_down")
    assert conclude([first], two_needed=False).outcome == "take_down"
    waiting = conclude([first], two_needed=True)
    assert (waiting.outcome, waiting.disagree) == (None, False)
    agreed = conclude([first, opinion("b", "take_down", "keyword_misuse")], two_needed=True)
    assert agreed.reason_codes == ("counterfeit", "keyword_misuse")
    assert (agreed.reviewer_id, agreed.second_reviewer_id) == ("a", "b")


def test_who_disagree_need_a_third_who_agrees_with_either():
    two = [opinion("a", "take_down"), opinion("b", "decline")]
    assert conclude(two, two_needed=True).disagree
    settled = conclude([*two, opinion("c", "decline")], two_needed=True)
    assert (settled.outcome, settled.reviewer_id) == ("decline", "b")
    assert settled.second_reviewer_id == "c"


def test_breaches_are_forecast_from_rate_and_deadlines():
    deadlines = [START + number * 10_000 for number in range(1, 11)]
    assert breach_forecast(deadlines, 0.1, START) == (0, 0.0)
    assert breach_forecast(deadlines, 0.05, START) == (10, 1.0)
    # Five are late already; at a fast rate the others are not.
    late = breach_forecast(deadlines, 100.0, START + 55_000)
    assert late == (5, 0.5)
    assert breach_forecast([], 0.0, START) == (0, 0.0)
    assert breach_forecast(deadlines, 0.0, START) == (10, 1.0)
