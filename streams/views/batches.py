"""Events folded in batches, since each write to a Faust table is a record of its changelog too.

A row that many events of a batch change is written once. Records are acknowledged after their rows
are written; those of before a rebalance are dropped without, as Faust reads them again.
"""

import weakref
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from faust import streams as faust_streams

from streams.views.rows import Place, Row, Rows

MAXIMUM_EVENTS = 2_000
FLUSH_SECONDS = 1.0

Take = Callable[[Rows, Place, Any], None]
"""Folds one event into rows."""


class ChangedRows:
    """Rows as they will be: those changed since, over those kept below."""

    def __init__(self, kept: Rows) -> None:
        self._kept = kept
        self._changed: dict[str, Row | None] = {}

    def get(self, key: str, /) -> Row | None:
        """Return a row."""
        return self._changed[key] if key in self._changed else self._kept.get(key)

    def __setitem__(self, key: str, row: Row, /) -> None:
        """Put a row."""
        self._changed[key] = row

    def __delitem__(self, key: str, /) -> None:
        """Remove a row."""
        self._changed[key] = None

    def write(self) -> None:
        """Write all changes to the rows below, each row once."""
        for key, row in self._changed.items():
            if row is not None:
                self._kept[key] = row
            elif self._kept.get(key) is not None:
                del self._kept[key]
        self._changed.clear()


class TableFolder:
    """The records waiting for one table. All calls come from the app's event loop."""

    def __init__(self, app: Any, table: Any, take: Take) -> None:
        self._app = app
        self._table = table
        self._take = take
        self._waiting: list[Any] = []

    def add(self, record: Any) -> None:
        """Take one record of a stream that does not acknowledge by itself."""
        self._waiting.append(record)
        if len(self._waiting) >= MAXIMUM_EVENTS:
            self.flush()

    def flush(self) -> None:
        """Fold and acknowledge all that wait."""
        waiting, self._waiting = self._waiting, []
        generation = self._app.consumer_generation_id
        if not self._app.flow_control.is_active():
            return
        by_partition: dict[int, list[Any]] = defaultdict(list)
        for record in waiting:
            if record.message.generation_id == generation:
                by_partition[record.message.partition].append(record)
        for records in by_partition.values():
            self._fold(records)

    def _fold(self, records: list[Any]) -> None:
        rows = ChangedRows(self._table)
        for record in records:
            message = record.message
            self._take(rows, Place(message.topic, message.partition, message.offset), record.value)
        # Tables write to the partition of the event that the stream is at.
        token = faust_streams._current_event.set(weakref.ref(records[-1]))
        try:
            rows.write()
        finally:
            faust_streams._current_event.reset(token)
        for record in records:
            record.ack()
