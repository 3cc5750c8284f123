"""How sellers object by the law of the country and the right, and what each answer leads to."""

import pytest
from logged_driver import LoggedDriver
from world import START, complaint, listing, review
from world_disputes import answer, objection

from ops.services.worker import service_level
from replay.compare import compare_all
from replay.remake import remake
from schemas.events.complaints import Evidence
from schemas.events.counter_notices import Proceedings
from schemas.events.takedowns import ReinstateListing, TakeDownListing
from schemas.rights import right_of
from streams.driver import DriverSettings
from streams.policies.policy_files import BUILT_IN_DIRECTORY, load_service_policy, policy_on
from topology.harness import PARTITIONS, DriverHarness
from topology.test_disputes import (
    COMPLAINTS,
    DAY,
    LISTINGS,
    NOTICES,
    OBJECTIONS,
    REVIEWS,
    kinds,
    tell,
    tell_tables,
)
from topology.test_lifecycle import COMMANDS
from topology.test_rights import claim_of

WORK = "copyright_infringement"
SUIT = Proceedings("LG Hamburg", "310 O 12/26", "2023-11-20")
PAPER = (Evidence("doc-9", "court_document", None),)
DOWN, UP = [TakeDownListing], [TakeDownListing, ReinstateListing]


@pytest.fixture
def start_case(tmp_path):
    """Takes down a listing for a work, or for a mark, in a country."""
    started = []

    def begin(territory, ground=WORK):
        level = service_level(24 * 3600.0)
        policy = policy_on(level, load_service_policy(BUILT_IN_DIRECTORY))
        settings = DriverSettings(
            partitions=PARTITIONS,
            now_milliseconds=START,
            service_level=level,
            service_policy=policy,
        )
        harness = DriverHarness(tmp_path / f"state-{len(started)}", settings)
        started.append(harness)
        tell_tables(harness)
        tell(harness, LISTINGS, listing(territories=(territory,)))
        said = claim_of(right_of(ground))
        filed = complaint(ground=ground, territory=territory, particulars=said)
        tell(harness, COMPLAINTS, filed)
        if kinds(harness) != DOWN:
            tell(harness, REVIEWS, review(reason_codes=(ground,)))
        assert kinds(harness) == DOWN
        return harness

    yield begin
    for each in started:
        each.close()


def passed(harness, days):
    harness.pass_time(days * DAY)
    return kinds(harness)


def back_on(harness, limit_days=800):
    """The UTC time of the put-back, in days since the case began; None where none came."""
    for day in range(limit_days):
        if kinds(harness) == UP:
            return day
        harness.pass_time(DAY)
    return None


def asked(harness):
    return [each for each in harness.read(NOTICES) if each.kind == "clarification_asked"]


def reason(harness):
    [*_, last] = harness.read(COMMANDS)
    return last.reason_codes


def sworn(**changes):
    return objection(perjury_declared=True, jurisdiction_consented=True, **changes)


def test_in_america_a_work_is_put_back_unless_an_action_is_told_of(start_case):
    driven = start_case("US")
    tell(driven, OBJECTIONS, sworn())
    # START is Tuesday 14 November 2023; the 23rd, Thanksgiving, is no business day.
    assert back_on(driven) == 16
    assert reason(driven) == ("counter_notice_uncontested",)


def test_a_bare_no_does_not_stop_the_american_put_back(start_case):
    driven = start_case("US")
    tell(driven, OBJECTIONS, sworn(), answer(answer="reject"))
    [told] = asked(driven)
    assert told.role == "complainant"
    assert back_on(driven) == 16


def test_an_objection_that_is_not_sworn_is_asked_for_again_in_america_only(start_case):
    driven = start_case("US")
    tell(driven, OBJECTIONS, objection(perjury_declared=False))
    assert [each.role for each in asked(driven)] == ["seller"]
    elsewhere = start_case("DE")
    tell(elsewhere, OBJECTIONS, objection(perjury_declared=False))
    assert asked(elsewhere) == []


@pytest.mark.parametrize(
    "without", [{"proceedings": None}, {"evidence": ()}, {"proceedings": None, "evidence": ()}]
)
def test_an_action_is_named_and_shown_or_it_stops_nothing(start_case, without):
    driven = start_case("US")
    whole = {"answer": "court_action", "proceedings": SUIT, "evidence": PAPER}
    tell(driven, OBJECTIONS, sworn(), answer(**{**whole, **without}))
    assert len(asked(driven)) == 1
    tell(driven, OBJECTIONS, answer(answer_id="answer-2", **whole))
    # Not for ever: after a year it is to be told of again.
    assert back_on(driven) == 367
    assert reason(driven) == ("court_action_expired",)


def test_an_action_told_of_again_goes_on(start_case):
    driven = start_case("US")
    whole = {"answer": "court_action", "proceedings": SUIT, "evidence": PAPER}
    tell(driven, OBJECTIONS, sworn(), answer(**whole))
    assert passed(driven, 300) == DOWN
    tell(driven, OBJECTIONS, answer(answer_id="answer-2", **whole))
    assert passed(driven, 300) == DOWN
    tell(driven, OBJECTIONS, answer(answer_id="answer-3", answer="accept"))
    assert kinds(driven) == UP


def test_a_german_work_is_not_put_back_by_american_law(start_case):
    driven = start_case("DE")
    tell(driven, OBJECTIONS, objection(), answer(answer="reject"))
    assert passed(driven, 60) == DOWN
    assert [each.kind for each in driven.read(NOTICES)].count("put_back_scheduled") == 0


@pytest.mark.parametrize("ground", [WORK, "patent_infringement"])
def test_in_china_measures_end_after_fifteen_days_without_complaint_or_suit(start_case, ground):
    driven = start_case("CN", ground)
    tell(driven, OBJECTIONS, objection())
    assert back_on(driven) == 16


def test_in_china_a_complaint_to_an_authority_keeps_it_down(start_case):
    driven = start_case("CN")
    told = answer(answer="authority_complaint", proceedings=SUIT, evidence=PAPER)
    tell(driven, OBJECTIONS, objection(), told)
    assert passed(driven, 30) == DOWN
    american = start_case("US")
    tell(american, OBJECTIONS, sworn(), told)
    assert back_on(american) == 16


def test_in_india_the_measure_ends_after_three_weeks(start_case):
    driven = start_case("IN")
    assert back_on(driven) == 22
    assert reason(driven) == ("measure_ended",)


def test_in_india_an_objection_does_not_make_the_measure_longer(start_case):
    driven = start_case("IN")
    driven.pass_time(20 * DAY)
    tell(driven, OBJECTIONS, objection())
    assert back_on(driven) == 2


def test_in_india_an_order_told_of_in_time_keeps_it_down(start_case):
    driven = start_case("IN")
    tell(driven, OBJECTIONS, answer(answer="court_action", proceedings=SUIT, evidence=PAPER))
    assert passed(driven, 60) == DOWN


def test_marks_have_rounds_where_no_law_says_otherwise(start_case):
    for territory in ("US", "GB", "JP"):
        driven = start_case(territory, WORK if territory == "JP" else "patent_infringement")
        tell(driven, OBJECTIONS, objection())
        # The complainant is silent.
        business_days = back_on(driven, 20)
        assert business_days is not None
        assert reason(driven) == ("counter_notice_unanswered",)


def test_a_replay_goes_by_the_same_procedures(start_case, tmp_path):
    driven = start_case("CN")
    tell(driven, OBJECTIONS, objection())
    driven.pass_time(20 * DAY)
    log = LoggedDriver(driven.driver)
    again = remake(log, driven.codec, tmp_path / "again")
    found = compare_all(log, again)
    assert {topic: each.examples for topic, each in found.items() if each.different} == {}
