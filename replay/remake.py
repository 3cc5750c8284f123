"""All decisions made again from the log, with the rules and tables as they now stand.

Where a listing's change and a complaint against it came within moments of each other, the worker
may have taken them in another order than their times; such a case may be remade with another first
decision. Registry changes are not replayed as they came: all versions are known from the start.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from processors.rules.rule_set import RuleSet
from processors.service_level import ServiceLevel
from processors.step import Origin
from replay.source import BATCH_RECORDS, partitions_of, read_inputs, read_tables
from schemas.codec import Codec
from streams.engine import Engine
from streams.global_tables import GlobalTables
from streams.indexes import due_timers
from streams.records import InputRecord
from streams.results import Accounted, Result
from streams.state import LocalState
from streams.topology import LEAD_TOPIC

Outputs = dict[str, dict[bytes, list[bytes]]]


class Run(NamedTuple):
    """What decides besides the log: rules, service level, and the version that capsules name."""

    built_in: RuleSet
    service_level: ServiceLevel
    software_version: str


class Remade(NamedTuple):
    """What the log leads to: values by topic and key, in order; rows by key; endings of inputs."""

    outputs: Outputs
    rows: dict[bytes, bytes]
    accounted: Counter[Accounted]


def remake(bootstrap_servers: str, codec: Codec, run: Run, directory: Path) -> Remade:
    """Take the whole log through the steps; `directory` is for scratch state, and must be new.

    Errors: ReplayError.
    """
    state = LocalState(directory)
    tables = GlobalTables(state, codec, run.built_in)
    records = read_tables(bootstrap_servers)
    while batch := list(islice(records, BATCH_RECORDS)):
        tables.apply(batch)
    partitions = partitions_of(bootstrap_servers, LEAD_TOPIC)
    engine = Engine(codec, tables, run.service_level, len(partitions), run.software_version)
    remade = Remade(defaultdict(lambda: defaultdict(list)), {}, Counter())
    try:
        for partition in partitions:
            _remake_partition(
                engine, state, partition, read_inputs(bootstrap_servers, partition), remade
            )
    finally:
        state.close()
    return remade


def _remake_partition(
    engine: Engine,
    state: LocalState,
    partition: int,
    records: Iterator[InputRecord],
    remade: Remade,
) -> None:
    origins: dict[int, Origin] = {}
    while batch := list(islice(records, BATCH_RECORDS)):
        due = due_timers(state, partition, batch[0].timestamp_milliseconds, BATCH_RECORDS)
        result = engine.process(state, batch, due, (), origins)
        last = batch[-1]
        origins[partition] = Origin(last.topic, last.partition, last.offset)
        state.write(result.changes)
        _note(result, remade)


def _note(result: Result, remade: Remade) -> None:
    for record in result.outputs:
        remade.outputs[record.topic][record.key or b""].append(record.value or b"")
    for row in result.changelog:
        remade.rows[row.key or b""] = row.value or b""
    remade.accounted.update(result.accounted)
