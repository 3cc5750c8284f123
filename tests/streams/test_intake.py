"""Whose turn it is, what waits, and how much of it is taken at once."""

import pytest

from streams.kafka.records import InputRecord
from streams.worker.intake import Intake
from streams.worker.pace import FIRST_RECORDS, LEAST_RECORDS, Pace

LISTINGS, COMPLAINTS = "ip.listings.events", "ip.complaints.events"


def record(partition, offset, topic=LISTINGS, value=b"12345"):
    return InputRecord(topic, partition, offset, b"key", value, None, 0)


@pytest.fixture
def intake():
    return Intake(100, 1_000)


def offsets(records):
    return [(each.partition, each.offset) for each in records]


def test_a_batch_is_of_one_lane_and_in_order(intake):
    intake.add(record(offset % 4, offset) for offset in range(12))
    lane = intake.lane([0, 1, 2, 3], (), ())
    assert sorted(lane) == [0, 2]
    taken = intake.take(lane, 100)
    assert [offset for partition, offset in offsets(taken) if partition == 0] == [0, 4, 8]
    assert intake.waiting == 6


def test_the_other_lane_is_served_while_one_is_busy(intake):
    intake.add(record(offset % 4, offset) for offset in range(8))
    first = intake.lane([0, 1, 2, 3], (), ())
    intake.take(first, 100)
    intake.add([record(first[0], 9)])
    second = intake.lane([0, 1, 2, 3], set(first), ())
    assert not set(first) & set(second)
    intake.take(second, 100)
    assert intake.lane([0, 1, 2, 3], set(first), ()) == []
    assert intake.lane([0, 1, 2, 3], set(second), ()) == sorted(first)


def test_no_partition_is_passed_over(intake):
    intake.add(record(number, offset) for number in range(4) for offset in range(10))
    served = []
    while intake.waiting:
        taken = intake.take(intake.lane([0, 1, 2, 3], (), ()), 5)
        served += sorted({each.partition for each in taken})
    assert sorted(served[:4]) == sorted(served[4:]) == [0, 1, 2, 3]


def test_a_single_partition_is_a_lane(intake):
    intake.add([record(7, 0)])
    assert intake.lane([7], (), ()) == [7]
    assert intake.lane([7], {7}, ()) == []


def test_a_partition_that_was_called_needs_no_record(intake):
    assert intake.lane([0, 1, 2, 3], (), ()) == []
    assert 3 in intake.lane([0, 1, 2, 3], (), {3})


def test_it_has_room_for_so_many_records_and_bytes(intake):
    intake.add(record(0, offset) for offset in range(30))
    assert intake.room == 70
    intake.add([record(0, 30, value=b"x" * 900)])
    assert intake.room == 0
    intake.take([0], 31)
    assert intake.room == 100


def test_what_waits_of_a_partition_or_one_of_its_topics_is_dropped(intake):
    intake.add([record(0, 0), record(0, 5, COMPLAINTS), record(0, 1), record(1, 0)])
    intake.forget(0, LISTINGS)
    assert offsets(intake.take([0], 10)) == [(0, 5)]
    intake.add([record(0, 6, COMPLAINTS)])
    intake.forget(0)
    assert intake.waiting == 1
    intake.clear()
    assert intake.waiting == 0
    assert intake.room == 100


def test_a_batch_is_as_large_as_is_stepped_in_the_time():
    pace = Pace(0.1, 10_000)
    assert pace.records == FIRST_RECORDS
    for _ in range(50):
        pace.measured(1_000, 0.25)
    assert pace.records == pytest.approx(400, abs=2)
    for _ in range(50):
        pace.measured(400, 0.002)
    assert pace.records == 10_000


def test_a_batch_is_never_so_small_that_its_commit_outweighs_it():
    pace = Pace(0.1, 10_000)
    pace.measured(1_000, 60.0)
    assert pace.records == LEAST_RECORDS
    assert Pace(0.1, 20).records == 20


def test_a_small_batch_says_nothing_of_the_pace():
    pace = Pace(0.1, 10_000)
    pace.measured(LEAST_RECORDS - 1, 60.0)
    assert pace.records == FIRST_RECORDS


def test_where_too_much_waits_complaints_go_before_changes_of_listings(intake):
    intake.add(record(0, offset) for offset in range(50))
    intake.add(record(0, offset, COMPLAINTS) for offset in range(3))
    taken = intake.take([0], 8)
    assert [(each.topic, each.offset) for each in taken] == [
        *((COMPLAINTS, offset) for offset in range(3)),
        *((LISTINGS, offset) for offset in range(5)),
    ]


def test_changes_of_listings_get_their_share_of_each_batch(intake):
    intake.add(record(0, offset, COMPLAINTS) for offset in range(40))
    intake.add(record(0, offset) for offset in range(40))
    taken = intake.take([0], 8)
    assert [each.topic for each in taken] == [*6 * [COMPLAINTS], *2 * [LISTINGS]]
    assert [each.offset for each in taken] == [*range(6), *range(2)]


def test_where_all_is_taken_it_is_taken_as_it_came(intake):
    came = [record(0, 0), record(0, 0, COMPLAINTS), record(0, 1), record(0, 1, COMPLAINTS)]
    intake.add(came)
    assert intake.take([0], 4) == came


def test_one_at_a_time_is_taken_as_it_came(intake):
    came = [record(0, 0), record(0, 0, COMPLAINTS), record(0, 1), record(0, 1, COMPLAINTS)]
    intake.add(came)
    assert [intake.take([0], 1)[0] for _ in came] == came
