"""One effect for one listing: one command and one statement, however many complain."""

import pytest
from world import complaint, listing, review, trademark
from world_disputes import retraction

from sinks.statements.mapping import Statement, StatementSettings, statement_of
from topology.test_lifecycle import (
    COMMANDS,
    COMPLAINTS,
    DECISIONS,
    LISTINGS,
    REVIEWS,
    send,
)

CONDUCT = "ip.conduct.events"


@pytest.fixture
def driven(begin):
    return begin()


def file_one(driven, number, **changes):
    send(driven, COMPLAINTS, complaint(complaint_id=f"complaint-{number}", **changes))
    driven.settle()


def commands(driven):
    return [type(each).__name__ for each in driven.read(COMMANDS)]


def outcomes(driven):
    return {each.case_id: each.outcome for each in driven.read(DECISIONS)}


def retract(driven, number):
    send(
        driven,
        COMPLAINTS,
        retraction(retraction_id=f"retraction-{number}", case_id=f"complaint-{number}"),
    )
    driven.settle()


def show(driven, version, status):
    send(driven, LISTINGS, listing(version=version, status=status))
    driven.settle()


def test_four_complaints_make_one_command_and_one_statement(driven):
    file_one(driven, 1)
    file_one(driven, 2)
    show(driven, 2, "removed")
    file_one(driven, 3)
    file_one(driven, 4)
    assert set(outcomes(driven).values()) == {"take_down"}
    assert commands(driven) == ["TakeDownListing"]
    decisions = driven.read(DECISIONS)
    assert [each.command_id is None for each in decisions] == [False, True, True, True]
    made = [
        statement_of(each._replace(listing_territories=("DE",)), StatementSettings())
        for each in decisions
    ]
    assert sum(isinstance(each, Statement) for each in made) == 1


def test_later_cases_keep_the_listing_down_when_the_first_falls(driven):
    file_one(driven, 1)
    show(driven, 2, "removed")
    file_one(driven, 2)
    retract(driven, 1)
    assert commands(driven) == ["TakeDownListing"]
    retract(driven, 2)
    assert commands(driven) == ["TakeDownListing", "ReinstateListing"]
    show(driven, 3, "active")
    kinds = sorted(each.kind for each in driven.read(CONDUCT) if each.role == "seller")
    assert kinds == ["strike", "strike", "strike_reversed", "strike_reversed"]


def test_a_case_that_people_decide_joins_too(driven):
    file_one(driven, 1, evidence=complaint().evidence[:0], ground="trademark_infringement")
    file_one(driven, 2)
    show(driven, 2, "removed")
    assert outcomes(driven)["complaint-1"] == "send_to_review"
    send(driven, REVIEWS, review())
    driven.settle()
    assert commands(driven) == ["TakeDownListing"]
    retract(driven, 2)
    assert commands(driven) == ["TakeDownListing"]


def test_a_listing_that_is_shown_again_is_taken_down_once(driven):
    file_one(driven, 1)
    show(driven, 2, "removed")
    file_one(driven, 2)
    show(driven, 3, "active")
    assert commands(driven) == ["TakeDownListing", "TakeDownListing"]


def test_a_complaint_about_a_listing_that_is_gone_counts_for_nothing(driven):
    show(driven, 2, "removed")
    file_one(driven, 1)
    assert outcomes(driven) == {"complaint-1": "decline"}
    assert driven.read(CONDUCT) == []


def test_what_the_machine_could_not_read_is_not_held_against_anybody(driven):
    send(driven, LISTINGS, listing(listing_id="listing-2", title="Nail polish", brand=None))
    driven.settle()
    file_one(driven, 1, trademark_number="no such number")
    file_one(driven, 2, listing_id="listing-2", ground="trademark_infringement")
    file_one(driven, 3, territory="ZZ")
    file_one(driven, 4, territory="UK")
    told = outcomes(driven)
    assert told["complaint-1"] == "ask_for_clarification"
    assert told["complaint-2"] == "send_to_review"
    assert told["complaint-3"] == "ask_for_clarification"
    assert told["complaint-4"] == "decline"
    manifest = [
        each.case_id
        for each in driven.read(CONDUCT)
        if each.manifest and each.role == "complainant"
    ]
    assert manifest == ["complaint-4"]
    assert trademark().territories == ("US",)
