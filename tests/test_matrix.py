"""The parts of the matrix: each case in one of them, and the same part for the same commit."""

import pytest
from matrix import PARTS, part_of, parted

COMMIT = "262ac7a0f3d1b6c0a1d2e3f405162738495a6b7c"


def test_each_case_is_in_one_part():
    cases = range(23)
    parts = [parted(cases, part) for part in range(1, PARTS + 1)]
    assert sorted(case for part in parts for case in part) == list(cases)
    assert max(map(len, parts)) - min(map(len, parts)) == 1
    assert parted(cases, None) == list(cases)


def test_a_commit_chooses_its_part_and_commits_choose_all():
    assert part_of("", COMMIT) == part_of("", COMMIT)
    assert {part_of("", f"{number:08x}") for number in range(PARTS)} == set(range(1, PARTS + 1))
    assert part_of("", "") == 1


def test_a_part_may_be_named():
    assert (part_of("all", COMMIT), part_of("3", COMMIT)) == (None, 3)
    for name in ("0", str(PARTS + 1), "most"):
        with pytest.raises(ValueError, match=name):
            part_of(name, COMMIT)
