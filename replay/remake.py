"""All decisions made again from the log: the same steps in the same order, on what they knew.

The journal of batches tells in which order each partition's timers, registry changes and inputs
were taken, how far the tables had been read by then, and by which rules and times was decided. So
what is remade is equal to what was committed, byte for byte, or one of the two is wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from processors.rules.rollout import Rollout
from processors.rules.rule_set import RuleSet
from processors.step import Origin
from replay.log import Log, ReplayError
from replay.tables import RulesAsOf, TablesAsOf
from replay.versions import Versions
from schemas.events.batches import BatchProcessed, DecisionBasis, InputRun
from schemas.wire.codec import Codec
from streams.kafka.records import InputRecord
from streams.state.indexes import DueTimer, due_timers
from streams.state.local_state import LocalState
from streams.state.row_keys import listing_key
from streams.topology import JOURNAL, LEAD_TOPIC
from streams.worker.engine import Engine
from streams.worker.results import InputEnding, RecordWaits, RegistryStimulus, Result

BATCHES = JOURNAL["BatchProcessed"]
_EVER = (1 << 63) - 1

Outputs = dict[str, dict[bytes, list[bytes]]]


class Remake(NamedTuple):
    """What the log leads to: values by topic and key, in order; rows by key; endings of inputs."""

    outputs: Outputs
    rows: dict[bytes, bytes]
    accounted: Counter[InputEnding]


class Taken(NamedTuple):
    """A batch of the journal, by what it was decided, and when it was taken."""

    batch: BatchProcessed
    basis: DecisionBasis
    now_milliseconds: int
    offset: int
    """Of its record in the journal."""
    basis_offset: int
    """Of the record that names the basis."""


def remake(
    log: Log, codec: Codec, directory: Path, partitions: Sequence[int] | None = None
) -> Remake:
    """Take partitions of the log, or all of it, through the steps; `directory` is for scratch
    state, and must be new. Errors: ReplayError."""
    remade = Remake(defaultdict(lambda: defaultdict(list)), {}, Counter())
    rows, tables = LocalState(directory / "rows"), LocalState(directory / "tables")
    try:
        deciders = Deciders(log, codec, TablesAsOf(tables, codec))
        for partition in log.partitions(BATCHES) if partitions is None else partitions:
            _Partition(log, codec, deciders, rows, partition, remade).run()
    finally:
        rows.close()
        tables.close()
    return remade


class Deciders:
    """Engines by what they decide with, on tables that show what was known."""

    def __init__(self, log: Log, codec: Codec, tables: TablesAsOf) -> None:
        self._codec = codec
        self._partitions = len(log.partitions(LEAD_TOPIC))
        self._versions = Versions(log, codec)
        self._tables = tables
        self._tables.load(log)
        self._engines: dict[tuple[str, str, int], Engine] = {}

    def begin_anew(self) -> None:
        """Give other engines from now on: one remembers what it saw of a local state."""
        self._engines.clear()

    def engine(self, basis: DecisionBasis, rule_set: RuleSet | None = None) -> Engine:
        """Return the engine as of a basis, until another is asked for; with other rules than those
        of the time, where some are given. Errors: ReplayError."""
        versions, policy = self._versions, basis.service_policy_hash
        self._tables.see(
            basis.tables,
            basis.unread_table_records,
            self._rules(basis, rule_set),
            versions.service_policy(policy) if policy else None,
        )
        name = (basis.service_level_hash, basis.software_version, basis.bounds_edition)
        engine = self._engines.get(name)
        if engine is None:
            level = versions.service_level(basis.service_level_hash)
            version = basis.software_version
            engine = Engine(
                *(self._codec, self._tables, level, self._partitions, version),
                bounds_edition=basis.bounds_edition,
            )
            self._engines[name] = engine
        return engine

    def _rules(self, basis: DecisionBasis, other: RuleSet | None) -> RulesAsOf:
        """Return the rules of a basis; where others are to decide, they do so on all listings."""
        find, shadow = self._versions.rule_set, basis.shadow_rule_set_hash
        rollout = basis.rollout_rule_set_hash if other is None else ""
        return RulesAsOf(
            find(basis.rule_set_hash) if other is None else other,
            None if shadow is None else find(shadow),
            tuple(map(find, basis.shadow_rule_set_hashes)),
            Rollout(find(rollout), basis.rollout_percent) if rollout else None,
        )


class _Partition:
    """One partition of the log through the engine, batch by batch."""

    def __init__(
        self,
        log: Log,
        codec: Codec,
        deciders: Deciders,
        state: LocalState,
        number: int,
        remade: Remake,
    ) -> None:
        self._log = log
        self._codec = codec
        self._deciders = deciders
        self._state = state
        self._number = number
        self._remade = remade
        self._inputs: dict[str, Iterator[InputRecord]] = {}

    def run(self) -> None:
        for taken in batches_of(self._log, self._codec, self._number):
            self._take(taken.batch, self._deciders.engine(taken.basis))

    def _take(self, batch: BatchProcessed, engine: Engine) -> None:
        count = batch.timer_count
        timers = due_timers(self._state, self._number, _EVER, count) if count else []
        records = [record for run in batch.inputs for record in self._read(run)]
        result = taken_again(engine, self._state, batch, records, timers, stimuli_of(batch))
        _note(result, self._remade)

    def _read(self, run: InputRun) -> Iterator[InputRecord]:
        """Yield the inputs of a run. Errors: ReplayError where the log has others."""
        inputs = self._inputs.get(run.topic)
        if inputs is None:
            inputs = self._inputs[run.topic] = self._log.read(run.topic, self._number)
        for taken in range(run.record_count):
            record = next(inputs, None)
            if record is None or (taken == 0 and record.offset != run.first_offset):
                found = "nothing" if record is None else f"offset {record.offset}"
                raise ReplayError(
                    f"{run.topic} {self._number}: a batch took offset {run.first_offset} and on, "
                    f"and the log has {found} there"
                )
            yield record


def batches_of(log: Log, codec: Codec, partition: int) -> Iterator[Taken]:
    """Yield a partition's batches in order. Errors: ReplayError."""
    basis: DecisionBasis | None = None
    basis_offset = 0
    for record in log.read(BATCHES, partition):
        batch = codec.decode(BATCHES, record.value or b"", record.headers)
        if batch.basis is not None:
            basis, basis_offset = batch.basis, record.offset
        if basis is None:
            raise ReplayError(f"{BATCHES} {partition} begins without a basis")
        at, offset = record.timestamp_milliseconds, record.offset
        yield Taken(batch, basis, at, offset, basis_offset)


def origins_of(batch: BatchProcessed) -> dict[int, Origin]:
    """Return the last record before a batch, as engines take it."""
    number = batch.partition
    return {number: Origin(batch.origin_topic, number, batch.origin_offset)}


def taken_again(
    engine: Engine,
    state: LocalState,
    batch: BatchProcessed,
    records: list[InputRecord],
    timers: Sequence[DueTimer],
    looks: Sequence[RegistryStimulus],
) -> Result:
    """Take inputs of a batch through the steps, and write what follows. Errors: ReplayError."""
    unknown = {(each.topic, batch.partition, each.offset) for each in batch.unknown_schemas}
    origins = origins_of(batch)
    try:
        result = engine.process(
            *(state, records, timers, looks, origins),
            *(batch.refusal, unknown),
        )
    except RecordWaits as waits:
        raise ReplayError(f"{waits}: its schema can't be looked up: {waits.__cause__}") from waits
    state.write(result.changes)
    return result


def stimuli_of(batch: BatchProcessed) -> list[RegistryStimulus]:
    """Return the rows that a batch looked at again, in order."""
    return [
        RegistryStimulus(
            batch.partition,
            listing_key(look.listing_id.encode(), look.marketplace),
            look.registry_reference,
            look.at_milliseconds,
            look.party_id,
        )
        for look in batch.registry_looks
    ]


def _note(result: Result, remade: Remake) -> None:
    for record in result.outputs:
        remade.outputs[record.topic][record.key or b""].append(record.value or b"")
    for row in result.changelog:
        if row.value is None:
            remade.rows.pop(row.key or b"", None)
        else:
            remade.rows[row.key or b""] = row.value
    remade.accounted.update(result.accounted)
