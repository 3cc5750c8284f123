"""A listing is marketplace and id: one id on two marketplaces is two listings."""

import pytest
from world import complaint, listing, review
from world_disputes import acknowledgement, objection

from processors.identifiers import command_id
from schemas.events.enforcement import EnforcementConfirmed
from topology.test_lifecycle import (
    COMMANDS,
    COMPLAINTS,
    DECISIONS,
    DONE,
    LISTINGS,
    OBJECTIONS,
    QUEUE,
    REVIEWS,
    SLA,
    listed,
    send,
    tell_tables,
)

UNSURE = "Cutexx nail polish remover"


def on_two_marketplaces(harness, **changes):
    tell_tables(harness)
    for marketplace in ("shop", "bazaar"):
        send(harness, LISTINGS, listing(marketplace=marketplace, **changes))
    harness.settle()


def file_on_both(harness):
    send(harness, COMPLAINTS, complaint())
    send(harness, COMPLAINTS, complaint(complaint_id="complaint-2", marketplace="bazaar"))
    harness.settle()


def proofs(harness):
    confirmed = [e for e in harness.read(SLA) if isinstance(e, EnforcementConfirmed)]
    return [(each.marketplace, each.stage) for each in confirmed]


def test_each_marketplace_has_its_own_listing(harness):
    tell_tables(harness)
    send(harness, LISTINGS, listing(version=9))
    # An older number on another marketplace is no older version of this listing.
    send(harness, LISTINGS, listing(marketplace="bazaar", title="Garden chair", version=2))
    harness.settle()
    file_on_both(harness)
    decided = {d.marketplace: (d.outcome, *d.reason_codes) for d in harness.read(DECISIONS)}
    assert decided["shop"] == ("take_down", "counterfeit")
    assert decided["bazaar"][0] != "take_down"
    assert [command.marketplace for command in harness.read(COMMANDS)] == ["shop"]


def test_a_removal_on_one_marketplace_proves_nothing_on_the_other(harness):
    on_two_marketplaces(harness)
    file_on_both(harness)
    assert sorted(c.marketplace for c in harness.read(COMMANDS)) == ["bazaar", "shop"]
    listed(harness, listing(version=2, status="removed"))
    assert proofs(harness) == [("shop", "proved")]
    harness.restart(lose_state=True)
    listed(harness, listing(marketplace="bazaar", version=2, status="removed"))
    assert sorted(proofs(harness)) == [("bazaar", "proved"), ("shop", "proved")]


def test_an_acknowledgement_of_one_marketplace_says_nothing_of_the_other(harness):
    on_two_marketplaces(harness)
    file_on_both(harness)
    done = acknowledgement(marketplace="bazaar", command_id=command_id("complaint-1", 1))
    send(harness, DONE, done)
    harness.settle()
    assert proofs(harness) == []
    send(harness, DONE, done._replace(marketplace="shop"))
    harness.settle()
    assert proofs(harness) == [("shop", "acknowledged")]


def test_an_event_without_its_marketplace_finds_its_case(harness):
    on_two_marketplaces(harness, title=UNSURE)
    file_on_both(harness)
    assert len(harness.read(QUEUE)) == 2
    send(harness, REVIEWS, review(case_id="complaint-2", decision_number=1))
    harness.settle()
    [command] = harness.read(COMMANDS)
    assert (command.marketplace, command.case_id) == ("bazaar", "complaint-2")
    send(harness, OBJECTIONS, objection(case_id="complaint-2"))
    send(harness, REVIEWS, review(case_id="unknown", review_id="review-2"))
    harness.settle()
    assert harness.dead_letters() == []


def test_what_may_mean_two_cases_is_never_guessed(harness):
    on_two_marketplaces(harness, title=UNSURE)
    for marketplace in ("shop", "bazaar"):
        send(harness, COMPLAINTS, complaint(marketplace=marketplace))
    harness.settle()
    send(harness, REVIEWS, review())
    harness.settle()
    assert harness.dead_letters() == ["marketplace_ambiguous"]
    assert harness.read(COMMANDS) == []
    send(harness, REVIEWS, review(marketplace="bazaar"))
    harness.settle()
    assert [command.marketplace for command in harness.read(COMMANDS)] == ["bazaar"]


@pytest.mark.parametrize("name", ["\x02listing-1\x1fshop", "a\x1fshop", "\x01party:seller-9"])
def test_no_listing_id_can_name_another_row(harness, name):
    on_two_marketplaces(harness)
    send(harness, LISTINGS, listing(listing_id=name))
    harness.settle()
    assert harness.dead_letters() == ["control_character"]
