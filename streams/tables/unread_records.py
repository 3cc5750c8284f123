"""Records of tables' topics that were passed over, as the registry did not know their schema.

It may know it later: they are kept with the tables, and tried again. Until then the tables are told
to be without them (`DecisionBasis`), as another process, or a replay, may have read them.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from schemas.events.batches import TableRecord
from schemas.topic_names import TRADEMARKS_EVENTS
from streams.kafka.records import InputRecord
from streams.state.local_state import POSITIONS, Change, LocalState
from streams.tables.table_names import UNREAD_RECORD, unread_key

MAXIMUM_UNREAD: Final = 1_000
MAXIMUM_UNREAD_BYTES: Final = 16 << 20
"""So many are kept, and no more: whoever writes to tables may name any number of schemas."""

Keyed = tuple[str, int, bytes | None]
"""A topic, a partition and a key."""

_TEXT: Final = "latin-1"
"""It has a character for each byte."""


class UnreadRecords:
    """Records that are still to be read."""

    def __init__(self, state: LocalState) -> None:
        self._records: dict[TableRecord, InputRecord] = {}
        self._bytes = 0
        self._tried: TableRecord | None = None
        self.places: tuple[TableRecord, ...] = ()
        """Where they stand, in order."""
        for _key, value in state.scan(POSITIONS, UNREAD_RECORD):
            self._keep(_record_in(value))
        self._list()

    def all(self) -> list[InputRecord]:
        """Return them, in order."""
        return [self._records[place] for place in self.places]

    def next_to_try(self) -> InputRecord | None:
        """Return one after the other, from the first again after the last."""
        if not self.places:
            return None
        tried = self._tried
        later = (each for each in self.places if tried is None or each > tried)
        self._tried = next(later, self.places[0])
        return self._records[self._tried]

    def settle(
        self,
        given: Iterable[InputRecord],
        not_known: Iterable[InputRecord],
        latest: Mapping[Keyed, int],
    ) -> list[Change]:
        """Keep those of the given records that could not be read, drop the others and those that
        were overtaken by `latest`, and return what is to be written of it."""
        before = dict(self._records)
        for record in given:
            self._drop(TableRecord(*record[:3]))
        for record in not_known:
            if len(self._records) < MAXIMUM_UNREAD and self._bytes < MAXIMUM_UNREAD_BYTES:
                self._keep(record)
        for place, record in list(self._records.items()):
            # Versions of a mark stand side by side; of all else the last is what counts.
            overtaken = place.offset < latest.get((*record[:2], record.key), 0)
            if overtaken and record.topic != TRADEMARKS_EVENTS:
                self._drop(place)
        after = self._records
        if before.keys() == after.keys():
            return []
        self._list()
        gone = [Change(POSITIONS, unread_key(*each), None) for each in before if each not in after]
        new = [
            Change(POSITIONS, unread_key(*place), _value(record))
            for place, record in after.items()
            if place not in before
        ]
        return gone + new

    def _keep(self, record: InputRecord) -> None:
        self._records[TableRecord(*record[:3])] = record
        self._bytes += len(record.value or b"")

    def _drop(self, place: TableRecord) -> None:
        record = self._records.pop(place, None)
        if record is not None:
            self._bytes -= len(record.value or b"")

    def _list(self) -> None:
        self.places = tuple(sorted(self._records))


def _value(record: InputRecord) -> bytes:
    key, value = (None if each is None else each.decode(_TEXT) for each in record[3:5])
    headers = [
        (name, None if content is None else content.decode(_TEXT))
        for name, content in record.headers or ()
    ]
    return json.dumps((*record[:3], key, value, headers, record.timestamp_milliseconds)).encode()


def _record_in(stored: bytes) -> InputRecord:
    topic, partition, offset, key, value, headers, at = json.loads(stored)
    return InputRecord(
        topic,
        partition,
        offset,
        None if key is None else key.encode(_TEXT),
        None if value is None else value.encode(_TEXT),
        [(name, None if content is None else content.encode(_TEXT)) for name, content in headers],
        at,
    )
