"""A step is whole or not at all, whatever raises, wherever a step is made."""

import pytest
from build import puts_in_place
from world import START, complaint, listing, trademark

from processors.cases import timer_steps
from schemas.events.conduct import ConductRecorded
from schemas.events.sla import SlaWarningRaised
from schemas.events.takedowns import TakeDownListing
from schemas.fields import LATEST_MILLISECONDS, LATEST_RECORD_MILLISECONDS
from schemas.topic_names import DEAD_LETTERS
from streams.kafka.dead_letters import field_of
from streams.kafka.output_records import OutputRecords
from streams.kafka.partitioner import partition_of
from streams.state.indexes import next_due
from streams.topology import CHANGELOG
from topology.harness import PARTITIONS, DriverHarness
from topology.test_lifecycle import (
    COMMANDS,
    COMPLAINTS,
    DECISIONS,
    LISTINGS,
    send,
    tell_tables,
)

REVIEWS = "ip.reviews.commands"
CONDUCT = "ip.conduct.events"
YEAR_10000 = 253_402_300_800_000
DAY = 24 * 3_600_000


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    send(harness, LISTINGS, listing())
    harness.settle()
    yield harness
    harness.close()


def append(harness, topic, event, at, key=None):
    key = key or event.listing_id
    value = harness.codec.encode(topic, event)
    number = partition_of(key.encode(), PARTITIONS)
    harness.driver._append(topic, number, key.encode(), value, [], at)


def rows(harness, part="cases"):
    return [row for row in harness.read(CHANGELOG) if hasattr(row, part)]


def conduct(**changes):
    return ConductRecorded(
        conduct_id="conduct-1",
        party_id="seller-1",
        role="seller",
        kind="strike",
        ground="counterfeit",
        manifest=True,
        case_id="case-1",
        listing_id="listing-1",
        marketplace="alpha",
        occurred_at_milliseconds=START,
    )._replace(**changes)


@pytest.mark.parametrize(
    "at", [-1, 0, LATEST_RECORD_MILLISECONDS, YEAR_10000, (1 << 63) - 1, -(1 << 63)]
)
@pytest.mark.parametrize(
    ("topic", "event", "key"),
    [
        (COMPLAINTS, complaint(), None),
        (LISTINGS, listing(version=2), None),
        (CONDUCT, conduct(), "seller-1"),
    ],
    ids=["complaint", "listing", "conduct"],
)
def test_a_record_of_no_possible_time_is_buried(driven, topic, event, key, at):
    before = len(driven.driver.records(CHANGELOG))
    append(driven, topic, event, at, key)
    driven.settle()
    assert driven.dead_letters() == ["record_time_out_of_bounds"]
    assert len(driven.driver.records(CHANGELOG)) == before
    [letter] = driven.driver.records(DEAD_LETTERS)
    # With that time of its own it could not be written, or would be cleaned at once.
    assert letter.timestamp_milliseconds == driven.driver.clock.now_milliseconds()
    assert field_of(letter.headers, "timestamp.milliseconds") == str(at)
    send(driven, COMPLAINTS, complaint(complaint_id="next"))
    driven.settle()
    assert [each.case_id for each in driven.read(COMMANDS)] == ["next"]


@pytest.mark.parametrize("at", [LATEST_MILLISECONDS + 1, YEAR_10000, (1 << 63) - 1])
def test_a_time_in_a_record_is_bounded_too(driven, at):
    append(driven, CONDUCT, conduct(occurred_at_milliseconds=at), START, "seller-1")
    append(driven, COMPLAINTS, complaint(filed_at_milliseconds=at), START)
    append(driven, LISTINGS, listing(version=2, listed_at_milliseconds=at), START)
    append(driven, LISTINGS, listing(version=3, changed_at_milliseconds=at), START)
    driven.settle()
    assert driven.dead_letters() == ["time_out_of_bounds"] * 4
    driven.restart(lose_state=True)
    send(driven, COMPLAINTS, complaint())
    driven.settle()
    assert len(driven.read(COMMANDS)) == 1


def failing_on(kind, monkeypatch, error=OverflowError):
    made = OutputRecords.record

    def record(self, event, *arguments):
        if isinstance(event, kind):
            raise error("it can't be encoded")
        return made(self, event, *arguments)

    monkeypatch.setattr(OutputRecords, "record", record)


@pytest.mark.parametrize("error", [OverflowError, AttributeError, RecursionError, AssertionError])
def test_where_an_output_fails_nothing_of_the_step_is_kept(driven, monkeypatch, error):
    failing_on(TakeDownListing, monkeypatch, error)
    send(driven, LISTINGS, listing(listing_id="near", title="Cutexx nail polish remover"))
    send(driven, COMPLAINTS, complaint())
    send(driven, COMPLAINTS, complaint(complaint_id="near", listing_id="near"))
    driven.settle()
    assert driven.dead_letters() == ["step_failed"]
    # The others of its batch are decided, and of it there is no case, decision or command.
    assert [each.case_id for each in driven.read(DECISIONS)] == ["near"]
    cases = [case for row in rows(driven) for case in row.cases]
    assert {case.complaint.complaint_id for case in cases} == {"near"}
    monkeypatch.undo()
    driven.restart(lose_state=True)
    send(driven, COMPLAINTS, complaint())
    driven.settle()
    assert [each.case_id for each in driven.read(COMMANDS)] == ["complaint-1"]


@puts_in_place
def test_where_a_row_fails_nothing_of_the_step_is_kept(driven, monkeypatch):
    engine = driven.driver._engine
    encode = engine._rows.encode

    def failing(row, before):
        if getattr(row, "cases", ()):
            raise ValueError("no such row")
        return encode(row, before)

    monkeypatch.setattr(engine._rows, "encode", failing)
    send(driven, COMPLAINTS, complaint())
    send(driven, LISTINGS, listing(listing_id="other"))
    driven.settle()
    assert driven.dead_letters() == ["step_failed"]
    assert driven.read(DECISIONS) == driven.read(COMMANDS) == []
    assert {row.listing.listing_id for row in rows(driven)} == {"listing-1", "other"}


def test_a_row_of_few_cases_is_measured(driven, monkeypatch):
    monkeypatch.setattr("streams.worker.batch_rows.MAXIMUM_ROW_BYTES", 2_000)
    for number in range(8):
        send(driven, COMPLAINTS, complaint(complaint_id=f"complaint-{number}"))
    driven.settle()
    assert set(driven.dead_letters()) == {"too_many_cases_for_listing"}
    assert len(driven.read(DECISIONS)) + len(driven.dead_letters()) == 8
    assert max(len(record.value) for record in driven.driver.records(CHANGELOG)) <= 2_000


def waiting_case(harness):
    """File a complaint that goes to review, so that its clock runs."""
    send(harness, LISTINGS, listing(listing_id="near", title="Cutexx nail polish remover"))
    send(harness, COMPLAINTS, complaint(complaint_id="near", listing_id="near"))
    harness.settle()


def timers_of(harness, case_id):
    [case] = [c for row in rows(harness)[-1:] for c in row.cases]
    assert case.complaint.complaint_id == case_id
    return {timer.kind for timer in case.timers}


def test_a_timer_that_fails_is_told_of_once_and_taken_off(driven, monkeypatch):
    waiting_case(driven)
    assert "sla_warning" in timers_of(driven, "near")
    failing_on(SlaWarningRaised, monkeypatch)
    driven.pass_time(2 * DAY)
    assert driven.dead_letters() == ["timer_failed"]
    [letter] = driven.driver.records(DEAD_LETTERS)
    assert b'"case_id": "near"' in letter.value
    assert b"sla_warning" in letter.value
    assert "OverflowError" in field_of(letter.headers, "exception.message")
    ended = {(e.source, e.ending, e.reason): n for e, n in driven.driver.accounted.items()}
    assert ended["timer", "dead_letter", "timer_failed"] == 1
    # The breach, which comes after it, was told of; reviewers have the case already.
    assert timers_of(driven, "near") == set()
    assert len(driven.read(REVIEWS)) == 1
    monkeypatch.undo()
    driven.restart(lose_state=True)
    driven.pass_time(DAY)
    assert len(driven.dead_letters()) == 1


@puts_in_place
@pytest.mark.parametrize("person_fails", [False, True])
def test_what_a_failed_timer_was_for_is_put_before_a_person(driven, monkeypatch, person_fails):
    def mistaken(*_arguments):
        raise KeyError("no such time")

    send(driven, COMPLAINTS, complaint(complaint_id="late", listing_id="late"))
    driven.settle()
    monkeypatch.setitem(timer_steps._HANDLERS, "listing_wait", mistaken)
    if person_fails:
        monkeypatch.setattr(timer_steps, "put_into_effect", mistaken)
    driven.pass_time(10 * DAY)
    assert driven.dead_letters() == ["timer_failed"]
    reviewed = [each.reason_codes for each in driven.read(REVIEWS)]
    assert reviewed == ([] if person_fails else [("timer_failed",)])
    assert "listing_wait" not in timers_of(driven, "late")
    assert next_due(driven.driver.state, partition_of(b"late", PARTITIONS)) is None
    driven.restart(lose_state=True)
    driven.pass_time(10 * DAY)
    assert driven.dead_letters() == ["timer_failed"]


@puts_in_place
def test_a_registry_change_that_fails_is_buried(driven, monkeypatch):
    from processors.cases import listing_cases

    def mistaken(*_arguments):
        raise KeyError("no such mark")

    waiting_case(driven)
    monkeypatch.setattr(listing_cases, "has_lapsed", mistaken)
    mark = trademark(recorded_at_milliseconds=START + 5)
    driven.send("ip.trademarks.events", "US:76044902", mark)
    driven.settle()
    assert driven.dead_letters() == ["registry_change_failed"]
    monkeypatch.undo()
    send(driven, COMPLAINTS, complaint(complaint_id="next"))
    driven.settle()
    assert [each.case_id for each in driven.read(COMMANDS)] == ["next"]


@puts_in_place
def test_a_standing_that_fails_is_told_of_once(driven, monkeypatch):
    from streams.state import row_kinds

    append(driven, CONDUCT, conduct(), START, "seller-1")
    driven.settle()
    [row] = rows(driven, "days")
    assert row.due_at_milliseconds is not None
    step = row_kinds.PARTY.step

    def failing(state, event, moment):
        if type(event).__name__ == "StandingDue":
            raise OverflowError("a day that is none")
        return step(state, event, moment)

    monkeypatch.setattr(
        "streams.worker.working_set.kind_of_row",
        lambda key: (
            row_kinds.PARTY._replace(step=failing)
            if key.startswith(row_kinds.PARTY.prefix)
            else row_kinds.LISTING
        ),
    )
    driven.pass_time(800 * DAY)
    assert driven.dead_letters() == ["timer_failed"]
    monkeypatch.undo()
    driven.restart(lose_state=True)
    driven.pass_time(800 * DAY)
    assert driven.dead_letters() == ["timer_failed"]
