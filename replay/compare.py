"""What the workers committed against what the log leads to."""

from collections import defaultdict
from typing import NamedTuple

from replay.log import Log
from replay.remake import Outputs, Remake
from schemas.catalog import load_topics
from schemas.wire.codec import MONITOR_SOURCE
from streams.topology import CHANGELOG, OUTPUTS

MAXIMUM_EXAMPLES = 10
GATHERED = frozenset({OUTPUTS["ConductRecorded"], OUTPUTS["NotifyParty"]})
"""Topics where what several listings led to stands under one party, in no order of their own."""


class Comparison(NamedTuple):
    """How many keys agree byte for byte, and examples of those that don't."""

    same: int
    different: int
    examples: tuple[str, ...]


def committed_outputs(log: Log, topics: frozenset[str]) -> Outputs:
    """Return what workers committed on topics: values by key, in order. Errors: ReplayError.

    What monitors wrote stands on the same topics; it is not the workers', and left out.
    """
    outputs: Outputs = defaultdict(lambda: defaultdict(list))
    for topic in topics:
        for partition in log.partitions(topic):
            for record in log.read(topic, partition):
                if dict(record.headers or ()).get("ce_source") != MONITOR_SOURCE.encode():
                    outputs[topic][record.key or b""].append(record.value or b"")
    return outputs


def committed_rows(log: Log) -> dict[bytes, bytes]:
    """Return the last value of each key of the changelog, without those that are no more.

    Errors: ReplayError.
    """
    rows: dict[bytes, bytes | None] = {}
    for partition in log.partitions(CHANGELOG):
        for record in log.read(CHANGELOG, partition):
            rows[record.key or b""] = record.value
    return {key: value for key, value in rows.items() if value is not None}


def compare_all(log: Log, remade: Remake) -> dict[str, Comparison]:
    """Compare all outputs, by topic, and the rows, under the changelog's name.

    Errors: ReplayError.
    """
    committed = committed_outputs(log, frozenset(OUTPUTS.values()))
    found = compare_outputs(committed, remade.outputs)
    found[CHANGELOG] = compare(committed_rows(log), remade.rows)
    return found


def compare_outputs(committed: Outputs, remade: Outputs) -> dict[str, Comparison]:
    """Compare by topic and key: the values and, where there is one, their order.

    Of a compacted topic only the last value is sure to be there still.
    """
    topics = load_topics()
    found = {}
    for topic in sorted(set(OUTPUTS.values())):
        compacted = topics[topic].cleanup == "compact"
        found[topic] = compare(
            _comparable(committed.get(topic, {}), topic in GATHERED, compacted),
            _comparable(remade.get(topic, {}), topic in GATHERED, compacted),
        )
    return found


def _comparable(
    values: dict[bytes, list[bytes]], gathered: bool, compacted: bool
) -> dict[bytes, list[bytes]]:
    if gathered:
        return {key: sorted(each) for key, each in values.items()}
    return {key: each[-1:] for key, each in values.items()} if compacted else values


def compare(
    committed: dict[bytes, list[bytes]] | dict[bytes, bytes],
    remade: dict[bytes, list[bytes]] | dict[bytes, bytes],
) -> Comparison:
    """Compare what stands under each key."""
    keys = committed.keys() | remade.keys()
    different = sorted(key for key in keys if committed.get(key) != remade.get(key))
    examples = tuple(
        f"{key.decode(errors='replace')}: {_shown(committed.get(key))} committed, "
        f"{_shown(remade.get(key))} remade"
        for key in different[:MAXIMUM_EXAMPLES]
    )
    return Comparison(len(keys) - len(different), len(different), examples)


def _shown(value: list[bytes] | bytes | None) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return f"{len(value)} values of {sum(map(len, value))} bytes"
