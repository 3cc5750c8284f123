"""Some listings taken through all steps again, alone, by the rules of the time or by others.

The journal of batches tells when each input was taken and what the tables said. What hangs on other
listings stays as it was: how parties stood is read as it was known, and what was done within an
hour is counted of these listings only. Timers fire when they are due.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from processors.rules.rule_set import RuleSet
from replay.log import ListingLog, ReplayError
from replay.period import Period
from replay.remake import Deciders, Taken, batches_of, origins_of, stimuli_of, taken_again
from replay.tables import TablesAsOf
from schemas.events.batches import InputRun
from schemas.wire.codec import Codec
from streams.kafka.records import InputRecord
from streams.state.indexes import due_timers
from streams.state.local_state import LocalState
from streams.state.row_keys import listing_id_of
from streams.worker.engine import Engine

TIMERS_AT_ONCE = 1_000

Listings = Mapping[int, frozenset[bytes]]
"""Ids of listings by partition."""

Followed = Callable[[Taken, Sequence[InputRecord]], None]
"""Told of each batch that did something to the listings, with their inputs among its own."""


def _unfollowed(_taken: Taken, _records: Sequence[InputRecord]) -> None:
    pass


class CaseReplay:
    """An archive of which some listings are taken through the steps, up to a period's end."""

    def __init__(
        self,
        log: ListingLog,
        codec: Codec,
        listings: Listings,
        period: Period,
        directory: Path,
        tables: type[TablesAsOf] = TablesAsOf,
    ) -> None:
        self._log = log
        self._codec = codec
        self._listings = listings
        self._period = period
        self._directory = directory
        self._state = LocalState(directory / "tables")
        self.tables = tables(self._state, codec)
        self._deciders = Deciders(log, codec, self.tables)

    def run(
        self, candidate: RuleSet | None = None, followed: Followed = _unfollowed
    ) -> Iterator[Any]:
        """Yield the events that the steps lead to; a candidate decides from the period's begin on.

        Errors: ReplayError.
        """
        self._deciders.begin_anew()
        with TemporaryDirectory(dir=self._directory) as scratch:
            state = LocalState(Path(scratch) / "rows")
            try:
                for partition, listing_ids in sorted(self._listings.items()):
                    inputs = _Inputs(self._log, partition, listing_ids)
                    yield from self._partition(state, inputs, candidate, followed)
            finally:
                state.close()

    def close(self) -> None:
        """Give up the scratch state."""
        self._state.close()

    def _partition(
        self,
        state: LocalState,
        inputs: "_Inputs",
        candidate: RuleSet | None,
        followed: Followed,
    ) -> Iterator[Any]:
        for taken in batches_of(self._log, self._codec, inputs.partition):
            if taken.now_milliseconds >= self._period.end_milliseconds:
                return
            begun = taken.now_milliseconds >= self._period.begin_milliseconds
            engine = self._deciders.engine(taken.basis, candidate if begun else None)
            yield from _taken(engine, state, taken, inputs, followed)


class _Inputs:
    """The inputs of a partition's listings, run by run."""

    def __init__(self, log: ListingLog, partition: int, listing_ids: frozenset[bytes]) -> None:
        self._log = log
        self.partition = partition
        self.listing_ids = listing_ids
        self._offsets: dict[str, NDArray[np.int64]] = {}
        self._records: dict[str, Iterator[InputRecord]] = {}
        self._ahead: dict[str, InputRecord | None] = {}

    def of(self, run: InputRun) -> Iterator[InputRecord]:
        """Yield those of a run. Errors: ReplayError where the archive has others."""
        topic = run.topic
        if topic not in self._offsets:
            self._offsets[topic] = self._log.offsets(topic, self.partition)
            self._records[topic] = self._log.read(topic, self.partition, self.listing_ids)
            self._ahead[topic] = next(self._records[topic], None)
        offsets = self._offsets[topic]
        last = int(np.searchsorted(offsets, run.first_offset)) + run.record_count - 1
        if last >= len(offsets) or offsets[last - run.record_count + 1] != run.first_offset:
            raise ReplayError(
                f"{topic} {self.partition}: a batch took {run.record_count} records from offset "
                f"{run.first_offset} on, and the archive has others"
            )
        while (record := self._ahead[topic]) is not None and record.offset <= offsets[last]:
            yield record
            self._ahead[topic] = next(self._records[topic], None)


def _taken(
    engine: Engine, state: LocalState, taken: Taken, inputs: _Inputs, followed: Followed
) -> Iterator[Any]:
    """Yield what the listings' part of a batch leads to."""
    batch, number = taken.batch, inputs.partition
    fell_due = False
    while timers := due_timers(state, number, taken.now_milliseconds, TIMERS_AT_ONCE):
        fired = engine.process(state, [], timers, positions=origins_of(batch))
        state.write(fired.changes)
        fell_due = True
        yield from (each.event for each in fired.emitted)
    looks = [each for each in stimuli_of(batch) if listing_id_of(each.row) in inputs.listing_ids]
    records = [record for run in batch.inputs for record in inputs.of(run)]
    if records or looks or fell_due:
        followed(taken, records)
    if records or looks:
        result = taken_again(engine, state, batch, records, (), looks)
        yield from (each.event for each in result.emitted)
