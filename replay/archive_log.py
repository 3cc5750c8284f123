"""The log as the archive has it."""

from collections.abc import Iterator
from io import BytesIO

from pyarrow import parquet

from replay.log import ReplayError
from sinks.archive.columns import AS_IT_CAME
from sinks.archive.layout import by_partition, cover_of
from sinks.archive.storage import Storage
from sinks.contract import SinkUnavailable
from streams.kafka.records import InputRecord

BATCH_RECORDS = 10_000


class ArchiveLog:
    """Topics and their committed records, from the archive's files."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def partitions(self, topic: str) -> list[int]:
        """Return a topic's partition numbers, ascending. Errors: ReplayError."""
        try:
            found = {file.partition for file in self._storage.files(topic)}
        except SinkUnavailable as error:
            raise ReplayError(str(error)) from error
        # One that never had a record has no file.
        return list(range(max(found, default=-1) + 1))

    def read(self, topic: str, partition: int) -> Iterator[InputRecord]:
        """Yield the committed records of a partition in order. Errors: ReplayError."""
        try:
            files = by_partition(self._storage.files(topic)).get((topic, partition), [])
            cover = cover_of(files)
            if cover.holes:
                raise ReplayError("; ".join(str(hole) for hole in cover.holes))
            for file, first in cover.pieces:
                content = BytesIO(self._storage.read(file.name))
                for record in _records(topic, file.name, content):
                    if record.offset >= first:
                        yield record
        except SinkUnavailable as error:
            raise ReplayError(str(error)) from error


def _records(topic: str, name: str, content: BytesIO) -> Iterator[InputRecord]:
    names = [field.name for field in AS_IT_CAME]
    try:
        batches = parquet.ParquetFile(content).iter_batches(BATCH_RECORDS, columns=names)
        for batch in batches:
            columns = [batch.column(each).to_pylist() for each in names]
            for partition, offset, at, key, value, headers in zip(*columns, strict=True):
                pairs = [(each["name"], each["value"]) for each in headers or ()]
                yield InputRecord(topic, partition, offset, key, value, pairs, at)
    except (OSError, KeyError, ValueError) as error:
        raise ReplayError(f"{name} can't be read as a file of the archive: {error}") from error
