"""The local state of another process, read while that one works, and its checkpoints."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rocksdict import AccessType, Rdict

from streams.state.local_state import (
    COLUMN_FAMILIES,
    TABLES,
    StateCorrupted,
    database_options,
    told_apart,
)


class OtherState:
    """The state under a directory as it is now; `scratch` is for the database's own notes.

    Errors, of all methods: StateCorrupted where there is none that can be read; StateUnavailable.
    """

    def __init__(self, directory: Path, scratch: Path) -> None:
        if not (directory / "database" / "CURRENT").exists():
            raise StateCorrupted(f"{directory}: there is no local state")
        options = database_options()
        # Files that the other process removes meanwhile stay open, and so can be read.
        options.set_max_open_files(-1)
        with told_apart(f"{directory}: "):
            self._database = Rdict(
                str(directory / "database"),
                options=options,
                column_families={name: database_options() for name in COLUMN_FAMILIES},
                access_type=AccessType.secondary(str(scratch)),
            )

    def scan(self, family: str, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Return keys and values that start with a prefix, ascending."""
        with told_apart():
            yield from _entries(self._database, family, prefix)

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def read_checkpoint(directory: Path, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Return the tables' entries of a checkpoint that start with a prefix."""
    database = Rdict(
        str(directory),
        options=database_options(),
        column_families={name: database_options() for name in COLUMN_FAMILIES},
        access_type=AccessType.read_only(),
    )
    yield from _entries(database, TABLES, prefix)


def _entries(database: Rdict, family: str, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
    entries: Any = database.get_column_family(family).items(from_key=prefix)
    for key, value in entries:
        if not key.startswith(prefix):
            return
        yield key, value
