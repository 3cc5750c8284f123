"""Names of the archive's files, and which of them hold each record of a partition once.

A file is named by the offsets that it takes its partition from and to, so that two files of one
name hold the same records. A writer begins where the files end; one that lost its partition and
doesn't know it may still write a file, whose records another file has too. What an offset holds is
the same in both, so it is read of one of them, and a file whose offsets others have is not needed.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from schemas.durations import DAY_MILLISECONDS, HOUR_MILLISECONDS

_NAME: Final = re.compile(
    r"(?P<topic>[^/]+)/day=(?P<day>\d{4}-\d\d-\d\d)/partition=(?P<partition>\d+)/"
    r"(?P<first>\d{19})-(?P<last>\d{19})\.parquet"
)


class ArchiveFile(NamedTuple):
    """Records of one partition and day, from one offset to another, both included.

    Offsets between them that have no record are those of markers, of aborted records, and of
    records that were compacted away.
    """

    topic: str
    partition: int
    day: str
    first: int
    last: int

    @property
    def name(self) -> str:
        """Where the file is, from the archive's root."""
        day = f"{self.topic}/day={self.day}/partition={self.partition}"
        return f"{day}/{self.first:019d}-{self.last:019d}.parquet"


class Hole(NamedTuple):
    """Offsets of a partition that no file has, though files before and after them are there."""

    topic: str
    partition: int
    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.topic} {self.partition}: no file has offsets {self.first} to {self.last}"


class Piece(NamedTuple):
    """A file, and the first of its offsets that is to be read of it."""

    file: ArchiveFile
    first: int


class Cover(NamedTuple):
    """What has each record of a partition once, in order, and what no file has."""

    pieces: tuple[Piece, ...]
    holes: tuple[Hole, ...]

    @property
    def next_offset(self) -> int:
        """The offset after all files; 0 without any."""
        return self.pieces[-1].file.last + 1 if self.pieces else 0


def file_of(name: str) -> ArchiveFile | None:
    """Return what a file's name says; None where it is no file of the archive."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    topic, day, *numbers = found.group("topic", "day", "partition", "first", "last")
    partition, first, last = map(int, numbers)
    return ArchiveFile(topic, partition, day, first, last)


def cover_of(files: Iterable[ArchiveFile]) -> Cover:
    """Return what of one partition's files is to be read."""
    pieces: list[Piece] = []
    holes: list[Hole] = []
    # Of two that begin alike the longer first: what it holds is not read from the other.
    for file in sorted(files, key=lambda each: (each.first, -each.last)):
        reached = pieces[-1].file.last + 1 if pieces else file.first
        if file.first > reached:
            holes.append(Hole(file.topic, file.partition, reached, file.first - 1))
        if file.last >= reached:
            pieces.append(Piece(file, max(file.first, reached)))
    return Cover(tuple(pieces), tuple(holes))


def by_partition(files: Iterable[ArchiveFile]) -> dict[tuple[str, int], list[ArchiveFile]]:
    """Return files by their topic and partition."""
    found: dict[tuple[str, int], list[ArchiveFile]] = {}
    for file in files:
        found.setdefault((file.topic, file.partition), []).append(file)
    return found


def day_of(milliseconds: int) -> str:
    """Return the day of a time, in UTC."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC).date().isoformat()


def day_before(milliseconds: int, hours: int) -> str:
    """Return the last day that ended so many hours before a time."""
    return day_of(milliseconds - hours * HOUR_MILLISECONDS - DAY_MILLISECONDS)
