"""A load that is killed in its midst is made anew at the next start, to the same tables."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from world import rule_set

from schemas.topic_names import TRADEMARKS_EVENTS
from streams.state.local_state import POSITIONS, TABLES, LocalState
from streams.tables.exported_tables import export_tables, import_tables
from streams.tables.global_tables import GlobalTables
from tables.dying_load import RECORDS, load_records
from tables.registers import CODEC, by_the_book
from tables.test_export import ORIGIN

WANTED = by_the_book(RECORDS)[0]


def killed(directory, kind, step):
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{root}:{root / 'tests'}"}
    script = Path(__file__).with_name("dying_load.py")
    line = [sys.executable, str(script), str(directory), kind, step]
    return subprocess.run(line, env=environment, check=False).returncode == -signal.SIGKILL


@pytest.mark.parametrize("step", ["before ingest", "after ingest"])
def test_a_load_from_the_topic_begins_again_at_its_positions(tmp_path, step):
    assert killed(tmp_path, "topic", step)
    state = LocalState(tmp_path / "state")
    assert not list(state.incoming.iterdir())
    assert GlobalTables(state, CODEC, rule_set()).position(TRADEMARKS_EVENTS, 0) == 0
    load_records(state)
    assert dict(state.scan(TABLES, b"")) == WANTED
    state.close()


@pytest.mark.parametrize("step", ["before ingest", "after ingest"])
def test_an_import_begins_again(tmp_path, step):
    source = LocalState(tmp_path / "source")
    load_records(source)
    source.close()
    export_tables(tmp_path / "source", tmp_path / "export", ORIGIN, "test")
    assert killed(tmp_path, "import", step)
    state = LocalState(tmp_path / "state")
    assert not list(state.scan(POSITIONS, b""))
    import_tables(tmp_path / "export", state, CODEC, ORIGIN)
    assert dict(state.scan(TABLES, b"")) == WANTED
    state.close()
