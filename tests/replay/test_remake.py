"""The journal of batches: a log is remade byte for byte, whatever became of rules and tables."""

import pytest
from logged_driver import LoggedDriver
from topology.harness import DriverHarness
from topology.test_lifecycle import (
    COMPLAINTS,
    DECISIONS,
    LISTINGS,
    MARKS,
    PARTIES,
    RULES,
    send,
    tell_tables,
)
from world import HOUR, START, agent, complaint, listing, owner, rule_set, trademark
from world_disputes import acknowledgement

from processors.identifiers import command_id
from replay.compare import compare_all
from replay.log import ReplayError
from replay.remake import BATCHES, remake
from schemas.catalog import load_schema
from schemas.events.complaints import Evidence
from schemas.events.rules import RolloutChanged, Rule
from schemas.events.trademarks import Owner
from schemas.wire.codec import Codec
from schemas.wire.registry import offline_ids
from streams.driver import Driver, DriverSettings
from streams.policies.rule_files import rule_set_published
from streams.topology import LEAD_TOPIC

FOREIGN = b"\x00" + (20_000).to_bytes(4, "big")
DECLARED = (Evidence("doc-9", "declaration", None),)


class LateTables(Driver):
    """A driver whose tables are read no further while they are held."""

    held = False

    def _run_tables(self):
        if not self.held:
            super()._run_tables()


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    yield harness
    harness.close()


def remade(harness, tmp_path):
    return remake(LoggedDriver(harness.driver), harness.codec, tmp_path / "scratch")


def check(harness, tmp_path):
    """Remake the log, and compare it with itself."""
    again = remade(harness, tmp_path)
    found = compare_all(LoggedDriver(harness.driver), again)
    assert {topic: each.examples for topic, each in found.items() if each.different} == {}
    assert again.accounted == harness.driver.accounted
    return again


def complain(harness, number, **changes):
    name = f"listing-{number}"
    send(harness, LISTINGS, listing(listing_id=name))
    harness.settle()
    filed = complaint(complaint_id=f"complaint-{number}", listing_id=name)
    send(harness, COMPLAINTS, filed._replace(**changes))
    harness.settle()
    return [d.outcome for d in harness.read(DECISIONS) if d.case_id == filed.complaint_id]


def review_all(name):
    return Rule(name, f"All to review, by {name}.", 1, "true", "send_to_review", ("counterfeit",))


def test_decisions_under_the_rules_of_yesterday_are_made_again(driven, tmp_path):
    tell_tables(driven)
    assert complain(driven, 1) == ["take_down"]
    for number, name in enumerate(("first", "second"), 2):
        published = rule_set_published((review_all(name),), "active", "test", START)
        driven.send(RULES, "active", published)
        assert complain(driven, number) == ["send_to_review"]
    shadow = rule_set_published((review_all("shadow"),), "shadow", "test", START)
    driven.send(RULES, "shadow", shadow)
    complain(driven, 4)
    hashes = {d.capsule.rule_set_hash for d in driven.read(DECISIONS)}
    assert len(hashes) == 3
    assert len(list(LoggedDriver(driven.driver).read(RULES, 0))) == 2
    check(driven, tmp_path)


def test_decisions_by_a_candidate_on_its_share_are_made_again(driven, tmp_path):
    tell_tables(driven)
    rules = (review_all("candidate"),)
    candidate = rule_set_published(rules, "shadow", "test", START)
    name = candidate.rule_set_hash
    compared = rule_set_published((review_all("compared"),), "shadow", "test", START)
    for each in (candidate, compared):
        slot = f"shadow:{each.rule_set_hash}"
        driven.send(RULES, slot, each._replace(slot=slot))
    for number, share in enumerate((0, 50, 100, 0)):
        changed = RolloutChanged(name, share, "a test", "test", START)
        driven.send(RULES, "rollout", changed)
        for listing_number in range(4 * number, 4 * number + 4):
            complain(driven, listing_number)
    made = sorted(driven.read(DECISIONS), key=lambda d: int(d.case_id.rpartition("-")[2]))
    by_candidate = [d.capsule.rule_set_hash == name for d in made]
    assert by_candidate[:4] + by_candidate[12:] == [False] * 8
    assert by_candidate[8:12] == [True] * 4
    assert all(len(d.shadow_outcomes) == 2 for d in made)
    check(driven, tmp_path)


def test_decisions_on_marks_and_parties_as_they_were_are_made_again(driven, tmp_path):
    tell_tables(driven)
    assert complain(driven, 1, complainant_id="agent-1") == ["take_down"]
    driven.send(PARTIES, "agent-1", agent(authorisations=()))
    assert complain(driven, 2, complainant_id="agent-1") == ["ask_for_clarification"]
    driven.send(PARTIES, "agent-1", agent())
    driven.send(PARTIES, "holder-1", owner(identity_verified=False))
    assert complain(driven, 3) == ["ask_for_clarification"]
    driven.send_bytes(PARTIES, b"holder-1", None)
    assert complain(driven, 4) == ["ask_for_clarification"]
    ended = trademark(status="cancelled", recorded_at_milliseconds=START + 10)
    driven.send(MARKS, "US:76044902", ended)
    driven.settle()
    assert complain(driven, 5) == ["ask_for_clarification"]
    check(driven, tmp_path)


def test_decisions_that_rest_on_other_marks_of_that_time_are_made_again(driven, tmp_path):
    other = trademark(
        application_number="5",
        registration_number="6",
        mark_text="CUTEX NAIL",
        owners=(Owner("Somebody Else Ltd", None),),
    )
    tell_tables(driven)
    assert complain(driven, 1) == ["take_down"]
    driven.send(MARKS, "US:5", other)
    assert complain(driven, 2) == ["send_to_review"]
    renamed = other._replace(mark_text="GLAZON", recorded_at_milliseconds=START + 10)
    driven.send(MARKS, "US:5", renamed)
    assert complain(driven, 3) == ["take_down"]
    driven.restart(lose_state=True)
    driven.send(MARKS, "US:5", other._replace(recorded_at_milliseconds=START + 20))
    assert complain(driven, 4) == ["send_to_review"]
    check(driven, tmp_path)


def test_timers_that_fired_late_or_within_a_moment_of_an_input_keep_their_place(driven, tmp_path):
    tell_tables(driven)
    complain(driven, 1)
    command = command_id("complaint-1", 1)
    done = acknowledgement(command, listing_id="listing-1")
    # Written before the reminder is due, and taken after it fired.
    driven.driver.clock.advance(HOUR - 5)
    send(driven, "ip.acknowledgements.events", done)
    driven.driver.clock.advance(HOUR)
    driven.settle()
    send(driven, COMPLAINTS, complaint(complaint_id="complaint-2", listing_id="never"))
    driven.settle()
    driven.driver.advance(400 * HOUR)
    again = check(driven, tmp_path)
    assert len(again.outputs["ip.sla.events"][b"listing-1"]) > 3


def test_restarts_and_lost_state_leave_the_log_to_be_remade(driven, tmp_path):
    tell_tables(driven)
    for number in range(6):
        complain(driven, number)
        driven.restart(lose_state=number % 2 == 0)
    driven.driver.advance(100 * HOUR)
    check(driven, tmp_path)


def test_a_worker_that_is_hours_behind_with_its_tables_is_followed(tmp_path):
    settings = DriverSettings(now_milliseconds=START)
    harness = DriverHarness(tmp_path / "late", settings)
    harness.driver.close()
    late = LateTables(tmp_path / "late", harness.codec, rule_set(), settings)
    harness.driver = late
    tell_tables(harness)
    complain(harness, 0)
    late.held = True
    for number in range(1, 11):
        complain(harness, number)
    tiers = {each.tier for each in harness.read("ip.standings.state")}
    assert "fast_lane" in tiers
    late.advance(30 * HOUR)
    # With the standing it would do; this worker has not read it yet.
    held = complain(harness, 20, evidence=DECLARED)
    assert held == ["decline"]
    late.held = False
    late.advance(HOUR)
    assert complain(harness, 21, evidence=DECLARED) == ["send_to_review"]
    check(harness, tmp_path)
    harness.close()


def test_a_log_that_lacks_what_a_batch_took_is_refused(driven, tmp_path):
    tell_tables(driven)
    complain(driven, 1)
    for (topic, _), records in driven.driver.log.items():
        if topic == LEAD_TOPIC:
            records[:] = records[1:]
    with pytest.raises(ReplayError, match="a batch took offset 0 and on, and the log has nothing"):
        remade(driven, tmp_path)


def test_a_forged_output_is_found(driven, tmp_path):
    tell_tables(driven)
    complain(driven, 1)
    driven.send(DECISIONS, "listing-1", driven.read(DECISIONS)[0])
    found = compare_all(LoggedDriver(driven.driver), remade(driven, tmp_path))
    assert found[DECISIONS].different == 1


def test_what_decided_is_told_where_it_changed_only(driven):
    tell_tables(driven)
    for number in range(3):
        send(driven, LISTINGS, listing(listing_id="listing-1", version=number + 1))
        driven.settle()
    bases = [batch.basis for batch in driven.read(BATCHES)]
    assert [basis is None for basis in bases] == [False, True, True]


class KnowsLater:
    """A registry that knows others' schema of a listing once it has caught up."""

    may_lag = False

    def __init__(self):
        self.caught_up = False

    def by_id(self, _schema_id):
        return load_schema("ListingChanged") if self.caught_up else None


def test_a_record_that_was_buried_is_buried_by_a_replay_that_could_read_it(tmp_path):
    registry = KnowsLater()
    codec = Codec(offline_ids(), registry)

    def told(harness, prefix, title):
        value = harness.codec.encode(LISTINGS, listing(title=title))
        harness.send_bytes(LISTINGS, b"listing-1", prefix + value[5:] if prefix else value)

    harness = DriverHarness(tmp_path / "state", codec=codec)
    try:
        for number, prefix in enumerate((FOREIGN, b"", FOREIGN)):
            told(harness, prefix, f"Title {number}")
        send(harness, COMPLAINTS, complaint())
        harness.settle()
        assert harness.dead_letters() == ["unknown_schema_id"] * 2
        registry.caught_up = True
        later = Codec(offline_ids(), registry)
        again = remake(LoggedDriver(harness.driver), later, tmp_path / "scratch")
        found = compare_all(LoggedDriver(harness.driver), again)
        assert {topic: each.examples for topic, each in found.items() if each.different} == {}
        assert sum(n for e, n in again.accounted.items() if e.reason == "unknown_schema_id") == 2
    finally:
        harness.close()


class KnowsMarksLater(KnowsLater):
    """A registry that knows others' schema of a mark once it has caught up."""

    def by_id(self, _schema_id):
        return load_schema("TrademarkRecorded") if self.caught_up else None


def test_tables_are_seen_by_a_replay_as_they_were_before_and_after_a_record_could_be_read(tmp_path):
    registry = KnowsMarksLater()
    seconds = 0.0
    codec = Codec(offline_ids(), registry, lambda: seconds)
    harness = DriverHarness(tmp_path / "state", codec=codec)
    try:
        tell_tables(harness)
        ended = trademark(status="cancelled", recorded_at_milliseconds=START + 10)
        value = FOREIGN + codec.encode(MARKS, ended)[5:]
        harness.send_bytes(MARKS, b"US:76044902", value)
        harness.settle()
        assert complain(harness, 1) == ["take_down"]
        registry.caught_up, seconds = True, 100.0
        harness.driver.restart()
        harness.settle()
        assert complain(harness, 2) == ["decline"]
        check(harness, tmp_path)
        bases = [batch.basis for batch in harness.read(BATCHES) if batch.basis is not None]
        assert {basis.unread_table_records for basis in bases} == {(), ((MARKS, 0, 1),)}
    finally:
        harness.close()


class Behind:
    """A registry that may be behind, and does not know a schema."""

    may_lag = True

    def by_id(self, _schema_id):
        return None


def test_a_record_that_was_read_and_can_not_be_now_ends_a_replay_that_tells_which(tmp_path):
    registry = KnowsLater()
    registry.caught_up = True
    harness = DriverHarness(tmp_path / "state", codec=Codec(offline_ids(), registry))
    try:
        value = harness.codec.encode(LISTINGS, listing())
        harness.send_bytes(LISTINGS, b"listing-1", FOREIGN + value[5:])
        harness.settle()
        assert harness.dead_letters() == []
        with pytest.raises(ReplayError, match=LISTINGS):
            remake(
                LoggedDriver(harness.driver), Codec(offline_ids(), Behind()), tmp_path / "behind"
            )
    finally:
        harness.close()
