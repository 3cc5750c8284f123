"""Built indexes as files, which the monitors of a host share: mapped into memory, never changed.

A file is named by the register's position and by a hash of all that its content follows from. It
is there whole or not at all; one that is torn, foreign or of other code is refused with the reason.
"""

import fcntl
import json
import mmap
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from processors.matching.folding import FOLDING_VERSION
from processors.matching.index import IndexParts
from processors.matching.vocabulary import VOCABULARY_VERSION

MAGIC: Final = b"ip-index"
SUFFIX: Final = ".index"
KEPT_FILES = 2
"""Of one register: the newest, and one that another monitor may be about to open."""

_LENGTH_BYTES, _CHECKSUM_BYTES = 8, 4
_ALIGNMENT = 64
_COPIED_BYTES = 16 << 20


class IndexRefused(Exception):
    """A file of an index can't be used; the text says why."""


class RegisterPosition(NamedTuple):
    """A register, by its cluster's and topic's ids, and how far each partition of it was read."""

    cluster_id: str
    topic_id: str
    offsets: tuple[int, ...]


class _Header(NamedTuple):
    """What a file says of itself; parts are where each begins, its length and its checksum."""

    matcher: str
    cluster_id: str
    topic_id: str
    offsets: list[int]
    parts: dict[str, list[int]]


@cache
def matcher_version() -> str:
    """Return a hash of all that an index follows from beside its terms."""
    hashed = sha256()
    library = version("daachorse")
    hashed.update(repr((FOLDING_VERSION, VOCABULARY_VERSION, library, sys.byteorder)).encode())
    package = files("processors.matching")
    for each in sorted(package.iterdir(), key=lambda each: each.name):
        if each.name.endswith(".py"):
            hashed.update(each.read_bytes())
    return hashed.hexdigest()[:16]


def file_name(position: RegisterPosition) -> str:
    """Return the name of the index of a register at a position."""
    hashed = sha256(repr((matcher_version(), *position)).encode()).hexdigest()[:16]
    return f"{sum(position.offsets):012d}-{hashed}{SUFFIX}"


def index_files(directory: Path) -> list[Path]:
    """Return the files of indexes in a directory, those of the furthest positions first."""
    return sorted(directory.glob(f"*{SUFFIX}"), reverse=True)


def save_index(parts: IndexParts, directory: Path, position: RegisterPosition) -> Path:
    """Write an index; return its file, which is there once it is whole and on the disk."""
    told: dict[str, list[int]] = {}
    at = 0
    for name, part in parts._asdict().items():
        told[name] = [at, len(part), crc32(part)]
        at += _padded(len(part))
    header = _Header(matcher_version(), *position[:2], list(position.offsets), told)
    body = json.dumps(header._asdict()).encode()
    path = directory / file_name(position)
    new = path.with_suffix(".new")
    try:
        with new.open("wb") as file:
            start = MAGIC + len(body).to_bytes(_LENGTH_BYTES, "big")
            start += crc32(body).to_bytes(_CHECKSUM_BYTES, "big") + body
            file.write(start.ljust(_padded(len(start)), b"\0"))
            for part in parts:
                file.write(part)
                file.write(bytes(_padded(len(part)) - len(part)))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        # Half of it would only take room that others need.
        new.unlink(missing_ok=True)
        raise
    new.replace(path)
    return path


def open_index(path: Path, position: RegisterPosition, whole: bool = True) -> IndexParts:
    """Return an index's parts, which stay in the file; `whole` is to read and check them all.

    Errors: IndexRefused, where it is torn, another register's or another matcher's.
    """
    try:
        with path.open("rb") as file:
            mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        raise IndexRefused(f"{path} can't be read: {error}") from error
    header, start = _header(path, mapped)
    if header.matcher != matcher_version():
        raise IndexRefused(f"{path} was made by other matching than this")
    if (header.cluster_id, header.topic_id) != position[:2]:
        raise IndexRefused(f"{path} is of another register")
    parts = {}
    for name, (at, length, checksum) in header.parts.items():
        part = mapped[start + at : start + at + length]
        if len(part) < length or (whole and _checksum(part) != checksum):
            raise IndexRefused(f"{path} is torn: {name} is not what was written")
        parts[name] = part
    return IndexParts(**parts)


def _header(path: Path, mapped: memoryview) -> tuple[_Header, int]:
    """Return what a file says of itself, and where its parts begin."""
    begin = len(MAGIC) + _LENGTH_BYTES + _CHECKSUM_BYTES
    length = int.from_bytes(mapped[len(MAGIC) : len(MAGIC) + _LENGTH_BYTES], "big")
    checksum = int.from_bytes(mapped[begin - _CHECKSUM_BYTES : begin], "big")
    body = bytes(mapped[begin : begin + length])
    if bytes(mapped[: len(MAGIC)]) != MAGIC or crc32(body) != checksum:
        raise IndexRefused(f"{path} is no index, or torn")
    try:
        header = _Header(**json.loads(body))
    except (TypeError, ValueError) as error:
        raise IndexRefused(f"{path} is an index of another form: {error}") from error
    if header.matcher == matcher_version() and set(header.parts) != set(IndexParts._fields):
        raise IndexRefused(f"{path} is an index of another form")
    return header, _padded(begin + length)


def _checksum(part: memoryview) -> int:
    checksum = 0
    # A little at a time, so that other threads have their turn.
    for begin in range(0, len(part), _COPIED_BYTES):
        checksum = crc32(part[begin : begin + _COPIED_BYTES], checksum)
    return checksum


def _padded(length: int) -> int:
    return -(-length // _ALIGNMENT) * _ALIGNMENT


@contextmanager
def sole_builder(directory: Path) -> Iterator[None]:
    """Wait until no other process builds an index in a directory, and keep others from it."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def remove_others(directory: Path, kept: Path) -> None:
    """Remove what is left of writes that were cut off, and older files of the same register.

    Only for the sole builder. Who has a file mapped keeps it.
    """
    for path in directory.glob("*.new"):
        path.unlink(missing_ok=True)
    register = _register(kept)
    same = []
    for path in index_files(directory):
        found = _register(path)
        if found is None:
            path.unlink(missing_ok=True)
        elif found == register and path != kept:
            same.append(path)
    same.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in same[KEPT_FILES - 1 :]:
        path.unlink(missing_ok=True)


def _register(path: Path) -> tuple[str, str] | None:
    """Return the register that a file is of; None for a torn one."""
    with suppress(OSError, ValueError, IndexRefused), path.open("rb") as file:
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        header, _ = _header(path, mapped)
        return header.cluster_id, header.topic_id
    return None
