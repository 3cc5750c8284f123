"""Who is no party to a case changes nothing of it, whatever ids are given."""

import pytest
from world import complaint, listing, review
from world_disputes import acknowledgement, answer, appeal, clarification, objection, retraction

from schemas.fields import PLACED
from streams.topology import CHANGELOG
from topology.harness import DriverHarness
from topology.test_disputes import DONE, OBJECTIONS, tell
from topology.test_lifecycle import COMMANDS, COMPLAINTS, LISTINGS, REVIEWS, tell_tables


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    yield harness
    harness.close()


def records(harness):
    """What steps told, and the newest rows; without the journal."""
    topics = {topic for topic, _ in harness.driver.log} - {"ip.batches.events", CHANGELOG}
    told = {topic: len(harness.driver.records(topic)) for topic in topics}
    return told, {record.key: record.value for record in harness.driver.records(CHANGELOG)}


def leads_to(harness, topic, event):
    """Return why an event led to nothing, or None where it led to anything."""
    before = records(harness)
    counted = harness.driver.accounted.copy()
    tell(harness, topic, event)
    before[0][topic] = before[0].get(topic, 0) + 1
    if records(harness) != before:
        return None
    [ending] = (harness.driver.accounted - counted).keys()
    return ending.reason


@pytest.mark.parametrize(
    ("topic", "event"),
    [
        (OBJECTIONS, objection()),
        (OBJECTIONS, appeal(party_id="seller-9")),
        (OBJECTIONS, appeal(party_id="seller-9", marketplace=complaint().marketplace)),
    ],
)
def test_while_the_seller_is_unknown_nobody_speaks_as_it(driven, topic, event):
    tell(driven, COMPLAINTS, complaint())
    tell(driven, REVIEWS, review(decision_number=1, outcome="take_down"))
    [*_, row] = [row for row in driven.read(CHANGELOG) if getattr(row, "cases", ())]
    assert row.cases[0].taken_down
    assert row.cases[0].seller_id is None
    assert leads_to(driven, topic, event) == "seller_unknown"


@pytest.fixture
def taken_down(driven):
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint())
    return driven


@pytest.mark.parametrize(
    ("topic", "event"),
    [
        (OBJECTIONS, objection(seller_id="seller-2")),
        (OBJECTIONS, appeal(party_id="seller-2")),
        (OBJECTIONS, answer(complainant_id="seller-9")),
        (OBJECTIONS, answer(complainant_id="holder-2")),
        (COMPLAINTS, clarification(complainant_id="holder-2")),
        (COMPLAINTS, retraction(complainant_id="seller-9")),
    ],
)
def test_a_stranger_changes_nothing(taken_down, topic, event):
    assert leads_to(taken_down, topic, event) == "not_a_party"


@pytest.mark.parametrize("marketplace", ["", "lazada"])
@pytest.mark.parametrize("result", ["executed", "refused", "failed"])
def test_an_acknowledgement_of_another_marketplace_changes_nothing(taken_down, marketplace, result):
    [command] = taken_down.read(COMMANDS)
    told = acknowledgement(command_id=command.command_id, marketplace=marketplace, result=result)
    expected = "unknown_case" if marketplace else "other_marketplace"
    assert leads_to(taken_down, DONE, told) == expected
    own = told._replace(acknowledgement_id="own", marketplace=command.marketplace)
    assert leads_to(taken_down, DONE, own) != expected


def test_a_replay_takes_an_older_acknowledgement_as_it_was_taken(taken_down):
    [command] = taken_down.read(COMMANDS)
    taken_down.driver._engine._edition = PLACED
    told = acknowledgement(command_id=command.command_id, marketplace="", result="executed")
    assert leads_to(taken_down, DONE, told) is None
