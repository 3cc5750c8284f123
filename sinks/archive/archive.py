"""The sink that writes each record of the topics into one file of the archive.

Where it goes on is told by its files alone. What was read is held until it is worth a file, or old
enough; what is held when the process is killed is read again.
"""

import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, Final

from pyarrow import parquet

from schemas.wire.codec import Codec, DecodeError, SchemaRegistryUnavailable
from schemas.wire.delivered import Source
from sinks.archive.columns import CommittedRecord, table_of
from sinks.archive.layout import ArchiveFile, by_partition, cover_of, day_of
from sinks.archive.storage import Storage
from sinks.contract import PositionMoved, SinkUnavailable, SinkUnusable, Span

FILE_BYTES: Final = 32 << 20
"""What is held of a partition at most, in bytes of keys and values, before it is a file."""
HELD_BYTES: Final = 256 << 20
"""What is held of all partitions at most."""
FILE_SECONDS: Final = 300.0
"""How long a record is held at most."""
ROW_GROUP_RECORDS: Final = 50_000

Beginnings = Callable[[Iterable[str]], dict[Source, int]]
"""The first offset that the log still has of each partition of topics."""


class _Held:
    """What was read of a partition and is in no file yet."""

    def __init__(self, first: int, day: str) -> None:
        self.first = first
        self.next = first
        self.day = day
        self.since_seconds = 0.0
        self.records: list[CommittedRecord] = []
        self.bytes = 0

    def add(self, record: CommittedRecord, now_seconds: float) -> None:
        if not self.records:
            self.since_seconds = now_seconds
        self.records.append(record)
        self.bytes += len(record.key or b"") + len(record.value or b"")


class Archive:
    """A sink of records as they came. Its methods may be called from several threads."""

    def __init__(
        self,
        storage: Storage,
        codec: Codec,
        beginnings: Beginnings,
        monotonic_seconds: Callable[[], float],
        *,
        begin_after_holes: bool = False,
        file_bytes: int = FILE_BYTES,
        file_seconds: float = FILE_SECONDS,
    ) -> None:
        self._storage = storage
        self._codec = codec
        self._beginnings = beginnings
        self._monotonic_seconds = monotonic_seconds
        self._begin_after_holes = begin_after_holes
        self._file_bytes = file_bytes
        self._file_seconds = file_seconds
        self._lock = threading.Lock()
        self._held: dict[Source, _Held] = {}
        self._written: dict[Source, tuple[int, str]] = {}
        self.file_count = 0

    def positions(self, topics: list[str]) -> dict[Source, int]:
        """Return the offset from which each partition is still to be read.

        Errors: SinkUnavailable; SinkUnusable where the log no longer has what comes next.
        """
        with self._lock:
            files = [file for topic in topics for file in self._storage.files(topic)]
            for source, found in by_partition(files).items():
                cover = cover_of(found)
                self._written[source] = (cover.next_offset, cover.pieces[-1].file.day)
            reached = self._beginnings(topics)
            for source, (next_offset, _) in self._written.items():
                if next_offset < reached.get(source, 0):
                    self._check_hole(source, next_offset, reached[source])
                else:
                    reached[source] = next_offset
            return reached

    def write(self, records: list[CommittedRecord], spans: dict[Source, Span]) -> None:
        """Take records, and write files of what is held for long enough.

        Errors: SinkUnavailable, PositionMoved.
        """
        with self._lock:
            for source, span in spans.items():
                self._expect(source, span.expected)
            now_seconds = self._monotonic_seconds()
            for record in records:
                source = (record.topic, record.partition)
                self._of_day(source, day_of(record.timestamp_milliseconds), record.offset)
                self._held[source].add(record, now_seconds)
            for source, span in spans.items():
                self._held[source].next = span.next
            self._flush_due()

    def flush(self) -> None:
        """Write files of what is held for long enough. Errors: as `write`."""
        with self._lock:
            self._flush_due()

    def close(self) -> None:
        """Write files of all that is held. Errors: as `write`."""
        with self._lock:
            for source in list(self._held):
                self._write(source)

    def _expect(self, source: Source, expected: int) -> None:
        held = self._held.get(source)
        if held is not None and held.next == expected:
            return
        # Read from elsewhere: what is held is read again, or was written by another.
        next_offset, day = self._written.get(source, (None, ""))
        if next_offset is not None and expected < next_offset:
            raise PositionMoved(f"{source[0]} {source[1]}")
        self._held[source] = _Held(expected, day)

    def _of_day(self, source: Source, day: str, offset: int) -> None:
        """Begin a file where a day begins. Days of a partition only go forward, so that its files
        of one day lie together though some records are late."""
        held = self._held[source]
        if day <= held.day:
            return
        if held.records:
            held.next = offset
            self._write(source)
            held = self._held[source] = _Held(offset, day)
        held.day = day

    def _flush_due(self) -> None:
        now = self._monotonic_seconds()
        for source, held in list(self._held.items()):
            old = now - held.since_seconds >= self._file_seconds
            if held.records and (old or held.bytes >= self._file_bytes):
                self._write(source)
        while sum(held.bytes for held in self._held.values()) > HELD_BYTES:
            self._write(max(self._held, key=lambda each: self._held[each].bytes))

    def _write(self, source: Source) -> None:
        held = self._held[source]
        if held.records:
            file = ArchiveFile(*source, held.day, held.first, held.next - 1)
            write_file(self._storage, file, table_of(file.topic, held.records, self._event_of))
            self._written[source] = (held.next, held.day)
            self.file_count += 1
        self._held[source] = _Held(held.next, held.day)

    def _event_of(self, record: CommittedRecord) -> Any:
        if record.value is None:
            return None
        try:
            return self._codec.decode(record.topic, record.value, record.headers)
        except DecodeError:
            # It is kept as it came: what is wrong with it stands in the worker's dead letter.
            return None
        except SchemaRegistryUnavailable as error:
            raise SinkUnavailable(str(error)) from error

    def _check_hole(self, source: Source, reached: int, first: int) -> None:
        if not self._begin_after_holes:
            raise SinkUnusable(
                f"{source[0]} {source[1]}: the archive ends before offset {reached}, and the log "
                f"begins at {first}; what is between is lost to it. To go on all the same, "
                f"start with --begin-after-holes"
            )


def write_file(storage: Storage, file: ArchiveFile, table: Any) -> None:
    """Write a table as a file of the archive. Errors: SinkUnavailable."""
    content = BytesIO()
    parquet.write_table(table, content, compression="zstd", row_group_size=ROW_GROUP_RECORDS)
    storage.write(file.name, content.getvalue())
