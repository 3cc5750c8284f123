"""What is held back from the machine: limits by the hour, first actions, rules and filers that err,
and what a second look finds."""

import pytest
from logged_driver import LoggedDriver
from world import HOUR, START, complaint, listing, owner, review, trademark
from world_disputes import answer, objection
from world_monitoring import Tables, watched

from processors.policies.service_level import ServiceLevel
from replay.compare import compare_all
from replay.remake import remake
from schemas.events.decisions import ComplaintDecided
from schemas.events.detections import BlockListing, ReviewDetection
from schemas.events.takedowns import ReinstateListing, TakeDownListing
from streams.driver import DriverSettings
from topology.harness import PARTITIONS, STANDING, DriverHarness
from topology.test_lifecycle import (
    COMMANDS,
    COMPLAINTS,
    DECISIONS,
    LISTINGS,
    MARKS,
    OBJECTIONS,
    PARTIES,
    QUEUE,
    REVIEWS,
    send,
    tell_tables,
)

DETECTIONS, CONDUCT, STANDINGS = (
    "ip.detections.events", "ip.conduct.events", "ip.standings.state",
)  # fmt: skip
EFFECT = STANDING.effect_delay_milliseconds + 1
MARK = "US:76044902"


@pytest.fixture
def restrained(tmp_path):
    made = []

    def make(**limits):
        level = ServiceLevel(standing=STANDING._replace(**limits))
        settings = DriverSettings(
            partitions=PARTITIONS, now_milliseconds=START, service_level=level
        )
        harness = DriverHarness(tmp_path / f"state-{len(made)}", settings)
        tell_tables(harness)
        made.append(harness)
        return harness

    yield make
    for each in made:
        each.close()


def file(harness, number, **changes):
    """Let a complaint about a listing of its own come; give its last outcome and reasons."""
    name = f"listing-{number}"
    send(harness, LISTINGS, listing(listing_id=name))
    harness.settle()
    filed = complaint(complaint_id=f"complaint-{number}", listing_id=name)._replace(**changes)
    send(harness, COMPLAINTS, filed)
    harness.settle()
    return last(harness, filed.complaint_id)


def last(harness, case_id):
    made = [
        each
        for each in harness.read(DECISIONS)
        if isinstance(each, ComplaintDecided) and each.case_id == case_id
    ]
    return made[-1].outcome, made[-1].reason_codes


def decide(harness, task, outcome, reviewer="reviewer-7"):
    made = review(
        review_id=f"review-{task.command_id}",
        case_id=task.case_id,
        listing_id=task.listing_id,
        decision_number=task.decision_number,
        subject_id=task.subject_id,
        outcome=outcome,
        reviewer_id=reviewer,
    )
    send(harness, REVIEWS, made)
    harness.settle()


def tasks(harness, kind):
    return [each for each in harness.read(QUEUE) if getattr(each, "kind", "") == kind]


def commands(harness):
    return [type(each) for each in harness.read(COMMANDS)]


def kinds(harness, role):
    return [each.kind for each in harness.read(CONDUCT) if each.role == role]


def detect(harness, number, title="Cutex replica nail polish"):
    (found,) = watched(Tables([trademark()]), title=title, listing_id=f"l-{number}").outputs
    send(harness, DETECTIONS, found)
    harness.settle()


def remade_as_it_was(harness, tmp_path):
    again = remake(LoggedDriver(harness.driver), harness.codec, tmp_path / "scratch")
    found = compare_all(LoggedDriver(harness.driver), again)
    return {topic: each.examples for topic, each in found.items() if each.different} == {}


def test_without_limits_nothing_is_held_back_or_counted(restrained):
    driven = restrained()
    assert file(driven, 1)[0] == "take_down"
    keys = [key for key, _ in driven.driver.state.scan("rows", b"")]
    assert not [key for key in keys if b"action:" in key]


def test_no_mark_rule_or_complainant_takes_down_more_than_the_limit_in_an_hour(
    restrained, tmp_path
):
    driven = restrained(hourly_actions=8)
    made = [file(driven, number) for number in range(60)]
    held = [reasons for outcome, reasons in made if outcome == "send_to_review"]
    assert commands(driven) == [TakeDownListing] * 8
    assert set(held) == {("hourly_limit_reached",)}
    assert len(held) == 52
    decided = driven.read(DECISIONS)
    rules = {each.findings["held_rule"] for each in decided if "held_rule" in each.findings}
    assert rules == {"take-down-counterfeit"}
    driven.pass_time(HOUR)
    assert [file(driven, number)[0] for number in range(100, 120)].count("take_down") >= 5
    assert remade_as_it_was(driven, tmp_path)


def test_the_limit_holds_after_the_state_was_lost(restrained):
    driven = restrained(hourly_actions=4)
    for number in range(30):
        file(driven, number)
    driven.restart(lose_state=True)
    for number in range(100, 130):
        file(driven, number)
    assert len(commands(driven)) == 4


def test_what_people_decide_is_not_limited(restrained):
    driven = restrained(hourly_actions=1)
    for number in range(10):
        file(driven, number)
    for task in tasks(driven, "complaint"):
        decide(driven, task, "take_down")
    assert len(commands(driven)) == 10


def test_blocks_are_limited_too(restrained):
    driven = restrained(hourly_actions=4)
    for number in range(30):
        detect(driven, number)
    assert commands(driven) == [BlockListing] * 4
    held = [each for each in driven.read(QUEUE) if isinstance(each, ReviewDetection)]
    assert {each.reason_codes for each in held} == {("hourly_limit_reached",)}
    assert len(held) == 26


def test_a_marks_first_actions_are_decided_by_people(restrained, tmp_path):
    driven = restrained(first_actions_reviewed=3)
    for number in range(4):
        assert file(driven, number) == ("send_to_review", ("first_actions_of_mark",))
    first, second, third, fourth = tasks(driven, "complaint")
    decide(driven, first, "take_down")
    decide(driven, second, "decline")
    decide(driven, third, "take_down")
    driven.pass_time(EFFECT)
    assert file(driven, 5)[0] == "send_to_review"
    decide(driven, fourth, "take_down")
    assert file(driven, 6)[0] == "send_to_review"
    driven.pass_time(EFFECT)
    assert file(driven, 7)[0] == "take_down"
    assert kinds(driven, "mark") == ["complaint_upheld"] * 3
    # It is known, so nothing more is told of the mark.
    decide(driven, tasks(driven, "complaint")[-1], "take_down")
    assert kinds(driven, "mark") == ["complaint_upheld"] * 3
    driven.pass_time(400 * 24 * HOUR)
    assert file(driven, 8)[0] == "take_down"
    assert remade_as_it_was(driven, tmp_path)


def test_first_actions_are_those_of_monitors_too(restrained):
    driven = restrained(first_actions_reviewed=1)
    detect(driven, 1)
    assert not driven.read(COMMANDS)
    [task] = driven.read(QUEUE)
    assert task.reason_codes == ("first_actions_of_mark",)
    made = review(case_id=task.detection_id, listing_id="l-1", outcome="take_down")
    send(driven, REVIEWS, made)
    driven.settle()
    driven.pass_time(EFFECT)
    detect(driven, 2)
    assert commands(driven) == [BlockListing, BlockListing]


def test_what_is_overturned_counts_against_the_mark_before_it_is_proven(restrained):
    driven = restrained(first_actions_reviewed=2)
    for number in range(2):
        file(driven, number)
    first, second = tasks(driven, "complaint")
    decide(driven, first, "take_down")
    send(
        driven,
        OBJECTIONS,
        objection(case_id=first.case_id, listing_id=first.listing_id),
    )
    send(
        driven,
        OBJECTIONS,
        answer(case_id=first.case_id, listing_id=first.listing_id, answer="accept"),
    )
    driven.settle()
    decide(driven, second, "take_down")
    driven.pass_time(EFFECT)
    assert file(driven, 3)[0] == "send_to_review"


def test_a_second_look_is_blind_and_agrees(restrained):
    driven = restrained(second_look_percent=100)
    file(driven, 1)
    [task] = tasks(driven, "second_look")
    assert task.reason_codes == ("second_look",)
    told = [str(value) for value in task]
    assert "take_down" not in told
    assert "counterfeit" not in task.reason_codes
    before = len(driven.read(DECISIONS))
    decide(driven, task, "take_down")
    assert len(driven.read(DECISIONS)) == before
    assert kinds(driven, "rule") == ["action_upheld"]
    # The same answer again counts once.
    decide(driven, task, "take_down")
    assert kinds(driven, "rule") == ["action_upheld"]


def test_a_second_look_that_overturns_a_takedown_puts_the_listing_back(restrained):
    driven = restrained(second_look_percent=100)
    file(driven, 1)
    decide(driven, *tasks(driven, "second_look"), "decline")
    assert commands(driven) == [TakeDownListing, ReinstateListing]
    assert kinds(driven, "rule") == ["action_overturned"]
    assert kinds(driven, "seller") == ["strike", "strike_reversed"]


def test_a_second_look_that_overturns_a_decline_takes_the_listing_down(restrained):
    driven = restrained(second_look_percent=100)
    send(driven, LISTINGS, listing(nice_classes=(21,)))
    driven.settle()
    send(driven, COMPLAINTS, complaint())
    driven.settle()
    assert last(driven, "complaint-1")[0] == "decline"
    decide(driven, *tasks(driven, "second_look"), "take_down")
    assert commands(driven) == [TakeDownListing]
    assert kinds(driven, "rule") == ["action_overturned"]


def test_a_second_look_at_what_has_moved_on_changes_nothing(restrained):
    driven = restrained(second_look_percent=100)
    file(driven, 1)
    [task] = tasks(driven, "second_look")
    send(driven, OBJECTIONS, objection(listing_id="listing-1"))
    send(driven, OBJECTIONS, answer(listing_id="listing-1", answer="accept"))
    driven.settle()
    assert commands(driven) == [TakeDownListing, ReinstateListing]
    decide(driven, task, "decline")
    assert commands(driven) == [TakeDownListing, ReinstateListing]
    assert not kinds(driven, "rule")


def test_blocks_are_looked_at_again_too(restrained):
    driven = restrained(second_look_percent=100)
    detect(driven, 1)
    [task] = tasks(driven, "second_look")
    decide(driven, task, "decline")
    assert commands(driven) == [BlockListing, ReinstateListing]
    assert kinds(driven, "seller") == ["strike", "strike_reversed"]
    assert kinds(driven, "rule") == ["action_overturned"]


def test_a_share_is_drawn_and_a_minimum_of_each_week_and_marketplace(restrained):
    driven = restrained(second_looks_a_week=12)
    for number in range(40):
        file(driven, number)
    looked = tasks(driven, "second_look")
    assert len(looked) >= 12
    assert len(looked) <= 24
    assert {each.case_id for each in looked} <= {f"complaint-{n}" for n in range(40)}
    driven.pass_time(7 * 24 * HOUR)
    for number in range(100, 140):
        file(driven, number)
    assert len(tasks(driven, "second_look")) >= 24


def test_one_in_a_hundred_is_drawn_by_hash(restrained):
    driven = restrained(second_look_percent=10)
    for number in range(150):
        file(driven, number)
    assert 5 <= len(tasks(driven, "second_look")) <= 30


def test_a_rule_that_is_overturned_too_often_goes_to_people_by_itself(restrained, tmp_path):
    driven = restrained(second_look_percent=100, rule_overturned_percent=1)
    assert file(driven, 1)[0] == "take_down"
    decide(driven, *tasks(driven, "second_look"), "decline")
    assert file(driven, 2)[0] == "take_down"
    driven.pass_time(EFFECT)
    assert file(driven, 3) == ("send_to_review", ("rule_under_review",))
    [told] = [each for each in driven.read(STANDINGS) if each.role == "rule"]
    assert told.party_id.startswith("rule:take-down-counterfeit@")
    assert not told.automatic
    [ground] = told.grounds
    assert (ground.concluded_count, ground.countered_count) == (1, 1)
    # Another rule goes on.
    other = file(driven, 4, ground="trademark_infringement")
    assert other[0] == "take_down"
    assert remade_as_it_was(driven, tmp_path)
    driven.pass_time(91 * 24 * HOUR)
    assert file(driven, 5)[0] == "take_down"


def test_a_rule_within_its_limit_goes_on(restrained):
    driven = restrained(second_look_percent=100, rule_overturned_percent=20)
    for number in range(8):
        file(driven, number)
    for number, task in enumerate(tasks(driven, "second_look")):
        decide(driven, task, "decline" if number == 0 else "take_down")
    driven.pass_time(EFFECT)
    assert file(driven, 20)[0] == "take_down"


def test_a_filer_whose_takedowns_are_often_overturned_loses_their_automatic_effect(
    restrained, tmp_path
):
    driven = restrained(complainant_overturned_percent=5)
    for number in range(2):
        file(driven, number)
        about = {"case_id": f"complaint-{number}", "listing_id": f"listing-{number}"}
        send(driven, OBJECTIONS, objection(counter_notice_id=f"objection-{number}", **about))
        send(driven, OBJECTIONS, answer(answer_id=f"answer-{number}", answer="accept", **about))
        driven.settle()
    driven.pass_time(EFFECT)
    assert file(driven, 5) == ("send_to_review", ("complainant_often_overturned",))
    other = owner(party_id="holder-2", trademark_keys=(MARK,))
    driven.send(PARTIES, "holder-2", other)
    fine = file(driven, 6, complainant_id="holder-2", rights_holder_id="holder-2")
    assert fine[0] == "take_down"
    assert remade_as_it_was(driven, tmp_path)


def test_marks_are_held_apart(restrained):
    driven = restrained(first_actions_reviewed=1)
    file(driven, 1)
    decide(driven, *tasks(driven, "complaint"), "take_down")
    driven.pass_time(EFFECT)
    another = trademark(application_number="9", registration_number="99", mark_text="CUTEX")
    driven.send(MARKS, "US:9", another)
    assert file(driven, 2)[0] == "take_down"
    assert file(driven, 3, trademark_number="99")[1] == ("first_actions_of_mark",)
