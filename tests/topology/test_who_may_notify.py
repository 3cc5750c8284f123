"""Who notifies, who acts for the owner, and what owners are told."""

import pytest
from world import START, agent, complaint, listing, owner
from world_disputes import answer, appeal, objection, retraction

from ops.services.worker import service_level
from schemas.events.parties import Licence
from topology.harness import record
from topology.test_disputes import COMPLAINTS, DAY, DECISIONS, LISTINGS, tell

NOTICES, QUEUE = "ip.notices.commands", "ip.reviews.commands"
COUNTER_NOTICES = "ip.counter-notices.events"
NEW = service_level(24 * 3600.0)


@pytest.fixture
def start(begin):
    return lambda level=NEW: begin(level, agent())


@pytest.fixture
def driven(start):
    return start()


def revoke(harness):
    (given,) = agent().authorisations
    record(harness, agent(authorisations=(given._replace(revoked_at_milliseconds=START + 1),)))


def outcome(harness):
    return harness.read(DECISIONS)[-1].outcome


def told(harness, party_id):
    return [each.kind for each in harness.read(NOTICES) if each.party_id == party_id]


def test_a_trusted_flagger_goes_first_and_is_not_asked_for_a_letter(driven):
    record(driven, agent(authorisations=(), trusted_flagger_grounds=("counterfeit",)))
    tell(driven, COMPLAINTS, complaint(complainant_id="agent-1"))
    (task,) = driven.read(QUEUE)
    assert task.trusted_flagger
    assert task.reason_codes == ("notifier_for_review",)


def test_anybodys_notice_is_decided_by_people_though_its_owner_is_unknown(driven):
    tell(
        driven,
        COMPLAINTS,
        complaint(
            complainant_id="consumer",
            rights_holder_id="consumer",
            trademark_number="",
            without_authority=True,
            evidence=(),
        ),
    )
    assert outcome(driven) == "send_to_review"
    assert told(driven, "consumer") == ["complaint_received"]


def test_the_owner_is_told_of_a_notice_but_not_of_what_becomes_of_it(driven):
    filed = complaint(complainant_id="consumer", without_authority=True)
    tell(driven, COMPLAINTS, filed)
    (copy,) = [each for each in driven.read(NOTICES) if each.party_id == "holder-1"]
    assert copy.copied
    assert copy.kind == "complaint_received"
    assert "consumer" not in repr(copy)


def test_cases_from_before_are_asked_for_papers_as_they_were(start):
    driven = start(NEW._replace(steps_edition=1))
    tell(driven, COMPLAINTS, complaint(complainant_id="consumer", without_authority=True))
    assert outcome(driven) == "ask_for_clarification"
    assert told(driven, "holder-1") == []


def test_the_owner_is_told_all_that_its_agent_is_told_and_does(driven):
    tell(driven, COMPLAINTS, complaint(complainant_id="agent-1"))
    tell(driven, COUNTER_NOTICES, objection())
    tell(driven, COUNTER_NOTICES, answer(complainant_id="agent-1"))
    of_agent = told(driven, "agent-1")
    assert of_agent == ["complaint_received", "decision", "counter_notice_filed"]
    assert told(driven, "holder-1") == [*of_agent, "counter_notice_answered"]
    ids = [each.command_id for each in driven.read(NOTICES)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("topic", "act"),
    [
        (COUNTER_NOTICES, answer(complainant_id="agent-1")),
        (COUNTER_NOTICES, answer(complainant_id="agent-1", answer="accept")),
        (COMPLAINTS, retraction(complainant_id="agent-1")),
    ],
)
def test_a_revoked_agent_is_not_heard_and_its_owner_is(driven, topic, act):
    tell(driven, COMPLAINTS, complaint(complainant_id="agent-1"))
    tell(driven, COUNTER_NOTICES, objection())
    revoke(driven)
    tell(driven, topic, act)
    assert len(driven.read(DECISIONS)) == 1
    assert driven.read(QUEUE) == []
    tell(driven, COUNTER_NOTICES, answer(answer_id="answer-2"))
    (task,) = driven.read(QUEUE)
    assert task.kind == "counter_notice"


def test_a_revoked_agents_rejection_keeps_no_listing_down(driven):
    tell(driven, COMPLAINTS, complaint(complainant_id="agent-1"))
    tell(driven, COUNTER_NOTICES, objection())
    revoke(driven)
    tell(driven, COUNTER_NOTICES, answer(complainant_id="agent-1"))
    driven.pass_time(6 * DAY)
    driven.settle()
    assert outcome(driven) == "reinstate"


def test_a_revoked_agents_appeal_is_not_taken(driven):
    tell(driven, LISTINGS, listing(version=2, territories=("DE",)))
    tell(driven, COMPLAINTS, complaint(complainant_id="agent-1"))
    assert outcome(driven) == "decline"
    revoke(driven)
    tell(driven, COUNTER_NOTICES, appeal(party_id="agent-1"))
    assert driven.read(QUEUE) == []
    tell(driven, COUNTER_NOTICES, appeal(appeal_id="appeal-2", party_id="holder-1"))
    assert [each.kind for each in driven.read(QUEUE)] == ["appeal"]


LICENCE = Licence("licence-1", "seller-9", (), (3,), ("US",), 0, None, None)


@pytest.mark.parametrize(
    ("changes", "classes", "found"),
    [
        ({}, (3,), "decline"),
        ({"territories": ()}, (3,), "decline"),
        ({"territories": ("CA",)}, (3,), "take_down"),
        ({"revoked_at_milliseconds": 1}, (3,), "take_down"),
        ({"valid_until_milliseconds": START}, (3,), "take_down"),
        ({"seller_id": "seller-8"}, (3,), "take_down"),
        ({"trademark_keys": ("US:1",)}, (3,), "take_down"),
        ({}, (3, 21), "send_to_review"),
        ({"nice_classes": (25,)}, (3,), "take_down"),
    ],
)
def test_a_licence_holds_within_its_bounds(driven, changes, classes, found):
    record(driven, owner(licences=(LICENCE._replace(**changes),)))
    told = listing(version=2, nice_classes=classes, title="Replica Cutex nail polish remover")
    tell(driven, LISTINGS, told)
    tell(driven, COMPLAINTS, complaint(ground="trademark_infringement"))
    assert outcome(driven) == found
