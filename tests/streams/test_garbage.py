"""A process in charge collects between its batches, and no other's collector is touched."""

import gc

import pytest

from streams import garbage


class Ring:
    """Refers to itself, so that only the collector frees it."""

    freed = 0

    def __init__(self):
        self.ring = self

    def __del__(self):
        Ring.freed += 1


@pytest.fixture
def in_charge():
    garbage.take_charge()
    yield
    gc.unfreeze()
    gc.enable()


@pytest.mark.usefixtures("in_charge")
@pytest.mark.parametrize(
    ("idle", "objects"),
    [(True, garbage.YOUNG_OBJECTS_IDLE), (False, garbage.YOUNG_OBJECTS)],
)
def test_rings_are_freed_once_enough_was_made(idle, objects):
    before = Ring.freed
    Ring()
    kept = [[] for _ in range(objects // 2)]
    garbage.collect_between_batches(idle)
    assert Ring.freed == before
    kept += [[] for _ in range(objects)]
    assert Ring.freed == before
    garbage.collect_between_batches(idle)
    assert Ring.freed == before + 1
    assert gc.get_count()[0] < objects


def test_a_process_that_is_not_in_charge_is_left_alone():
    frozen = gc.get_freeze_count()
    garbage.collect_between_batches(idle=True)
    assert gc.isenabled()
    assert gc.get_freeze_count() == frozen
