"""Orders of courts and authorities outrank rules and reviewers, where and while they hold."""

import pytest
from world import START, complaint, listing, review
from world_disputes import acknowledgement, answer, appeal, objection, order, retraction

from schemas.events.notices import InformBuyers
from schemas.events.orders import OrderAnswered, OrderLifted
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing
from topology.harness import DriverHarness
from topology.test_detections import COPY, detect
from topology.test_disputes import (
    COMMANDS,
    COMPLAINTS,
    DAY,
    DECISIONS,
    DONE,
    LISTINGS,
    NOTICES,
    OBJECTIONS,
    REVIEWS,
    counted,
    kinds,
    said,
    tell,
    tell_tables,
)


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    yield harness
    harness.close()


@pytest.fixture
def listed(driven):
    tell(driven, LISTINGS, listing())
    return driven


def answers(harness):
    found = [each for each in harness.read(DECISIONS) if isinstance(each, OrderAnswered)]
    return [each.answer for each in found]


def lifted(**changes):
    return OrderLifted(
        "lift-1", "order-1", "listing-1", "shop", "Set aside.", "operator-1", START
    )._replace(**changes)


def test_an_order_takes_down_what_rules_would_leave(listed):
    tell(listed, REVIEWS, order())
    [command] = listed.read(COMMANDS)
    assert isinstance(command, TakeDownListing)
    assert command.reason_codes == ("order_of_authority",)
    assert not command.automated
    assert answers(listed) == ["commanded"]
    assert said(listed, "seller") == ["decision"]
    assert counted(listed) == []


def test_an_order_holds_in_its_countries(driven):
    tell(driven, LISTINGS, listing(territories=("DE", "FR", "US")))
    tell(driven, REVIEWS, order(territories=("DE",)))
    [command] = driven.read(COMMANDS)
    assert isinstance(command, RestrictListing)
    assert command.territories == ("DE",)
    [told] = [each for each in driven.read(DECISIONS) if isinstance(each, OrderAnswered)]
    assert (told.territories, told.command_id) == (("DE",), command.command_id)
    assert (told.issuer, told.reference) == ("Landgericht Hamburg", "312 O 1/26")


def test_an_order_informs_no_buyers_as_it_is_no_finding_of_ours(driven):
    tell(driven, LISTINGS, listing(territories=("DE",)))
    tell(driven, REVIEWS, order())
    assert not any(isinstance(each, InformBuyers) for each in driven.read(NOTICES))


def test_an_objection_puts_nothing_back_that_an_order_keeps_down(listed):
    tell(listed, COMPLAINTS, complaint())
    tell(listed, REVIEWS, order())
    assert answers(listed) == ["hidden_already"]
    tell(listed, OBJECTIONS, objection(), answer(answer="accept"))
    assert kinds(listed) == [TakeDownListing]
    tell(listed, REVIEWS, lifted())
    assert kinds(listed) == [TakeDownListing, ReinstateListing]
    assert answers(listed)[-1] == "ended"


def test_what_a_case_keeps_down_stays_down_when_the_order_ends(listed):
    tell(listed, REVIEWS, order(until_milliseconds=START + 10 * DAY))
    tell(listed, COMPLAINTS, complaint())
    listed.pass_time(11 * DAY)
    assert answers(listed) == ["commanded", "ended"]
    assert ReinstateListing not in kinds(listed)
    tell(listed, COMPLAINTS, retraction())
    assert kinds(listed)[-1] is ReinstateListing


def test_an_order_ends_by_itself_on_its_day(listed):
    tell(listed, REVIEWS, order(until_milliseconds=START + 10 * DAY))
    listed.pass_time(9 * DAY)
    assert kinds(listed) == [TakeDownListing]
    listed.pass_time(2 * DAY)
    assert kinds(listed) == [TakeDownListing, ReinstateListing]
    assert listed.read(COMMANDS)[-1].reason_codes == ("order_ended",)
    assert said(listed, "seller") == ["decision", "decision"]


@pytest.mark.parametrize(
    ("topic", "event"),
    [
        (OBJECTIONS, objection(case_id="order-1")),
        (OBJECTIONS, appeal(case_id="order-1", party_id="seller-1")),
        (REVIEWS, review(case_id="order-1", outcome="reinstate", decision_number=1)),
        (
            REVIEWS,
            review(
                case_id="order-1",
                outcome="reinstate",
                decision_number=1,
                out_of_court_body="Settlement Body",
            ),
        ),
    ],
)
def test_nobody_undoes_an_order_here(listed, topic, event):
    tell(listed, REVIEWS, order())
    tell(listed, topic, event)
    assert kinds(listed) == [TakeDownListing]


def test_a_listing_that_comes_back_is_taken_down_again(listed):
    tell(listed, REVIEWS, order())
    tell(listed, LISTINGS, listing(version=2, status="removed"))
    tell(listed, LISTINGS, listing(version=3))
    assert kinds(listed) == [TakeDownListing, TakeDownListing]


def test_an_order_about_a_listing_not_known_yet_is_carried_out_when_it_comes(driven):
    tell(driven, REVIEWS, order())
    assert (answers(driven), kinds(driven)) == (["listing_unknown"], [])
    tell(driven, LISTINGS, listing())
    assert kinds(driven) == [TakeDownListing]


def test_an_order_is_answered_with_what_the_marketplace_did(listed):
    tell(listed, REVIEWS, order())
    [command] = listed.read(COMMANDS)
    tell(listed, DONE, acknowledgement(command_id=command.command_id, case_id="order-1"))
    tell(listed, LISTINGS, listing(version=2, status="suspended"))
    assert answers(listed) == ["commanded", "acknowledged", "in_effect"]


def test_an_order_to_put_back_outranks_what_was_decided(listed):
    tell(listed, COMPLAINTS, complaint())
    tell(listed, REVIEWS, order(effect="put_back"))
    assert kinds(listed) == [TakeDownListing, ReinstateListing]
    assert answers(listed) == ["commanded"]
    tell(listed, COMPLAINTS, complaint(complaint_id="complaint-2"))
    last = listed.read(DECISIONS)[-1]
    assert (last.outcome, last.reason_codes) == ("send_to_review", ("order_forbids_takedown",))
    tell(listed, REVIEWS, review(case_id="complaint-2", decision_number=1, outcome="take_down"))
    assert kinds(listed) == [TakeDownListing, ReinstateListing]
    tell(listed, REVIEWS, lifted())
    tell(
        listed,
        REVIEWS,
        review(review_id="r-2", case_id="complaint-2", decision_number=1, outcome="take_down"),
    )
    assert kinds(listed)[-1] is TakeDownListing


def test_monitors_block_nothing_that_an_order_puts_back(listed):
    tell(listed, REVIEWS, order(effect="put_back"))
    assert answers(listed) == ["nothing_to_put_back"]
    detect(listed, version=2, title=COPY)
    assert kinds(listed) == []


def test_of_two_orders_the_one_that_keeps_down_stands_until_it_is_lifted(listed):
    tell(listed, REVIEWS, order(), order(order_id="order-2", effect="put_back"))
    assert answers(listed) == ["commanded", "kept_down_by_order"]
    assert kinds(listed) == [TakeDownListing]


def test_information_is_given_by_people(listed):
    tell(listed, REVIEWS, order(kind="information", effect="inform"))
    assert (answers(listed), kinds(listed)) == (["recorded"], [])


@pytest.mark.parametrize(
    "events",
    [
        (order(), order()),
        (order(until_milliseconds=START - 1),),
        (lifted(),),
        (order(), lifted(), lifted(lift_id="lift-2")),
    ],
)
def test_what_comes_twice_or_late_changes_nothing_more(listed, events):
    tell(listed, REVIEWS, *events[:-1])
    before = kinds(listed), answers(listed)
    tell(listed, REVIEWS, events[-1])
    assert (kinds(listed), answers(listed)) == before
