"""Names that were put into the table: few are kept themselves, many in a filter."""

import pytest

from streams.tables.seen_names import FEW_NAMES, SeenNames


@pytest.mark.parametrize("before", [0, FEW_NAMES - 1, FEW_NAMES, 3 * FEW_NAMES])
def test_each_name_added_is_noted(before):
    seen = SeenNames()
    names = [b"mark-%d" % number for number in range(before)]
    others = [b"other-1", b"other-2"]
    seen.add(names)
    seen.add(others)
    assert seen.noted(names + others) == names + others
    assert seen.add(others) == others


def test_of_few_names_none_is_noted_by_mistake():
    seen = SeenNames()
    assert seen.add([b"mark-1", b"mark-2"]) == []
    assert seen.noted([b"mark-3", b"mark-1"]) == [b"mark-1"]


def test_of_many_names_few_are_noted_by_mistake():
    seen = SeenNames()
    seen.add([b"mark-%d" % number for number in range(2 * FEW_NAMES)])
    others = [b"other-%d" % number for number in range(FEW_NAMES)]
    assert len(seen.noted(others)) < FEW_NAMES / 100
