"""The timers that a state keeps are those of its rows, whatever fell due in the same batch."""

import pytest
from world import HOUR, START, complaint, listing, review
from world_disputes import clarification

from ops.services.worker import service_level
from schemas.events.sla import (
    SlaBreached,
    SlaClockPaused,
    SlaClockResumed,
    SlaWarningRaised,
)
from streams.driver import DriverSettings
from streams.kafka.partitioner import partition_of
from streams.state.indexes import due_timers
from streams.state.loading import load_rows
from streams.state.local_state import PARTITIONED, LocalState, partition_prefix
from streams.topology import CHANGELOG
from topology.harness import PARTITIONS, STANDING, DriverHarness
from topology.test_lifecycle import COMPLAINTS, LISTINGS, REVIEWS, send, tell_tables
from topology.test_whole_steps import failing_on

SLA = "ip.sla.events"

EVER = 1 << 60
NUMBER = partition_of(b"listing-1", PARTITIONS)


@pytest.fixture
def waiting(tmp_path):
    """A complaint whose listing nobody knows yet."""
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    # People decide of this ground, so that its clocks run on.
    send(harness, COMPLAINTS, complaint(ground="keyword_misuse"))
    harness.settle()
    yield harness
    harness.close()


def kept(state):
    return {family: dict(state.scan(family, partition_prefix(NUMBER))) for family in PARTITIONED}


def of_rows(harness, directory):
    """Return what a state holds that is made from the changelog."""
    state = LocalState(directory)
    prefix = partition_prefix(NUMBER)
    rows = {
        prefix + r.key: r.value for r in harness.driver.records(CHANGELOG) if r.partition == NUMBER
    }
    decode = lambda value: harness.codec.decode(CHANGELOG, value, None)  # noqa: E731
    load_rows(state, NUMBER, rows, 0, decode)
    made = kept(state)
    state.close()
    return made


def read_late(harness, topic, event, at_milliseconds):
    value = harness.codec.encode(topic, event)
    harness.driver._append(topic, NUMBER, event.listing_id.encode(), value, [], at_milliseconds)


@pytest.mark.parametrize("written_before", [0, 60_000])
@pytest.mark.parametrize("late", [1, 2 * HOUR, 23 * HOUR, 25 * HOUR, 400 * HOUR])
@pytest.mark.parametrize(
    "records",
    [
        [(LISTINGS, listing())],
        [(COMPLAINTS, complaint())],
        [(COMPLAINTS, complaint(complaint_id="complaint-2"))],
        [(LISTINGS, listing()), (LISTINGS, listing(version=2, title="plain"))],
        [(LISTINGS, listing()), (COMPLAINTS, complaint(complaint_id="complaint-2"))],
        [(LISTINGS, listing(status="removed")), (LISTINGS, listing(version=2))],
    ],
    ids=lambda records: "-".join(type(event).__name__ for _, event in records),
)
def test_timers_that_fell_due_together_with_what_sets_them_again_are_kept(
    waiting, tmp_path, records, late, written_before
):
    driver = waiting.driver
    assert due_timers(driver.state, NUMBER, EVER, 100)
    for topic, event in records:
        # They are read together with all that fell due meanwhile.
        read_late(waiting, topic, event, driver.clock.now_milliseconds() - written_before)
    driver.clock.advance(late)
    waiting.settle()
    assert kept(driver.state) == of_rows(waiting, tmp_path / "again")


def test_a_timer_that_failed_and_is_set_again_in_the_same_batch_is_kept(tmp_path, monkeypatch):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    send(harness, LISTINGS, listing(title="Cutexx nail polish remover"))
    send(harness, COMPLAINTS, complaint())
    harness.settle()
    failing_on(SlaWarningRaised, monkeypatch)
    # Steps of an edition before 10 tell of a time again after a pause without length.
    read_late(harness, REVIEWS, review(outcome="ask_for_clarification"), START + HOUR)
    # What was sent before and is a repeat has the answer read after the question.
    read_late(harness, COMPLAINTS, complaint(), START + 2 * HOUR)
    read_late(harness, COMPLAINTS, clarification(), START + HOUR // 2)
    harness.driver.clock.advance(40 * HOUR)
    harness.settle()
    assert harness.dead_letters() == ["timer_failed", "timer_failed"]
    assert kept(harness.driver.state) == of_rows(harness, tmp_path / "again")
    harness.close()


@pytest.mark.parametrize("asked_at", [1, 30])
@pytest.mark.parametrize("answered_at", [2, 19, 31])
def test_a_clock_tells_once_though_records_are_read_late(tmp_path, asked_at, answered_at):
    level = service_level(24 * 3600.0)._replace(standing=STANDING)
    settings = DriverSettings(PARTITIONS, START, service_level=level)
    harness = DriverHarness(tmp_path / "state", settings)
    tell_tables(harness)
    send(harness, LISTINGS, listing(title="Cutexx nail polish remover"))
    send(harness, COMPLAINTS, complaint())
    harness.settle()
    harness.driver.advance(40 * HOUR)
    said = [
        (REVIEWS, review(outcome="ask_for_clarification"), asked_at),
        (COMPLAINTS, clarification(), answered_at),
    ]
    for topic, event, hours in said:
        read_late(harness, topic, event, START + hours * HOUR)
        harness.settle()
    harness.driver.advance(400 * HOUR)
    told = [type(each) for each in harness.read(SLA)]
    assert SlaClockPaused in told
    assert SlaClockResumed in told
    due = [
        (type(each), each.due_at_milliseconds)
        for each in harness.read(SLA)
        if isinstance(each, SlaWarningRaised | SlaBreached)
    ]
    assert len(due) == len(set(due)) >= 2
    harness.close()
