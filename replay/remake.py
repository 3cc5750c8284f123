"""All decisions made again from the log, with the rules and tables as they now stand.

Timers fire between the records, each when it was due. Where two inputs of one listing, or an input
and a timer, came within moments of each other, the worker may have taken them in another order than
their times; such a case may be remade with another decision in between. Registry changes are not
replayed as they came: all versions are known from the start. So are standings, which are remade
first, from the conduct in the log; they count from a time after they changed, as they did then.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice, takewhile
from pathlib import Path
from typing import NamedTuple

from processors.policies.service_level import ServiceLevel
from processors.rules.rule_set import RuleSet
from processors.step import Origin
from replay.source import (
    BATCH_RECORDS,
    Ends,
    latest_timestamp,
    partitions_of,
    read_inputs,
    read_party_inputs,
    read_tables,
)
from schemas.wire.codec import Codec
from streams.kafka.records import InputRecord
from streams.state.indexes import due_timers, next_due
from streams.state.local_state import TIMERS, Change, LocalState
from streams.tables.global_tables import STANDINGS, GlobalTables
from streams.topology import LEAD_TOPIC
from streams.worker.engine import Engine
from streams.worker.results import InputEnding, Result

Outputs = dict[str, dict[bytes, list[bytes]]]


class Run(NamedTuple):
    """What decides besides the log: rules, service level, and the version that capsules name.

    Until a time after the last record timers still fire; None fires none of these. Inputs are read
    up to where `ends` says.
    """

    built_in: RuleSet
    service_level: ServiceLevel
    software_version: str
    until_milliseconds: int | None = None
    ends: Ends | None = None


class Remake(NamedTuple):
    """What the log leads to: values by topic and key, in order; rows by key; endings of inputs."""

    outputs: Outputs
    rows: dict[bytes, bytes]
    accounted: Counter[InputEnding]


def remake(bootstrap_servers: str, codec: Codec, run: Run, directory: Path) -> Remake:
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
    remade = Remake(defaultdict(lambda: defaultdict(list)), {}, Counter())
    try:
        until = run.until_milliseconds
        if until is None:
            until = latest_timestamp(bootstrap_servers)
        ends = run.ends or {}
        for partition in partitions:
            inputs = read_party_inputs(bootstrap_servers, partition, ends)
            _Partition(engine, state, partition, remade).run(inputs, until)
        tables.apply(_standings(remade))
        for partition in partitions:
            inputs = read_inputs(bootstrap_servers, partition, ends)
            _Partition(engine, state, partition, remade).run(inputs, run.until_milliseconds)
    finally:
        state.close()
    return remade


def _standings(remade: Remake) -> Iterator[InputRecord]:
    """Return the standings remade as records of their table, each party's in order."""
    for key, values in remade.outputs[STANDINGS].items():
        for offset, value in enumerate(values):
            yield InputRecord(STANDINGS, 0, offset, key, value, None, 0)


class _Partition:
    """One partition of the log through the engine, timers between the records."""

    def __init__(self, engine: Engine, state: LocalState, number: int, remade: Remake) -> None:
        self._engine = engine
        self._state = state
        self._number = number
        self._remade = remade
        self._origins: dict[int, Origin] = {}

    def run(self, records: Iterator[InputRecord], until_milliseconds: int | None) -> None:
        while batch := list(islice(records, BATCH_RECORDS)):
            while batch:
                self._fire(batch[0].timestamp_milliseconds)
                due = next_due(self._state, self._number)
                before = batch if due is None else _before(batch, due)
                batch = batch[self._take(before) :]
        if until_milliseconds is not None:
            self._fire(until_milliseconds)

    def _fire(self, until_milliseconds: int) -> None:
        while due := due_timers(self._state, self._number, until_milliseconds, BATCH_RECORDS):
            self._keep(self._engine.process(self._state, [], due, (), self._origins))

    def _take(self, batch: list[InputRecord]) -> int:
        """Take records up to where one of them set a timer that is due before the next."""
        result = self._engine.process(self._state, batch, (), (), self._origins)
        while len(batch) > 1:
            set_due = [_due_of(c) for c in result.changes if c.family == TIMERS and c.value == b""]
            before = _before(batch, min(set_due)) if set_due else batch
            if len(before) == len(batch):
                break
            batch = before
            result = self._engine.process(self._state, batch, (), (), self._origins)
        last = batch[-1]
        self._origins[self._number] = Origin(last.topic, last.partition, last.offset)
        self._keep(result)
        return len(batch)

    def _keep(self, result: Result) -> None:
        self._state.write(result.changes)
        _note(result, self._remade)


def _before(batch: list[InputRecord], at_milliseconds: int) -> list[InputRecord]:
    """Return the records before a time; one at least."""
    before = list(takewhile(lambda r: r.timestamp_milliseconds < at_milliseconds, batch))
    return before or batch[:1]


def _due_of(change: Change) -> int:
    return int.from_bytes(change.key[2:10], "big")


def _note(result: Result, remade: Remake) -> None:
    for record in result.outputs:
        remade.outputs[record.topic][record.key or b""].append(record.value or b"")
    for row in result.changelog:
        remade.rows[row.key or b""] = row.value or b""
    remade.accounted.update(result.accounted)
