"""Authorities are informed of suspected crimes (DSA Article 18), and nobody else is."""

import pytest
from world import START, complaint, listing

from schemas.events.notices import NotifyParty
from schemas.events.suspicions import CrimeSuspected, InformAuthorities
from topology.harness import DriverHarness
from topology.test_disputes import (
    COMPLAINTS,
    LISTINGS,
    NOTICES,
    REVIEWS,
    counted,
    kinds,
    tell,
    tell_tables,
)


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    yield harness
    harness.close()


def suspected(**changes):
    return CrimeSuspected(
        "suspicion-1", "listing-1", "shop", "", "No gas generator.", ("DE",), "operator-1", START
    )._replace(**changes)


def commands(harness):
    return [each for each in harness.read(NOTICES) if isinstance(each, InformAuthorities)]


def test_authorities_are_told_all_that_is_known_and_nothing_else_happens(driven):
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint())
    effects, conduct = kinds(driven), counted(driven)
    told = [each for each in driven.read(NOTICES) if isinstance(each, NotifyParty)]
    tell(driven, REVIEWS, suspected())
    [command] = commands(driven)
    assert (command.case_ids, command.seller_id) == (("complaint-1",), listing().seller_id)
    assert (command.addressee, command.territories) == ("authorities_of_states", ("DE",))
    assert command.listing.title == listing().title
    assert (command.suspicion, command.recorded_by) == ("No gas generator.", "operator-1")
    assert (kinds(driven), counted(driven)) == (effects, conduct)
    assert told == [each for each in driven.read(NOTICES) if isinstance(each, NotifyParty)]


def test_where_no_state_is_known_those_at_home_or_europol_are_told(driven):
    tell(driven, REVIEWS, suspected(territories=()))
    [command] = commands(driven)
    assert command.addressee == "authorities_at_home_or_europol"
    assert (command.listing, command.seller_id, command.case_ids) == (None, "", ())


def test_of_a_case_its_seller_is_named_whoever_offers_the_listing_now(driven):
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint())
    tell(driven, LISTINGS, listing(version=2, seller_id="seller-2"))
    tell(driven, REVIEWS, suspected(case_id="complaint-1"))
    tell(driven, REVIEWS, suspected(suspicion_id="suspicion-2"))
    assert [each.seller_id for each in commands(driven)] == [listing().seller_id, "seller-2"]


def test_a_suspicion_told_twice_is_one_effect(driven):
    tell(driven, REVIEWS, suspected())
    tell(driven, REVIEWS, suspected())
    first, second = commands(driven)
    assert first.command_id == second.command_id
