"""What decisions keep for court: the listing that they judged, sealed, and whom they knew."""

import pytest
from logged_driver import LoggedDriver
from world import agent, complaint, listing, owner

from ops.services.worker import service_level
from processors.cases.case_record import seal_of
from processors.policies.service_level import RECORDS_SEALED
from replay.compare import compare_all
from replay.remake import remake
from topology.harness import STANDING, record
from topology.test_disputes import COMPLAINTS, DECISIONS, LISTINGS, tell

NEW = service_level(24 * 3600.0)._replace(standing=STANDING)


@pytest.fixture
def waiting(begin):
    """A case that waits for the complainant's authority."""
    driven = begin(NEW, agent(authorisations=()))
    tell(driven, COMPLAINTS, complaint(complainant_id="agent-1"))
    return driven


def test_the_first_decision_has_the_listing_as_it_was_at_receipt(waiting):
    (decided,) = waiting.read(DECISIONS)
    assert decided.outcome == "ask_for_clarification"
    assert decided.listing == listing()
    assert decided.capsule.listing_sha256 == seal_of(listing())


def test_what_the_seller_changes_stands_in_the_decision_on_it(waiting):
    changed = listing(version=2, title="CUTEX nail polish remover, 3 bottles")
    tell(waiting, LISTINGS, changed)
    record(waiting, agent())
    again = waiting.read(DECISIONS)[-1]
    assert (again.decision_number, again.listing) == (2, changed)
    assert again.capsule.listing_sha256 == seal_of(changed) != seal_of(listing())


def test_one_version_stands_once_and_its_seal_in_each_decision(waiting):
    record(waiting, agent())
    first, again = waiting.read(DECISIONS)
    assert (again.decision_number, again.listing) == (2, None)
    assert first.capsule.listing_sha256 == again.capsule.listing_sha256 == seal_of(first.listing)


def test_the_versions_of_the_parties_are_those_that_were_known(waiting):
    known = waiting.read(DECISIONS)[0].capsule
    assert known.complainant_recorded_at_milliseconds == agent().recorded_at_milliseconds
    assert known.rights_holder_recorded_at_milliseconds == owner().recorded_at_milliseconds
    assert known.seller_recorded_at_milliseconds is None
    later = agent(recorded_at_milliseconds=agent().recorded_at_milliseconds + 1)
    record(waiting, later)
    capsule = waiting.read(DECISIONS)[-1].capsule
    assert capsule.complainant_recorded_at_milliseconds == later.recorded_at_milliseconds


def test_a_complaint_without_its_listing_has_no_seal(begin):
    driven = begin(NEW)
    tell(driven, COMPLAINTS, complaint(listing_id="listing-9"))
    (decided,) = driven.read(DECISIONS)
    assert (decided.listing, decided.capsule.listing_sha256) == (None, None)
    late = listing(listing_id="listing-9")
    tell(driven, LISTINGS, late)
    assert driven.read(DECISIONS)[-1].listing == late


@pytest.mark.parametrize(
    "change",
    [{"title": "CUTEX"}, {"price_euros": 9.5}, {"territories": ("US",)}, {"version": 2}],
    ids=lambda change: next(iter(change)),
)
def test_whatever_is_changed_has_another_seal(change):
    assert seal_of(listing(**change)) != seal_of(listing())


def test_cases_from_before_go_on_without(begin):
    driven = begin(NEW._replace(steps_edition=RECORDS_SEALED - 1))
    tell(driven, COMPLAINTS, complaint())
    (decided,) = driven.read(DECISIONS)
    assert (decided.listing, decided.capsule.listing_sha256) == (None, None)
    assert decided.capsule.rights_holder_recorded_at_milliseconds is None


def test_a_replay_makes_the_same_records(waiting, tmp_path):
    record(waiting, agent())
    assert len(waiting.read(DECISIONS)) == 2
    logged = LoggedDriver(waiting.driver)
    found = compare_all(logged, remake(logged, waiting.codec, tmp_path / "scratch"))
    assert found[DECISIONS].same == 1
    assert {topic: each.examples for topic, each in found.items() if each.different} == {}
