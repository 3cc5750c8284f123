"""One decision made again: by the rules, marks and parties of its time."""

from functools import partial
from hashlib import sha256

import pytest
from topology.harness import DriverHarness
from topology.test_lifecycle import COMPLAINTS, LISTINGS, PARTIES, RULES, send, tell_tables
from world import START, agent, complaint, listing

from archive.feeding import archive_of, feed
from ops.__main__ import main
from ops.tools.decision import lines_of
from processors.rules.rule_set import RuleSet
from replay.archive_log import ArchiveLog
from replay.compare import compare_all
from replay.decision import remake_decision
from replay.log import ReplayError
from replay.parallel import remake_in_parallel
from replay.remake import remake
from schemas.events.rules import Rule
from schemas.wire.registry import offline_codec
from sinks.archive.query import open_archive
from sinks.archive.storage import storage_at
from streams.policies.rule_files import rule_set_published

REVIEW_ALL = Rule("review-all", "All to people.", 1, "true", "send_to_review", ("counterfeit",))
DECLINE_ALL = REVIEW_ALL._replace(rule_id="decline-all", outcome="decline")


@pytest.fixture(scope="module")
def archived(tmp_path_factory):
    """One decision by the built-in rules and an agent's leave, one after both had changed, and one
    of which the bytes in the archive are not what was decided."""
    directory = tmp_path_factory.mktemp("archived")
    harness = DriverHarness(directory / "state")
    tell_tables(harness)

    def complain(number):
        name = f"listing-{number}"
        send(harness, LISTINGS, listing(listing_id=name))
        harness.settle()
        filed = complaint(complaint_id=f"complaint-{number}", listing_id=name)
        send(harness, COMPLAINTS, filed._replace(complainant_id="agent-1"))
        harness.settle()

    complain(1)
    harness.send(PARTIES, "agent-1", agent(authorisations=()))
    complain(2)
    harness.send(RULES, "active", rule_set_published((REVIEW_ALL,), "active", "test", START))
    complain(3)
    forged = next(
        each for each in harness.read("ip.decisions.events") if each.case_id == "complaint-1"
    )
    harness.send(
        "ip.decisions.events",
        "listing-1",
        forged._replace(decision_number=2, outcome="decline"),
    )
    storage = storage_at(str(directory / "archive"))
    writer = archive_of(storage, harness.codec)
    feed(writer, harness.driver.log)
    writer.close()
    yield storage, harness, directory / "archive"
    harness.close()


@pytest.fixture
def remade(archived, tmp_path):
    storage, harness, _ = archived
    archive = open_archive(storage)

    def remade(case_id, number=None, candidate=None):
        log = ArchiveLog(storage)
        return remake_decision(archive, log, harness.codec, case_id, number, candidate, tmp_path)

    yield remade
    archive.close()


def test_decisions_are_the_same_by_what_was_known_at_their_time(remade):
    first, second, third = remade("complaint-1", 1), remade("complaint-2"), remade("complaint-3")
    outcomes = [each.committed.decided.outcome for each in (first, second, third)]
    assert outcomes == ["take_down", "ask_for_clarification", "send_to_review"]
    assert all(each.same_bytes for each in (first, second, third))
    hashes = {each.committed.decided.capsule.rule_set_hash for each in (first, second, third)}
    assert len(hashes) == 2
    told = "\n".join(lines_of(first))
    assert "the same, byte for byte" in told
    assert "take-down-counterfeit: A fake under a mark in force" in told
    assert "were authority no_authorisation: ask_for_clarification" in told
    assert third.rule == REVIEW_ALL
    assert third.changes == ()


def test_partitions_are_remade_side_by_side_as_one_after_the_other(archived, tmp_path):
    _, harness, directory = archived
    source, told = partial(archived_log, str(directory)), []
    whole = remake(source()[0], harness.codec, tmp_path / "one")
    made = remake_in_parallel(source, 2, tmp_path / "two", lambda *done: told.append(done))
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert (made.rows, made.accounted) == (whole.rows, whole.accounted)
    assert {
        topic: {key: sorted(values) for key, values in found.items()}
        for topic, found in made.outputs.items()
    } == {
        topic: {key: sorted(values) for key, values in found.items()}
        for topic, found in whole.outputs.items()
    }
    found = compare_all(source()[0], made)
    # One decision was forged, and nothing else differs.
    assert {topic: each.different for topic, each in found.items() if each.different} == {
        "ip.decisions.events": 1
    }


def archived_log(address):
    return ArchiveLog(storage_at(address)), offline_codec()


def test_other_rules_are_asked_of_the_same_case(remade):
    found = remade("complaint-1", 1, RuleSet((DECLINE_ALL,)))
    assert found.same_bytes
    assert found.otherwise.outcome == "decline"
    assert "by the rules given: decline (counterfeit), by decline-all" in lines_of(found)


def test_a_decision_that_nothing_led_to_is_told(remade):
    found = remade("complaint-1")
    assert found.committed.decided.decision_number == 2
    assert not found.same_bytes
    assert any("no decision of this number" in line for line in lines_of(found))


def test_cases_and_numbers_that_are_not_there_are_refused(remade):
    with pytest.raises(ReplayError, match="no decision on complaint-9"):
        remade("complaint-9")
    with pytest.raises(ReplayError, match="decisions 1 to 1 only"):
        remade("complaint-2", 5)


def test_a_decision_is_proven_to_be_logged(archived, tmp_path, capsys):
    place, log, secret = str(archived[2]), str(tmp_path / "log"), str(tmp_path / "key.pem")
    named = ["--signing-key", secret, "--origin", "example.com/decisions"]
    assert main(["decision-log", "key", *named]) == 0
    verifier = capsys.readouterr().out.strip()
    places = ["--archive", place, "--log", log]
    assert main(["decision-log", "append", *places, *named]) == 0
    capsys.readouterr()
    assert main(["decision-log", "prove", "complaint-2", *places, "--key", verifier]) == 0
    proof = tmp_path / "complaint-2.tlog-proof"
    proof.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["decision-log", "verify", str(proof), "--key", verifier]) == 0
    told = capsys.readouterr().out
    value = next(
        each.value
        for each in archived[1].driver.records("ip.decisions.events")
        if each.key == b"listing-2"
    )
    assert sha256(value).hexdigest() in told
    assert "of 4 of example.com/decisions" in told
    assert main(["decision-log", "prove", "complaint-9", *places, "--key", verifier]) == 2
    assert "no decision 1 on complaint-9" in capsys.readouterr().err
