"""Whether local states hold what the changelog says, with the index entries that follow from it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ops.trials.seeded.committed import CommittedLog
from ops.trials.seeded.machines import GRACE_MILLISECONDS, Machine
from schemas.wire.codec import Codec
from streams.state.indexes import next_due
from streams.state.loading import load_rows
from streams.state.local_state import PARTITIONED, LocalState, partition_prefix
from streams.topology import CHANGELOG


def check_local_states(
    machines: Iterable[Machine], log: CommittedLog, codec: Codec, directory: Path
) -> Iterator[str]:
    """Each partition's holder has the rows, timers and references that the changelog leads to."""
    expected = LocalState(directory)
    try:
        for number in log.partitions(CHANGELOG):
            prefix = partition_prefix(number)
            rows = {prefix + (r.key or b""): r.value for r in log.read(CHANGELOG, number)}
            load_rows(expected, number, rows, 0, lambda value: codec.decode(CHANGELOG, value, None))
        for machine in machines:
            if machine.state is not None:
                yield from _differences(machine, machine.state, expected)
    finally:
        expected.close()


def _differences(machine: Machine, state: LocalState, expected: LocalState) -> Iterator[str]:
    for number in machine.held:
        prefix = partition_prefix(number)
        for family in PARTITIONED:
            found, wanted = dict(state.scan(family, prefix)), dict(expected.scan(family, prefix))
            if found != wanted:
                different = {
                    k for k in found.keys() | wanted.keys() if found.get(k) != wanted.get(k)
                }
                yield f"{machine.instance}: {len(different)} {family} of {number} differ"
        due = next_due(state, number)
        if due is not None and due < machine.clock.now_milliseconds() - GRACE_MILLISECONDS:
            yield f"{machine.instance}: a timer of {number} is due since {due}, and did not fire"
