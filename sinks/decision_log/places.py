"""Where in a log each record of decisions is, kept beside the log so that nobody reads all of it.

Records of a partition are logged in the order of their offsets, many in a row. A line is kept for
each such row, after its entries are in the log for good; lines that a crash kept from being written
are made again from the entries.
"""

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from sinks.decision_log.tiles import WIDTH, TileReader

FILE: Final = "places"


class Row(NamedTuple):
    """Entries of one partition one after the other."""

    partition: int
    first_offset: int
    last_offset: int
    first_index: int
    entries: int


class Places:
    """The rows of a log. Errors of all methods: OSError."""

    def __init__(self, directory: Path, reader: TileReader) -> None:
        self._path = directory / FILE
        self._reader = reader
        kept = list(self._kept())
        self.rows = [*kept, *_rows(reader, _covered(kept))]
        self._unkept = len(self.rows) - len(kept)

    def keep(self) -> None:
        """Write what is not kept yet."""
        if self._unkept:
            whole = self.rows[: len(self.rows) - self._unkept]
            text = "".join(f"{json.dumps(row)}\n" for row in self.rows[len(whole) :])
            end = sum(len(json.dumps(row)) + 1 for row in whole)
            with self._path.open("ab") as file:
                file.truncate(end)
                file.write(text.encode())
        self._unkept = 0

    def next_offsets(self, partitions: Collection[int]) -> dict[int, int]:
        """Return from which offset on each partition is still to be logged."""
        last = {row.partition: row.last_offset for row in self.rows}
        return {partition: last.get(partition, -1) + 1 for partition in partitions}

    def index_of(self, partition: int, offset: int) -> int | None:
        """Return where a record's entry is; None where it is not logged."""
        for row in self.rows:
            if row.partition == partition and row.first_offset <= offset <= row.last_offset:
                return self._within(row, offset)
        return None

    def _within(self, row: Row, offset: int) -> int | None:
        low, high = row.first_index, row.first_index + row.entries
        while low < high:
            middle = (low + high) // 2
            found = _place(self._reader.entry(middle))[1]
            if found == offset:
                return middle
            if found < offset:
                low = middle + 1
            else:
                high = middle
        return None

    def _kept(self) -> Iterator[Row]:
        """Yield the rows of the file up to the first that can't be."""
        if not self._path.exists():
            return
        covered = 0
        for line in self._path.read_bytes().splitlines(keepends=True):
            try:
                row = Row(*json.loads(line))
            except (TypeError, ValueError):
                return
            covered += row.entries
            if row.first_index + row.entries != covered or covered > self._reader.size:
                return
            if line != f"{json.dumps(row)}\n".encode():
                return
            yield row


def _covered(rows: list[Row]) -> int:
    return rows[-1].first_index + rows[-1].entries if rows else 0


def _rows(reader: TileReader, begin: int) -> Iterator[Row]:
    """Yield the rows of a log's entries from one on."""
    row: Row | None = None
    if begin == reader.size:
        return
    for bundle in range(begin // WIDTH, -(-reader.size // WIDTH)):
        for number, entry in enumerate(reader.entries(bundle), bundle * WIDTH):
            if number < begin:
                continue
            partition, offset = _place(entry)
            if row is None or row.partition != partition:
                if row is not None:
                    yield row
                row = Row(partition, offset, offset, number, 1)
            else:
                row = row._replace(last_offset=offset, entries=row.entries + 1)
    if row is not None:
        yield row


def _place(entry: bytes) -> tuple[int, int]:
    plain = json.loads(entry)
    return plain["partition"], plain["offset"]
