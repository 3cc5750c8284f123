"""How memory grows is told without its warm-up and without single peaks."""

import os
import subprocess
import sys

import pytest

from ops.trials.chaos.memory import Sample, own_memory_bytes, slope_of

MEGABYTE = 1_000_000


def hour(bytes_at):
    return [Sample(10.0 * at, bytes_at(at)) for at in range(360)]


def test_what_only_warms_up_does_not_grow():
    middle, slope = slope_of(hour(lambda at: min(100, at) * MEGABYTE))
    assert (middle, slope) == (100 * MEGABYTE, 0.0)


def test_peaks_count_for_nothing():
    _, slope = slope_of(hour(lambda at: (900 if at % 50 == 0 else 100) * MEGABYTE))
    assert slope == 0.0


def test_a_leak_is_told_as_a_share_an_hour():
    _, slope = slope_of(hour(lambda at: 100 * MEGABYTE + at * MEGABYTE // 18))
    assert slope == pytest.approx(20 / 113.3, rel=0.01)


def test_memory_of_its_own_is_measured():
    held = "import sys; text = bytearray(b'x') * 50_000_000; print(len(text), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", held], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline()
        assert 50 * MEGABYTE < own_memory_bytes(process.pid) < 90 * MEGABYTE
        process.communicate(b"\n")
    assert own_memory_bytes(os.getpid()) > MEGABYTE
