"""What a body decided out of court is recorded and carried out, whatever was decided before."""

import pytest
from world import complaint, listing, review

from schemas.events.takedowns import ReinstateListing, TakeDownListing
from topology.test_disputes import (
    COMPLAINTS,
    DECISIONS,
    LISTINGS,
    REVIEWS,
    counted,
    kinds,
    said,
    tell,
)

BODY = "Settlement Body of Member State"


@pytest.fixture
def driven(begin):
    return begin()


def settled(**changes):
    fields = {"review_id": "settlement-1", "out_of_court_body": BODY, "decision_number": 1}
    return review(**{**fields, **changes})


def last(driven):
    return driven.read(DECISIONS)[-1]


def test_a_takedown_that_a_body_found_wrong_is_undone_with_its_strike(driven):
    tell(driven, COMPLAINTS, complaint())
    tell(driven, REVIEWS, settled(outcome="reinstate", reason_codes=("nominative_use",)))
    assert kinds(driven) == [TakeDownListing, ReinstateListing]
    assert last(driven).reason_codes == ("out_of_court_decision", "nominative_use")
    assert last(driven).findings["out_of_court_body"] == BODY
    assert not last(driven).automated
    assert ("seller", "strike_reversed") in counted(driven)
    assert said(driven, "seller")[-1] == said(driven, "complainant")[-1] == "decision"


def test_a_refusal_that_a_body_found_wrong_is_carried_out(driven):
    tell(driven, LISTINGS, listing(version=2, title="Cutexx polish", brand=None))
    tell(driven, COMPLAINTS, complaint(ground="trademark_infringement"))
    tell(driven, REVIEWS, review(outcome="decline", reason_codes=("near_match_only",)))
    # Whoever records it may have decided before, and the number of the decision is none of theirs.
    tell(driven, REVIEWS, settled(reason_codes=("trademark_infringement",)))
    assert kinds(driven) == [TakeDownListing]
    assert last(driven).outcome == "take_down"


def test_a_body_that_upholds_a_refusal_is_recorded_once(driven):
    tell(driven, LISTINGS, listing(version=2, title="Cutexx polish", brand=None))
    tell(driven, COMPLAINTS, complaint(ground="trademark_infringement"))
    tell(driven, REVIEWS, review(outcome="decline", reason_codes=("near_match_only",)))
    twice = settled(outcome="decline", reason_codes=("near_match_only",))
    tell(driven, REVIEWS, twice, twice)
    assert last(driven).reason_codes == ("out_of_court_decision", "near_match_only")
    assert len(driven.read(DECISIONS)) == 3
    assert kinds(driven) == []


def test_a_body_that_upholds_a_takedown_gives_no_second_command(driven):
    tell(driven, COMPLAINTS, complaint())
    tell(driven, REVIEWS, settled())
    assert kinds(driven) == [TakeDownListing]
    assert last(driven).command_id is None
