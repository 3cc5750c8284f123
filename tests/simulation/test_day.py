"""A short day through the real services, with kills: all guarantees are to hold."""

import re
import time

import pytest
from matrix import cases

from ops.trials.simulation.command import simulate
from ops.trials.simulation.day import Day, meets_at

COMPLAINTS, FACTOR, REVIEWERS = 200, 4_000.0, 30
SEEDS = cases((1, 2, 3, 4))


@pytest.mark.broker
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_short_day_keeps_all_guarantees(tmp_path, capsys, seed):
    now = time.time_ns() // 1_000_000
    day = Day(COMPLAINTS, FACTOR, REVIEWERS, seed, meets_at(now, FACTOR))
    assert simulate(tmp_path, day) == 0, capsys.readouterr().out
    told = capsys.readouterr().out
    assert f"{COMPLAINTS} complaints filed" in told
    assert "postgres 2" in told
    assert re.search(r"the archiver was killed [1-9]\d* times while it wrote", told)
    assert re.search(r"ip\.decisions\.events: [1-9][\d,]* keys the same byte for byte, 0 not", told)
    assert told.rstrip().endswith("Problems\n  none")
