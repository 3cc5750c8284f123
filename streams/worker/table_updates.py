"""What the global tables' topics bring: listings to be looked at again, and dead letters."""

import logging
from collections.abc import Collection

from streams.clock import Clock
from streams.kafka.records import OutputRecord
from streams.tables.table_reader import TableReader
from streams.worker.engine import Engine
from streams.worker.observation import Observation
from streams.worker.registry_watch import RegistryWatch, time_of_change

logger = logging.getLogger(__name__)

MAXIMUM_REFUSED = 10_000


class TableUpdates:
    """Reads the tables a slice at a time, between batches."""

    def __init__(
        self,
        reader: TableReader,
        engine: Engine,
        watch: RegistryWatch,
        observation: Observation,
        clock: Clock,
    ) -> None:
        self._reader = reader
        self._engine = engine
        self._watch = watch
        self._observation = observation
        self._clock = clock
        self._changed: set[str] = set()
        self._recorded: set[str] = set()
        self.refused: list[OutputRecord] = []
        """Dead letters that are still to be written."""

    def turn(
        self,
        maximum_records: int,
        timeout_seconds: float,
        partitions: list[int],
        busy: Collection[int],
    ) -> None:
        """Take in a slice, for a worker with these partitions, some of them being committed."""
        applied, count, at = self._reader.turn(maximum_records, timeout_seconds)
        if at is None:
            return
        self._observation.tables_read(count, at)
        self._observation.tables_at(self._reader.positions())
        self._observation.marks_shared(applied.shared_references)
        at = time_of_change(at, self._clock.now_milliseconds())
        self._watch.changed(applied.registry_references, partitions, at)
        self._watch.recorded(applied.party_ids, partitions, at)
        if busy:
            self._changed |= applied.registry_references
            self._recorded |= applied.party_ids
        for record, error in applied.refused[: MAXIMUM_REFUSED - len(self.refused)]:
            logger.warning("table record refused: %s %s", error.reason_code, error.detail)
            letter = self._engine.dead_letter(record, error.reason_code, error.detail)
            self.refused.append(letter)

    def committed(self, letters: int, partitions: Collection[int]) -> None:
        """Note that so many dead letters are written, and look at these partitions' rows that
        were not yet there when registry entries changed."""
        del self.refused[:letters]
        if self._changed or self._recorded:
            now = self._clock.now_milliseconds()
            self._watch.changed(frozenset(self._changed), sorted(partitions), now)
            self._watch.recorded(frozenset(self._recorded), sorted(partitions), now)
            self._changed.clear()
            self._recorded.clear()

    def rewind(self) -> None:
        """Forget what rows are still to be looked at: restored partitions are, all of them."""
        self._changed.clear()
        self._recorded.clear()
