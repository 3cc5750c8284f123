"""What people said is taken once, whenever it is sent again and whatever it says then."""

import pytest
from world import complaint, listing, review
from world_disputes import answer, appeal, clarification, objection

from ops.services.worker import service_level
from processors.cases.row import MAXIMUM_TAKEN
from processors.policies.service_level import SAID_ONCE
from schemas.events.reviews import ReviewComplaint
from schemas.events.takedowns import ReinstateListing, TakeDownListing
from topology.harness import STANDING
from topology.test_disputes import COMPLAINTS, LISTINGS, OBJECTIONS, REVIEWS, kinds, tell
from topology.test_lifecycle import DECISIONS
from topology.test_procedures import PAPER, SUIT, back_on, start_case, sworn

__all__ = ["start_case"]
NEW = service_level(24 * 3600.0)._replace(standing=STANDING)
BODY = "Settlement Body of Member State"
REVIEWS_ASKED = "ip.reviews.commands"


@pytest.fixture
def reviewed(begin):
    """Takes a listing down by a reviewer, by the steps of an edition."""

    def start(edition=SAID_ONCE):
        driven = begin(NEW._replace(steps_edition=edition))
        tell(driven, LISTINGS, listing(title="Cutexx nail polish remover"))
        tell(driven, COMPLAINTS, complaint())
        tell(driven, REVIEWS, review())
        assert kinds(driven) == [TakeDownListing]
        return driven

    return start


def asked(driven):
    tasks = [each for each in driven.read(REVIEWS_ASKED) if isinstance(each, ReviewComplaint)]
    return [each.command_id for each in tasks if each.kind == "appeal"]


@pytest.mark.parametrize(("edition", "again"), [(SAID_ONCE, 0), (SAID_ONCE - 1, 2)])
def test_others_are_asked_once_where_a_review_is_sent_again(reviewed, edition, again):
    driven = reviewed(edition)
    tell(driven, OBJECTIONS, appeal())
    mine = review(review_id="review-2", subject_id="appeal-1", outcome="reinstate")
    tell(driven, REVIEWS, mine, mine, mine._replace(outcome="decline"))
    assert len(asked(driven)) == 2 + again
    assert len(set(asked(driven))) == 2
    tell(driven, REVIEWS, mine._replace(review_id="review-3"), mine)
    assert len(set(asked(driven))) == 3
    driven.restart(lose_state=True)
    tell(driven, REVIEWS, mine)
    tell(driven, REVIEWS, mine._replace(review_id="review-4", reviewer_id="reviewer-8"))
    assert kinds(driven) == [TakeDownListing, ReinstateListing]
    assert len(set(asked(driven))) == 3


def test_a_body_that_decided_is_not_heard_again_after_another_did(reviewed):
    driven = reviewed()
    first = review(review_id="first", out_of_court_body=BODY, outcome="reinstate")
    tell(driven, REVIEWS, first)
    tell(driven, REVIEWS, first._replace(review_id="second", outcome="take_down"))
    made = len(driven.read(DECISIONS))
    tell(driven, REVIEWS, first, first._replace(reason_codes=("nominative_use",)))
    assert kinds(driven) == [TakeDownListing, ReinstateListing, TakeDownListing]
    assert len(driven.read(DECISIONS)) == made


def test_an_answer_that_is_sent_again_keeps_a_listing_down_no_longer(start_case):
    once, twice = start_case("US"), start_case("US")
    action = answer(answer="court_action", proceedings=SUIT, evidence=PAPER)
    for driven in (once, twice):
        tell(driven, OBJECTIONS, sworn(), action)
    twice.pass_time(200 * 24 * 3_600_000)
    tell(twice, OBJECTIONS, action)
    assert back_on(twice) + 200 == back_on(once)


def test_a_clarification_that_is_sent_again_answers_no_second_question(begin):
    driven = begin(NEW._replace(steps_edition=SAID_ONCE))
    tell(driven, COMPLAINTS, complaint(signature="", contact_email=""))
    told = clarification()
    tell(driven, COMPLAINTS, told)
    outcomes = [each.outcome for each in driven.read(DECISIONS)]
    assert outcomes == ["ask_for_clarification", "ask_for_clarification"]
    tell(driven, COMPLAINTS, told, told._replace(contact_email="a@b.example"))
    assert len(driven.read(DECISIONS)) == 2
    more = told._replace(clarification_id="clarification-2", contact_email="a@b.example")
    tell(driven, COMPLAINTS, more)
    assert kinds(driven) == [TakeDownListing]


def test_what_was_not_complete_may_be_sent_whole(reviewed):
    driven = reviewed()
    tell(driven, OBJECTIONS, objection(statement="No."), objection())
    tell(driven, OBJECTIONS, answer(answer="accept"))
    assert kinds(driven) == [TakeDownListing, ReinstateListing]


def test_what_is_kept_of_what_was_said_is_bounded(reviewed):
    driven = reviewed()
    for number in range(MAXIMUM_TAKEN + 20):
        outcome = ("reinstate", "take_down")[number % 2]
        said = review(review_id=f"body-{number}", out_of_court_body=BODY, outcome=outcome)
        tell(driven, REVIEWS, said)
    assert len(driven.read(DECISIONS)) <= MAXIMUM_TAKEN
    assert driven.dead_letters() == []
