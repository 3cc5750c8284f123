"""Loads tables and is killed in the midst of it: `python dying_load.py DIRECTORY KIND STEP`."""

import os
import signal
import sys
from pathlib import Path

from world import rule_set

from streams.state.local_state import LocalState
from streams.tables.exported_tables import import_tables
from streams.tables.global_tables import GlobalTables
from tables.registers import CODEC, register
from tables.test_export import ORIGIN

RECORDS = register(11, 24_000, 20_000, odd=0.02)


def die(*_arguments):
    os.kill(os.getpid(), signal.SIGKILL)


def load_records(state):
    tables = GlobalTables(state, CODEC, rule_set())
    for part in (RECORDS[:12_000], RECORDS[12_000:]):
        tables.gather(part)
        tables.settle(while_loading=True)


def main():
    directory, kind, step = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    state = LocalState(directory / "state")
    if step == "before ingest":
        LocalState.ingest = die
    else:
        ingest = LocalState.ingest

        def ingest_and_die(*arguments):
            ingest(*arguments)
            die()

        LocalState.ingest = ingest_and_die
    if kind == "topic":
        load_records(state)
    else:
        import_tables(directory / "export", state, CODEC, ORIGIN)


if __name__ == "__main__":
    main()
