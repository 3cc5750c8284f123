"""Answering a question is enough: what is on record, or was said, is seen before a case ends."""

import pytest
from logged_driver import LoggedDriver
from world import START, agent, complaint, review
from world_disputes import clarification

from ops.services.worker import service_level
from replay.compare import compare_all
from replay.remake import remake
from schemas.events.complaints import Evidence
from streams.state.indexes import waiting
from topology.harness import PARTITIONS, record
from topology.test_disputes import (
    COMPLAINTS,
    DAY,
    DECISIONS,
    PARTIES,
    QUEUE,
    REVIEWS,
    tell,
)

NEW = service_level(24 * 3600.0)
ASKED = ("ask_for_clarification", ("complainant_not_authorised",))
LETTER = (Evidence("doc-2", "letter_of_authorisation", None),)


@pytest.fixture
def start(begin):
    """Starts a pipeline with an agent who is on record, and not yet authorised."""
    return lambda level=NEW: begin(level, agent(authorisations=()))


@pytest.fixture
def driven(start):
    harness = start()
    tell(harness, COMPLAINTS, complaint(complainant_id="agent-1"))
    assert decided(harness) == ASKED
    return harness


def decided(harness):
    [*_, last] = harness.read(DECISIONS)
    return last.outcome, last.reason_codes


def index(harness):
    return [each for n in range(PARTITIONS) for each in waiting(harness.driver.state, n)]


def test_an_authority_that_is_recorded_later_decides_the_waiting_case_at_once(driven):
    assert {each.party_id for each in index(driven)} == {"agent-1", "holder-1"}
    record(driven, agent())
    assert decided(driven) == ("take_down", ("counterfeit",))
    [*_, last] = driven.read(DECISIONS)
    assert last.capsule.trigger == "PartyChanged"
    assert index(driven) == []


def test_a_party_that_is_recorded_later_decides_the_waiting_case_at_once(start):
    driven = start()
    tell(driven, COMPLAINTS, complaint(complainant_id="agent-2"))
    assert decided(driven)[0] == "ask_for_clarification"
    record(driven, agent(party_id="agent-2"))
    assert decided(driven) == ("take_down", ("counterfeit",))


def test_a_record_that_gives_nothing_changes_nothing_and_writes_no_row(driven):
    before = {topic: len(records) for topic, records in driven.driver.log.items()}
    record(driven, agent(authorisations=(), recorded_at_milliseconds=START + 1))
    grown = {
        t for (t, n), records in driven.driver.log.items() if len(records) > before.get((t, n), 0)
    }
    assert grown == {PARTIES, "ip.batches.events"}
    assert decided(driven) == ASKED


def test_a_record_of_somebody_else_looks_at_no_case(driven):
    record(driven, agent(party_id="agent-9"))
    sources = {each.source for each in driven.driver.accounted}
    assert "party_change" not in sources


def test_what_was_recorded_while_nobody_held_the_partition_is_seen_at_the_start(driven):
    party = agent(recorded_at_milliseconds=driven.driver.clock.now_milliseconds())
    driven.driver.send(PARTIES, "agent-1", party)
    driven.restart(lose_state=True)
    assert decided(driven) == ("take_down", ("counterfeit",))


def test_a_replay_sees_the_record_when_the_worker_did(driven, tmp_path):
    record(driven, agent())
    log = LoggedDriver(driven.driver)
    again = remake(log, driven.codec, tmp_path / "again")
    found = compare_all(log, again)
    assert {topic: each.examples for topic, each in found.items() if each.different} == {}


def test_an_uploaded_letter_makes_a_task(driven):
    tell(driven, COMPLAINTS, clarification(complainant_id="agent-1", evidence=LETTER))
    assert decided(driven) == ("send_to_review", ("complainant_not_authorised",))
    assert len(driven.read(QUEUE)) == 1


def test_who_answered_in_part_is_heard_and_who_said_nothing_is_not(start):
    driven = start()
    unsigned = {"signature": "", "good_faith_declared": False}
    tell(driven, COMPLAINTS, complaint(**unsigned))
    tell(driven, COMPLAINTS, clarification(signature="A. Owner"))
    assert decided(driven) == ("ask_for_clarification", ("good_faith_not_declared",))
    driven.pass_time(3 * DAY)
    assert decided(driven)[0] == "ask_for_clarification"
    driven.pass_time(DAY)
    # START is a Tuesday; the third business day ends with the Friday.
    heard = ("clarification_incomplete", "good_faith_not_declared")
    assert decided(driven) == ("send_to_review", heard)
    [task] = driven.read(QUEUE)
    assert task.reason_codes == heard
    silent = start()
    tell(silent, COMPLAINTS, complaint(**unsigned))
    silent.pass_time(4 * DAY)
    assert decided(silent) == ("decline", ("clarification_not_given",))


def test_an_answer_to_an_earlier_question_does_not_stand_for_the_next(driven):
    tell(driven, COMPLAINTS, clarification(complainant_id="agent-1", evidence=LETTER))
    asked = review(decision_number=2, outcome="ask_for_clarification", reason_codes=("other",))
    tell(driven, REVIEWS, asked)
    driven.pass_time(6 * DAY)
    assert decided(driven) != ("send_to_review", ("clarification_incomplete", "other"))


def test_what_a_person_asked_is_not_answered_by_a_record(driven):
    tell(driven, COMPLAINTS, clarification(complainant_id="agent-1", evidence=LETTER))
    asked = review(decision_number=2, outcome="ask_for_clarification", reason_codes=("other",))
    tell(driven, REVIEWS, asked)
    record(driven, agent())
    assert decided(driven) == ("ask_for_clarification", ("other",))


def test_a_case_of_an_older_edition_waits_for_its_time(start):
    driven = start(NEW._replace(steps_edition=0))
    tell(driven, COMPLAINTS, complaint(complainant_id="agent-1"))
    record(driven, agent())
    assert decided(driven) == ASKED
    driven.pass_time(6 * DAY)
    assert decided(driven) == ("take_down", ("counterfeit",))
