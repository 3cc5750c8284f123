"""The timers that a state keeps are those of its rows, whatever fell due in the same batch."""

import pytest
from world import HOUR, complaint, listing

from streams.kafka.partitioner import partition_of
from streams.state.indexes import due_timers
from streams.state.loading import load_rows
from streams.state.local_state import PARTITIONED, LocalState, partition_prefix
from streams.topology import CHANGELOG
from topology.harness import PARTITIONS, DriverHarness
from topology.test_lifecycle import COMPLAINTS, LISTINGS, send, tell_tables

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
        value = waiting.codec.encode(topic, event)
        at = driver.clock.now_milliseconds() - written_before
        driver._append(topic, NUMBER, event.listing_id.encode(), value, [], at)
    driver.clock.advance(late)
    waiting.settle()
    assert kept(driver.state) == of_rows(waiting, tmp_path / "again")
