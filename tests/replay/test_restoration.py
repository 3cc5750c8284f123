"""What is written of a partition so that each record comes to the offset that it had."""

from hypothesis import given
from hypothesis import strategies as st

from replay import restoration
from replay.restoration import stretches
from streams.kafka.records import InputRecord

SOURCE = ("ip.complaints.events", 2)


def record(offset):
    return InputRecord(*SOURCE, offset, b"k", b"v", None, 1)


@given(
    st.sets(st.integers(0, 60)).map(sorted),
    st.integers(0, 80),
    st.integers(2, 9),
)
def test_each_offset_is_taken_by_its_record_or_passed_over(offsets, end, at_once):
    before = restoration.STRETCH_RECORDS
    restoration.STRETCH_RECORDS = at_once
    try:
        found = list(stretches(map(record, offsets), SOURCE, end))
    finally:
        restoration.STRETCH_RECORDS = before
    reached = 0
    for each in found:
        assert each.first_offset == reached
        assert [one.offset for one in each.records] == [
            reached + number for number in range(len(each.records))
        ]
        assert len(each.records) <= at_once
        assert each.passed_over <= at_once + 1
        if reached and not each.records:
            # Nothing is there whose marker could take one offset alone.
            assert each.passed_over != 1 or not any(one < reached for one in offsets)
        reached += len(each.records) + each.passed_over
    assert [one.offset for each in found for one in each.records] == offsets
    assert reached == max([end, *(one + 1 for one in offsets)])
