"""Where the archive's files are kept: a local directory, or object storage that speaks S3.

A file appears whole or not at all, and is there for good once `write` returns.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from fsspec.implementations.arrow import ArrowFSWrapper
from pyarrow import fs

from sinks.archive.layout import ArchiveFile, file_of
from sinks.contract import SinkUnavailable, SinkUnusable

_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://")
_UNFINISHED: Final = ".unfinished"


class Storage(Protocol):
    """Files by name. Errors of all methods: SinkUnavailable."""

    def files(self, topic: str) -> list[ArchiveFile]:
        """Return the files of a topic, in no order."""

    def names(self, directory: str) -> list[str]:
        """Return the names of the files in a directory."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file, in place of one of the same name."""

    def read(self, name: str) -> bytes:
        """Return what a file holds."""

    def delete(self, name: str) -> None:
        """Delete a file, if it is there."""

    def open_to(self, connection: Any) -> Callable[[str], str]:
        """Let a connection of DuckDB read files; return what makes a name an address for it."""


class LocalDirectory:
    """Files below a directory."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def files(self, topic: str) -> list[ArchiveFile]:
        """Return the files of a topic, in no order."""
        with _telling():
            found = (self._root / topic).glob("day=*/partition=*/*.parquet")
            names = [path.relative_to(self._root).as_posix() for path in found]
        return [file for name in names if (file := file_of(name)) is not None]

    def names(self, directory: str) -> list[str]:
        """Return the names of the files in a directory."""
        with _telling():
            found = [path for path in (self._root / directory).glob("*") if path.is_file()]
        names = [path.relative_to(self._root).as_posix() for path in found]
        return sorted(name for name in names if not name.endswith(_UNFINISHED))

    def write(self, name: str, content: bytes) -> None:
        """Write a file, in place of one of the same name."""
        path = self._root / name
        unfinished = path.with_name(f"{path.name}.{os.getpid()}{_UNFINISHED}")
        with _telling():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with unfinished.open("wb") as stream:
                    stream.write(content)
                    stream.flush()
                    os.fsync(stream.fileno())
                unfinished.replace(path)
            except OSError:
                unfinished.unlink(missing_ok=True)
                raise
            # The name is to last as well, with each directory that it needed.
            for directory in path.relative_to(self._root).parents:
                _sync(self._root / directory)

    def read(self, name: str) -> bytes:
        """Return what a file holds."""
        with _telling():
            return (self._root / name).read_bytes()

    def delete(self, name: str) -> None:
        """Delete a file, if it is there."""
        with _telling():
            (self._root / name).unlink(missing_ok=True)

    def open_to(self, _connection: Any) -> Callable[[str], str]:
        """Return what makes a name an address for DuckDB, which reads such files by itself."""
        return lambda name: str(self._root / name)


class ObjectStorage:
    """Objects below a prefix, by one of pyarrow's file systems."""

    def __init__(self, system: fs.FileSystem, prefix: str) -> None:
        self._system = system
        self._prefix = prefix.rstrip("/")

    def files(self, topic: str) -> list[ArchiveFile]:
        """Return the files of a topic, in no order."""
        place = fs.FileSelector(f"{self._prefix}/{topic}", allow_not_found=True, recursive=True)
        with _telling():
            paths = [found.path for found in self._system.get_file_info(place)]
        names = [path.removeprefix(f"{self._prefix}/") for path in paths]
        return [file for name in names if (file := file_of(name)) is not None]

    def names(self, directory: str) -> list[str]:
        """Return the names of the files in a directory."""
        place = fs.FileSelector(f"{self._prefix}/{directory}", allow_not_found=True)
        with _telling():
            found = self._system.get_file_info(place)
        paths = [each.path for each in found if each.type == fs.FileType.File]
        return sorted(path.removeprefix(f"{self._prefix}/") for path in paths)

    def write(self, name: str, content: bytes) -> None:
        """Write a file, in place of one of the same name."""
        with _telling(), self._system.open_output_stream(f"{self._prefix}/{name}") as stream:
            stream.write(content)

    def read(self, name: str) -> bytes:
        """Return what a file holds."""
        with _telling(), self._system.open_input_stream(f"{self._prefix}/{name}") as stream:
            content: bytes = stream.read()
            return content

    def delete(self, name: str) -> None:
        """Delete a file, if it is there."""
        with _telling():
            path = f"{self._prefix}/{name}"
            if self._system.get_file_info(path).type != fs.FileType.NotFound:
                self._system.delete_file(path)

    def open_to(self, connection: Any) -> Callable[[str], str]:
        """Let a connection of DuckDB read files; return what makes a name an address for it."""
        connection.register_filesystem(_ForDuckDb(self._system))
        return lambda name: f"{_ForDuckDb.protocol}://{self._prefix}/{name}"


class _ForDuckDb(ArrowFSWrapper):  # type: ignore[misc]
    protocol = "ip-archive"

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path.removeprefix(f"{cls.protocol}://")


def storage_at(address: str) -> Storage:
    """Return what is at a directory's path or at an address such as s3://bucket/prefix.

    Further words of an S3 address: `?region=…`, `endpoint_override=…`, `scheme=…`; who one is there
    is told in the environment, as AWS's own clients have it. Errors: SinkUnusable.
    """
    if not _SCHEME.match(address):
        return LocalDirectory(Path(address))
    try:
        system, prefix = fs.FileSystem.from_uri(address)
    except (OSError, ValueError) as error:
        raise SinkUnusable(f"{address} is no address of an archive: {error}") from error
    if not prefix:
        raise SinkUnusable(f"{address} is no address of an archive: it names no bucket")
    return ObjectStorage(system, prefix)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SinkUnavailable(f"the archive: {error}") from error
