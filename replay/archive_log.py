"""The log as the archive has it."""

from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet
from pyarrow.compute import greater_equal, is_in

from replay.log import ReplayError
from sinks.archive.columns import AS_IT_CAME
from sinks.archive.layout import by_partition, cover_of
from sinks.archive.storage import Storage
from sinks.contract import SinkUnavailable
from streams.kafka.records import InputRecord

BATCH_RECORDS = 10_000
_AS_IT_CAME = [field.name for field in AS_IT_CAME]


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

    def read(
        self,
        topic: str,
        partition: int,
        keys: frozenset[bytes] | None = None,
        first_offset: int = 0,
    ) -> Iterator[InputRecord]:
        """Yield the committed records of a partition in order, of some keys or of all, from an
        offset on. Errors: ReplayError."""
        wanted = None if keys is None else pa.array(sorted(keys), pa.binary())
        for batch in self._batches(topic, partition, _AS_IT_CAME, first_offset):
            chosen = batch if wanted is None else batch.filter(is_in(batch["key"], wanted))
            columns = [chosen.column(each).to_pylist() for each in _AS_IT_CAME]
            for number, offset, at, key, value, headers in zip(*columns, strict=True):
                pairs = [(each["name"], each["value"]) for each in headers or ()]
                yield InputRecord(topic, number, offset, key, value, pairs, at)

    def offsets(self, topic: str, partition: int) -> NDArray[np.int64]:
        """Return the offsets of a partition's records, ascending. Errors: ReplayError."""
        found = [
            batch.column("offset").to_numpy()
            for batch in self._batches(topic, partition, ["offset"])
        ]
        return np.concatenate([np.empty(0, np.int64), *found])

    def _batches(
        self, topic: str, partition: int, names: list[str], first_offset: int = 0
    ) -> Iterator[pa.RecordBatch]:
        """Yield columns of a partition's records from an offset on, each once, in order."""
        try:
            files = by_partition(self._storage.files(topic)).get((topic, partition), [])
            cover = cover_of(files)
            if cover.holes:
                raise ReplayError("; ".join(str(hole) for hole in cover.holes))
            for file, begin in cover.pieces:
                if file.last < first_offset:
                    continue
                first = max(begin, first_offset)
                content = BytesIO(self._storage.read(file.name))
                for batch in _read(file.name, content, names):
                    yield batch.filter(greater_equal(batch["offset"], first))
        except SinkUnavailable as error:
            raise ReplayError(str(error)) from error


def _read(name: str, content: BytesIO, columns: list[str]) -> Iterator[pa.RecordBatch]:
    try:
        yield from parquet.ParquetFile(content).iter_batches(BATCH_RECORDS, columns=columns)
    except (OSError, KeyError, ValueError) as error:
        raise ReplayError(f"{name} can't be read as a file of the archive: {error}") from error
