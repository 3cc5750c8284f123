"""Small files of the archive made into larger ones, and files deleted that are not needed.

A file that takes the place of others is written before they are deleted, and holds the same
offsets: whoever reads meanwhile, or after it was cut short, finds each record in either.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Final, NamedTuple

import pyarrow as pa
from pyarrow import parquet

from schemas.catalog import load_topics
from sinks.archive.archive import FILE_BYTES, write_file
from sinks.archive.holds import first_held
from sinks.archive.layout import ArchiveFile, by_partition, cover_of, day_before
from sinks.archive.storage import Storage

FEWEST_FILES: Final = 2
DAY_HOURS: Final = 24
CASE_TOPIC_HOURS: Final = 400 * DAY_HOURS
"""What topics that tell of cases are kept for by the brokers, at least."""


class Compacted(NamedTuple):
    """How many files were joined, into how many, and how many others were deleted."""

    joined: int = 0
    into: int = 0
    deleted: int = 0


def compact(storage: Storage, topic: str, maximum_bytes: int = FILE_BYTES) -> Compacted:
    """Join a topic's files of one partition and day, while their bytes are no more than a maximum,
    and delete those whose offsets others have. Errors: SinkUnavailable."""
    joined = into = deleted = 0
    for files in by_partition(storage.files(topic)).values():
        pieces = cover_of(files).pieces
        needed = [piece.file for piece in pieces]
        for file in set(files) - set(needed):
            storage.delete(file.name)
            deleted += 1
        whole = [piece.file for piece in pieces if piece.first == piece.file.first]
        for group in _groups(storage, whole, maximum_bytes):
            _join(storage, group)
            joined, into = joined + len(group), into + 1
    return Compacted(joined, into, deleted)


def expire(
    storage: Storage, topic: str, now_milliseconds: int, case_days: int = 0
) -> list[ArchiveFile]:
    """Delete the files of days that ended before what a topic's retention covers, and name them.

    Topics of cases are kept for as many days as cases are, where that is longer.

    Compacted topics are kept for good: what is current there may be old. Of a partition with
    records under legal hold all from the first of these on is kept, so that no hole is left.
    Errors: SinkUnavailable; SinkUnusable where a hold can't be read.
    """
    hours = load_topics()[topic].retention_hours
    if hours is None or hours < 0:
        return []
    if hours >= CASE_TOPIC_HOURS:
        hours = max(hours, case_days * DAY_HOURS)
    last_day = day_before(now_milliseconds, hours)
    held = first_held(storage, topic)
    # From the first on, so that a cut leaves no hole.
    old = sorted(
        file
        for file in storage.files(topic)
        if file.day <= last_day and file.last < held.get((topic, file.partition), file.last + 1)
    )
    for file in old:
        storage.delete(file.name)
    return old


def _groups(
    storage: Storage, files: Sequence[ArchiveFile], maximum_bytes: int
) -> Iterator[list[tuple[ArchiveFile, bytes]]]:
    """Yield neighbours to be joined, each with its content."""
    group: list[tuple[ArchiveFile, bytes]] = []
    for file in files:
        content = storage.read(file.name)
        last = group[-1][0] if group else file
        follows = (last.day, last.last + 1) == (file.day, file.first)
        size = sum(len(each) for _, each in group) + len(content)
        if group and (not follows or size > maximum_bytes):
            if len(group) >= FEWEST_FILES:
                yield group
            group = []
        group.append((file, content))
    if len(group) >= FEWEST_FILES:
        yield group


def _join(storage: Storage, group: list[tuple[ArchiveFile, bytes]]) -> None:
    first, last = group[0][0], group[-1][0]
    tables = [parquet.read_table(BytesIO(content)) for _, content in group]
    table = pa.concat_tables(tables, promote_options="permissive")
    write_file(storage, first._replace(last=last.last), table)
    for file, _ in group:
        storage.delete(file.name)
