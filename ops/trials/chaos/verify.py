"""Whether what was committed is what the log leads to."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from ops.tools.replay import comparisons
from ops.trials.chaos.test_bed import TestBed
from replay.compare import committed_outputs, committed_rows
from replay.log import KafkaLog
from schemas.topic_names import TAKEDOWNS_COMMANDS
from schemas.wire.registry import connect
from streams.state.local_state import ROWS, LocalState

MAXIMUM_SHOWN = 5


class Verdict(NamedTuple):
    """Commands committed, rows compared, all that is wrong, and what is shown where nothing is."""

    commands: int
    rows: int
    problems: tuple[str, ...]
    shown: str = "none lost, none doubled, all as remade from the log"

    def told(self) -> str:
        """Return the verdict as a line."""
        counted = f"{self.commands:,} commands, {self.rows:,} rows"
        if not self.problems:
            return f"{counted}: {self.shown}"
        return f"{counted}: " + "; ".join(self.problems)


def verify(test_bed: TestBed, state_directories: tuple[Path, ...]) -> Verdict:
    """Compare commands, decisions, clocks and rows with the log; and each local state's rows.

    Local states are those of workers that have ended.
    """
    problems = []
    log = KafkaLog(test_bed.addresses[0])
    committed = committed_outputs(log, frozenset({TAKEDOWNS_COMMANDS}))[TAKEDOWNS_COMMANDS]
    codec = connect(test_bed.addresses[1], register=False)
    ids = Counter(
        codec.decode(TAKEDOWNS_COMMANDS, value, None).command_id
        for values in committed.values()
        for value in values
    )
    doubled = [command_id for command_id, count in ids.items() if count > 1]
    if doubled:
        problems.append(f"{len(doubled)} commands doubled, such as {doubled[:MAXIMUM_SHOWN]}")
    for topic, found in comparisons(test_bed.addresses).items():
        if found.different:
            examples = found.examples[:MAXIMUM_SHOWN]
            problems.append(f"{topic}: {found.different} keys differ: {examples}")
    rows = committed_rows(log)
    held: dict[bytes, bytes] = {}
    for directory in state_directories:
        state = LocalState(directory)
        held |= {key[2:]: value for key, value in state.scan(ROWS, b"")}
        state.close()
    if state_directories and held != rows:
        different = sum(held.get(key) != rows.get(key) for key in held.keys() | rows.keys())
        problems.append(f"local state: {different} rows differ from the changelog's")
    return Verdict(sum(ids.values()), len(rows), tuple(problems))
