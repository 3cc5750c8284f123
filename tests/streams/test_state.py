"""The local state: what is written together, what moves, and what happens when files break."""

import os
import resource
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix import examples

from streams.state.local_state import (
    ROWS,
    SST_THRESHOLD_ROWS,
    TIMERS,
    Change,
    LocalState,
    StateCorrupted,
    StateUnavailable,
    apart,
    partition_prefix,
    position_change,
    set_aside,
)


@pytest.fixture
def state(tmp_path):
    state = LocalState(tmp_path / "state")
    yield state
    state.close()


def key(partition, name):
    return partition_prefix(partition) + name


def test_rows_and_position_survive_a_restart(tmp_path):
    state = LocalState(tmp_path / "state")
    state.write([Change(ROWS, key(1, b"a"), b"row"), position_change(1, 42)])
    state.close()
    again = LocalState(tmp_path / "state")
    assert again.get(ROWS, key(1, b"a")) == b"row"
    assert again.position(1) == 42
    assert again.position(2) is None
    again.close()


def test_a_partition_is_dropped_whole_and_alone(state):
    for partition in (0, 1, 255, 256, 65_535):
        state.write(
            [
                Change(ROWS, key(partition, b"a"), b"row"),
                Change(TIMERS, key(partition, b"t"), b""),
                position_change(partition, 7),
            ]
        )
    state.drop_partition(255)
    assert state.get(ROWS, key(255, b"a")) is None
    assert not list(state.scan(TIMERS, partition_prefix(255)))
    assert state.position(255) is None
    for partition in (0, 1, 256, 65_535):
        assert state.get(ROWS, key(partition, b"a")) == b"row"
        assert state.position(partition) == 7


@pytest.mark.parametrize("count", [10, SST_THRESHOLD_ROWS + 5])
def test_rows_in_bulk_replace_older_ones_and_are_replaced_by_newer(state, count):
    names = [key(3, f"{number:06d}".encode()) for number in range(count)]
    state.write([Change(ROWS, names[0], b"old")])
    state.load(ROWS, dict.fromkeys(reversed(names), b"bulk"))
    assert set(state.get_many(ROWS, names)) == {b"bulk"}
    state.write([Change(ROWS, names[0], b"new")])
    assert state.get(ROWS, names[0]) == b"new"
    state.load(ROWS, dict.fromkeys(names, b"again"))
    assert state.get(ROWS, names[0]) == b"again"


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(st.integers(0, 3), st.binary(max_size=4), st.booleans()), max_size=30))
def test_it_holds_what_a_dictionary_holds(tmp_path_factory, writes):
    state = LocalState(tmp_path_factory.mktemp("state"))
    model = {}
    for partition, name, put in writes:
        value = b"v" + name if put else None
        state.write([Change(ROWS, key(partition, name), value)])
        if value is None:
            model.pop(key(partition, name), None)
        else:
            model[key(partition, name)] = value
    assert dict(state.scan(ROWS, b"")) == model
    state.close()


def read_all(directory, names):
    state = LocalState(directory)
    try:
        return state.get_many(ROWS, names)
    finally:
        state.close()


@pytest.mark.parametrize("harm", ["truncated", "flipped", "missing"])
def test_broken_files_are_told_and_never_read_as_rows(tmp_path, harm):
    directory = tmp_path / "state"
    state = LocalState(directory)
    names = [key(0, f"{number:06d}".encode()) for number in range(SST_THRESHOLD_ROWS)]
    rows = {name: name * 20 for name in names}
    state.load(ROWS, rows)
    state.close()
    table = max((directory / "database").glob("*.sst"), key=lambda path: path.stat().st_size)
    content = bytearray(table.read_bytes())
    if harm == "truncated":
        table.write_bytes(content[: len(content) // 2])
    elif harm == "missing":
        table.unlink()
    else:
        for at in range(100, len(content) - 2_000, 500):
            content[at] ^= 0xFF
        table.write_bytes(content)
    with pytest.raises(StateCorrupted):
        read_all(directory, names)
    assert set_aside(directory) == directory / "broken-1"
    again = LocalState(directory)
    again.load(ROWS, rows)
    assert again.get(ROWS, names[7]) == rows[names[7]]
    again.close()


@settings(max_examples=examples(60))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("put", "delete", "first", "until", "drop", "other")),
            st.integers(0, 30),
        ),
        max_size=60,
    )
)
def test_a_scan_of_the_queue_gives_what_a_plain_scan_gives(tmp_path_factory, doings):
    state = LocalState(tmp_path_factory.mktemp("queue"))
    prefix = partition_prefix(3)
    for doing, number in doings:
        name = key(3, number.to_bytes(8, "big") + b"x")
        if doing == "put":
            state.write([Change(TIMERS, name, b"")])
        elif doing == "delete":
            state.write([Change(TIMERS, name, None)])
        elif doing == "drop":
            state.drop_partition(3 if number < 5 else 4)
        elif doing == "other":
            state.write([Change(TIMERS, key(4, number.to_bytes(8, "big")), b"")])
        elif doing == "until":
            until = key(3, number.to_bytes(8, "big"))
            plain = list(state.scan(TIMERS, prefix, until))
            assert list(state.scan_queue(prefix, until)) == plain
        else:
            assert next(state.scan_queue(prefix), None) == next(state.scan(TIMERS, prefix), None)
    assert list(state.scan_queue(prefix)) == list(state.scan(TIMERS, prefix))
    state.close()


OPENING = """
import sys
from pathlib import Path
from streams.state.local_state import LocalState, StateUnavailable
try:
    LocalState(Path(sys.argv[1]))
except StateUnavailable as error:
    print(error)
"""


def with_rows(directory):
    state = LocalState(directory)
    names = [key(0, f"{number:06d}".encode()) for number in range(SST_THRESHOLD_ROWS)]
    state.load(ROWS, dict.fromkeys(names, b"row"))
    return state, names


def test_a_state_at_work_is_left_alone_by_another_process(tmp_path):
    state, names = with_rows(tmp_path / "state")
    (state.incoming / "rows.sst").write_bytes(b"about to be ingested")
    told = subprocess.run(
        [sys.executable, "-c", OPENING, tmp_path / "state"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ).stdout
    assert "another process works here" in told
    assert (state.incoming / "rows.sst").exists()
    assert set(state.get_many(ROWS, names)) == {b"row"}
    state.close()


def test_a_state_that_is_open_here_is_not_opened_again(state, tmp_path):
    with pytest.raises(StateUnavailable, match="works here already"):
        LocalState(tmp_path / "state")


@pytest.mark.parametrize("files", [1, 3])
def test_too_many_open_files_break_nothing(tmp_path, files):
    state, names = with_rows(tmp_path / "state")
    state.close()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + files, hard))
    try:
        with pytest.raises(StateUnavailable, match="ulimit"):
            LocalState(tmp_path / "state")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert set(read_all(tmp_path / "state", names)) == {b"row"}


def test_no_room_breaks_nothing(small_disk):
    state = LocalState(small_disk.path / "state")
    written = []

    def fill():
        for number in range(2_000):
            name = key(0, f"{number:06d}".encode())
            state.write([Change(ROWS, name, os.urandom(10_000))])
            written.append(name)
            if number == 100:
                small_disk.fill()

    with pytest.raises(StateUnavailable, match="make room"):
        fill()
    with pytest.raises(StateUnavailable, match="make room"):
        state.close()
    with pytest.raises(StateUnavailable, match="make room"):
        LocalState(small_disk.path / "state")
    small_disk.make_room()
    assert None not in read_all(small_disk.path / "state", written)


@pytest.mark.parametrize(
    "told",
    [
        "IO error: While lock file: /x/LOCK: Resource temporarily unavailable",
        "Corruption: Corruption: IO error: While open a file: /x/8.sst: Too many open files",
        "IO error: No space left on device: While appending to file: /x/4.log",
        "IO error: While open a file for appending: /x/LOG: Permission denied",
        "IO error: While fsync: /x/4.log: Input/output error",
        "Busy: something else",
        "Not implemented: yet",
    ],
)
def test_nothing_is_called_broken_that_may_be_whole(told):
    assert type(apart(Exception(told))) is StateUnavailable


@pytest.mark.parametrize(
    "told",
    [
        "Corruption: block checksum mismatch",
        "IO error: No such file or directory: While opening a file: /x/MANIFEST-000005",
    ],
)
def test_what_is_broken_is_called_so(told):
    assert type(apart(Exception(told))) is StateCorrupted


def test_what_is_set_aside_is_kept_and_bounded(tmp_path):
    for number in (1, 2, 3):
        (tmp_path / "database").mkdir()
        (tmp_path / "database" / "CURRENT").write_text(str(number))
        assert set_aside(tmp_path) == tmp_path / f"broken-{number}"
    (tmp_path / "database").mkdir()
    with pytest.raises(StateUnavailable, match="remove these"):
        set_aside(tmp_path)
    assert (tmp_path / "database").exists()
    assert (tmp_path / "broken-1" / "CURRENT").read_text() == "1"
