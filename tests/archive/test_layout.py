"""Which files are read of a partition: each offset once, whoever wrote what."""

from hypothesis import given
from hypothesis import strategies as st

from sinks.archive.layout import ArchiveFile, cover_of, day_of, file_of

TOPIC = "ip.decisions.events"


def file(first, last, day="2026-11-28", partition=1):
    return ArchiveFile(TOPIC, partition, day, first, last)


def read(cover):
    return [offset for each, first in cover.pieces for offset in range(first, each.last + 1)]


def test_a_name_says_what_a_file_holds():
    assert file_of(file(7, 1 << 62).name) == file(7, 1 << 62)
    for other in ("", "x.parquet", f"{file(1, 2).name}.unfinished", f"a/{file(1, 2).name}"):
        assert file_of(other) is None


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=12))
def test_each_offset_that_any_file_has_is_read_once_in_order(spans):
    files = [file(first, first + length) for first, length in spans]
    cover = cover_of(files)
    held = {offset for each in files for offset in range(each.first, each.last + 1)}
    assert read(cover) == sorted(held)
    missing = [o for hole in cover.holes for o in range(hole.first, hole.last + 1)]
    assert sorted([*missing, *held]) == list(range(min(held), max(held) + 1)) if held else True
    # What is not read of a file is in another: without it all the same is there.
    needed = [each for each, _ in cover.pieces]
    assert read(cover_of(needed)) == read(cover)


def test_of_two_writers_the_one_that_had_lost_its_partition_changes_nothing():
    ours = [file(0, 99), file(100, 120), file(121, 200)]
    late = file(100, 150)
    assert read(cover_of([*ours, late])) == list(range(201))
    assert not cover_of([*ours, late]).holes


def test_a_day_is_that_of_utc():
    assert day_of(1_796_083_199_999) == "2026-11-30"
    assert day_of(1_796_083_200_000) == "2026-12-01"
