"""The local state of a worker: rows, their indexes, global tables and positions, in RocksDB.

All partitions share one database, with the partition as the first two bytes of each key: one
write-ahead log, one block cache and one write buffer, however many partitions a worker holds, and
one write batch for all that a transaction changed.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from rocksdict import (
    BlockBasedOptions,
    Cache,
    Checkpoint,
    DBCompressionType,
    IngestExternalFileOptions,
    Options,
    Rdict,
    SstFileWriter,
    WriteBatch,
    WriteBufferManager,
)

ROWS, TIMERS, REFERENCES, TABLES, POSITIONS = "rows", "timers", "references", "tables", "positions"
COLUMN_FAMILIES = (ROWS, TIMERS, REFERENCES, TABLES, POSITIONS)
PARTITIONED = (ROWS, TIMERS, REFERENCES)
PREFIX_BYTES = 2

BLOCK_CACHE_BYTES = 256 << 20
WRITE_BUFFER_BYTES = 128 << 20
_LAST = b"\xff" * 9
"""Behind every timer of a partition, whose keys go on with a time."""

MAXIMUM_SET_ASIDE = 3
"""So many broken databases are kept beside the one in use."""

_PASSING = {
    "While lock file": "another process works here, and each needs a state directory of its own",
    "lock hold by current process": "this process works here already",
    "Too many open files": "raise the limit (ulimit -n)",
    "No space left on device": "make room",
    "Disk quota exceeded": "make room",
    "Permission denied": "",
    "Read-only file system": "",
    "Input/output error": "look at the disk",
    "Cannot allocate memory": "",
}
"""What RocksDB and the system say where nothing is broken, and what is to be done. They are looked
for first, as RocksDB calls a table that it can't open now corrupted too."""

_BROKEN = ("Corruption", "No such file or directory")

SST_THRESHOLD_ROWS = 10_000
"""From so many values on, a load writes a sorted table file rather than single ones."""


class StateCorrupted(Exception):
    """The local state is broken: it is to be set aside, and restored from the changelog."""


class StateUnavailable(Exception):
    """The local state can't be used now, and nothing says that it is broken: it is to be left as it
    is."""


class Change(NamedTuple):
    """One put, or a delete where the value is None, in a column family."""

    family: str
    key: bytes
    value: bytes | None


class LocalState:
    """RocksDB under `directory`, for one process at a time.

    Errors, of all methods: StateCorrupted, StateUnavailable.
    """

    def __init__(self, directory: Path) -> None:
        self.incoming = directory / "incoming"
        """Where files are written that are to be ingested."""

        options = database_options()
        with told_apart(f"{directory}: "):
            directory.mkdir(parents=True, exist_ok=True)
            self._database = Rdict(
                str(directory / "database"),
                options=options,
                column_families={name: database_options() for name in COLUMN_FAMILIES},
            )
            self._families = {n: self._database.get_column_family(n) for n in COLUMN_FAMILIES}
            # A load that was cut off begins again where the positions stand. Not before the
            # database is open: another process may be at work here.
            shutil.rmtree(self.incoming, ignore_errors=True)
            self.incoming.mkdir()
        self._handles = {
            name: self._database.get_column_family_handle(name) for name in COLUMN_FAMILIES
        }

        self._fronts: dict[bytes, bytes] = {}

    def get_many(self, family: str, keys: list[bytes]) -> list[bytes | None]:
        """Return the values of keys, in order; None for those absent."""
        try:
            found: Any = self._families[family].get(keys)  # type: ignore[arg-type]
        except Exception as error:
            raise apart(error) from error
        values: list[bytes | None] = found
        return values

    def get(self, family: str, key: bytes) -> bytes | None:
        """Return the value of one key, or None."""
        return self.get_many(family, [key])[0]

    def has_any(self, family: str, start: bytes, until: bytes) -> bool:
        """Tell whether there is a key from `start` on and below `until`."""
        return any(True for _ in self._entries(family, start, b"", until))

    def scan(
        self, family: str, prefix: bytes, until: bytes | None = None
    ) -> Iterator[tuple[bytes, bytes]]:
        """Return keys and values that start with a prefix, ascending, below `until` if given."""
        return self._entries(family, prefix, prefix, until)

    def _entries(
        self, family: str, start: bytes, prefix: bytes, until: bytes | None
    ) -> Iterator[tuple[bytes, bytes]]:
        try:
            entries: Any = self._families[family].items(from_key=start)
            for key, value in entries:
                if not key.startswith(prefix) or (until is not None and key >= until):
                    return
                yield key, value
        except Exception as error:
            raise apart(error) from error

    def scan_queue(
        self, prefix: bytes, until: bytes | None = None
    ) -> Iterator[tuple[bytes, bytes]]:
        """Return timers as `scan` does, without passing over those deleted before the first.

        RocksDB keeps a mark for each deleted key until it compacts. Timers are deleted from the
        front, so a scan from the prefix would pass over all marks, each time.
        """
        front = self._fronts.get(prefix, prefix)
        if until is not None and front >= until:
            return
        first = None
        for key, value in self._entries(TIMERS, front, prefix, until):
            if first is None:
                first = self._fronts[prefix] = key
            yield key, value
        if first is None:
            self._fronts[prefix] = prefix + _LAST if until is None else until

    def write(self, changes: Iterable[Change]) -> None:
        """Apply changes in one atomic batch: all of a transaction's, with its positions."""
        batch = WriteBatch(raw_mode=True)
        handles = self._handles
        for family, key, value in changes:
            if value is None:
                batch.delete(key, handles[family])
            else:
                batch.put(key, value, handles[family])
                if family == TIMERS:
                    self._put_into_queue(key)
        try:
            self._database.write(batch)
        except Exception as error:
            raise apart(error) from error

    def _put_into_queue(self, key: bytes) -> None:
        front = self._fronts.get(key[:PREFIX_BYTES])
        if front is not None and key < front:
            self._fronts[key[:PREFIX_BYTES]] = key

    def load(self, family: str, values: Mapping[bytes, bytes]) -> None:
        """Put values in bulk; a later value of a key replaces an earlier one.

        Not atomic with the position, which is to be written afterwards: loading twice is harmless.
        """
        if len(values) < SST_THRESHOLD_ROWS:
            self.write(Change(family, key, value) for key, value in values.items())
            return
        path = self.incoming / f"{family}.sst"
        with told_apart():
            write_sorted(path, ((key, values[key]) for key in sorted(values)))
        self.ingest(family, [path])

    def ingest(self, family: str, paths: list[Path]) -> None:
        """Move files of sorted values in, all or none; they are to lie on the same disk."""
        moved = IngestExternalFileOptions()
        moved.set_move_files(True)
        with told_apart():
            self._families[family].ingest_external_file([str(path) for path in paths], moved)
        for path in paths:
            path.unlink(missing_ok=True)

    def drop_partition(self, partition: int) -> None:
        """Forget all rows, indexes and the position of a partition."""
        begin, end = partition_prefix(partition), partition_prefix(partition + 1)
        with told_apart():
            for name in PARTITIONED:
                self._families[name].delete_range(begin, end)
        self._fronts.pop(begin, None)
        self.write([Change(POSITIONS, begin, None)])

    def position(self, partition: int) -> int | None:
        """Return the changelog offset from which a partition is still to be restored."""
        value = self.get(POSITIONS, partition_prefix(partition))
        return None if value is None else int.from_bytes(value, "big")

    def checkpoint(self, directory: Path) -> None:
        """Put a copy of the whole state, as it is now, where nothing is yet: by links, at once."""
        with told_apart():
            Checkpoint(self._database).create_checkpoint(str(directory))

    def close(self) -> None:
        """Flush and close the database."""
        self._families.clear()
        self._handles.clear()
        with told_apart():
            self._database.close()


def write_sorted(path: Path, entries: Iterable[tuple[bytes, bytes]]) -> None:
    """Write a file of values by ascending keys, of which there is one at least."""
    writer = SstFileWriter(database_options())
    writer.open(str(path))
    for key, value in entries:
        writer[key] = value
    writer.finish()


def set_aside(directory: Path) -> Path:
    """Move a broken local state out of the way, and return where it is then.

    Its rows come back from the changelog. Errors: StateUnavailable where that was done before, and
    nobody has looked yet.
    """
    for number in range(1, MAXIMUM_SET_ASIDE + 1):
        path = directory / f"broken-{number}"
        if not path.exists():
            with told_apart(f"{directory}: "):
                (directory / "database").rename(path)
            return path
    raise StateUnavailable(
        f"{directory} broke {MAXIMUM_SET_ASIDE} times, and what broke is still in broken-1 and so "
        "on: see what breaks it (the disk?), remove these, and start again"
    )


@contextmanager
def told_apart(where: str = "") -> Iterator[None]:
    """Raise the database's errors as `apart` tells them apart."""
    try:
        yield
    except Exception as error:
        raise apart(error, where) from error


def apart(error: Exception, where: str = "") -> Exception:
    """Return a database's error as StateCorrupted only where it says that something is broken, and
    else as StateUnavailable."""
    if isinstance(error, StateCorrupted | StateUnavailable):
        return error
    told = f"{where}{error}"
    for sign, hint in _PASSING.items():
        if sign in told:
            return StateUnavailable(f"{told}: {hint}" if hint else told)
    return (StateCorrupted if any(sign in told for sign in _BROKEN) else StateUnavailable)(told)


def partition_prefix(partition: int) -> bytes:
    """Return the first two bytes of all keys of a partition."""
    return partition.to_bytes(2, "big")


def position_change(partition: int, offset: int) -> Change:
    """Return the change that notes how far the changelog is in the local state."""
    return Change(POSITIONS, partition_prefix(partition), offset.to_bytes(8, "big"))


_CACHE = Cache(BLOCK_CACHE_BYTES)
_BUFFERS = WriteBufferManager.new_write_buffer_manager_with_cache(WRITE_BUFFER_BYTES, False, _CACHE)


def database_options() -> Options:
    """Return how the database, and each of its families and files, is written."""
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.create_missing_column_families(True)
    # Families are flushed together, so a lost log never leaves a position ahead of its rows.
    options.set_atomic_flush(True)
    options.set_write_buffer_manager(_BUFFERS)
    options.set_write_buffer_size(32 << 20)
    options.set_compression_type(DBCompressionType.lz4())
    options.set_max_background_jobs(2)
    options.set_max_open_files(256)
    # Sixteen threads are started otherwise, for the few files that are looked at in advance.
    options.set_max_file_opening_threads(1)
    table = BlockBasedOptions()
    table.set_block_cache(_CACHE)
    table.set_bloom_filter(10, False)
    table.set_cache_index_and_filter_blocks(True)
    options.set_block_based_table_factory(table)
    return options
