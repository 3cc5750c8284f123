"""Documents filed as evidence, kept by their content.

A document is a file named by the SHA-256 of its bytes, in one of 65,536 directories at most. It is
written beside them, synced, and moved into place, so a file that is there is whole. Nothing is
unpacked or decoded, and no name of the sender's is used.
"""

import errno
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import uuid4

from sinks.evidence.media_types import media_type_of, name_of_refused

RESERVED_BYTES = 1 << 30
"""Room on the disk that documents leave: uploads under way don't know of one another."""

PARTS = 256
"""Directories of the vault, by the first byte of a document's hash."""

_NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT))
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DIRECTORY_MODE = 0o700
_FILE_MODE = 0o400


class EvidenceRefused(Exception):
    """A document is not taken: it is empty, or of no type that is taken."""


class EvidenceTooLarge(EvidenceRefused):
    """A document is larger than is taken."""


class VaultFull(Exception):
    """There is no room for documents now."""


class EvidenceMissing(Exception):
    """There is no such document."""


class EvidenceDamaged(Exception):
    """A stored document is not what was stored."""


class Received(NamedTuple):
    """A document that was written whole but is not kept yet."""

    path: Path
    sha256: str
    size_bytes: int
    media_type: str


class Upload:
    """A document on its way in; `close` removes what was not kept."""

    def __init__(self, path: Path, maximum_bytes: int) -> None:
        self._path = path
        self._maximum_bytes = maximum_bytes
        self._size_bytes = 0
        self._hash = hashlib.sha256()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _FILE_MODE)
        self._file: BinaryIO = os.fdopen(descriptor, "wb")

    def close(self) -> None:
        """End the upload, whatever came of it. Errors: OSError."""
        try:
            self._file.close()
        except OSError as error:
            # What was still to be written is not wanted any more.
            if error.errno not in _NO_ROOM:
                raise
        finally:
            self._path.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        """Take in a part. Errors: EvidenceTooLarge, as soon as it is; VaultFull; OSError."""
        self._size_bytes += len(chunk)
        if self._size_bytes > self._maximum_bytes:
            raise EvidenceTooLarge(f"larger than {self._maximum_bytes} bytes")
        self._hash.update(chunk)
        with room():
            self._file.write(chunk)

    def finish(self) -> Received:
        """Sync what was written and tell what it is.

        Errors: EvidenceRefused; VaultFull; OSError.
        """
        if not self._size_bytes:
            raise EvidenceRefused("empty")
        with room():
            self._file.flush()
            os.fsync(self._file.fileno())
        media_type = media_type_of(self._path)
        if media_type is None:
            named = name_of_refused(self._path)
            told = "neither" if named is None else f"{named}, and neither"
            raise EvidenceRefused(
                f"{told} a whole PNG, JPEG, WebP, GIF or PDF file nor plain UTF-8 text"
            )
        return Received(self._path, self._hash.hexdigest(), self._size_bytes, media_type)


class EvidenceVault:
    """The documents below a directory, which is made; several processes may share it."""

    def __init__(
        self, directory: Path, maximum_bytes: int, reserved_bytes: int = RESERVED_BYTES
    ) -> None:
        self._directory = directory
        self._reserved_bytes = reserved_bytes
        self._incoming = directory / "incoming"
        self.maximum_bytes = maximum_bytes
        self._incoming.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)

    def begin(self) -> Upload:
        """Begin to take in a document. Errors: VaultFull, before anything is written; OSError."""
        free = shutil.disk_usage(self._directory).free
        if free < self._reserved_bytes + self.maximum_bytes:
            raise VaultFull(f"{free} bytes are free")
        with room():
            return Upload(self._incoming / uuid4().hex, self.maximum_bytes)

    def keep(self, received: Received) -> bool:
        """Put a document in its place; give whether it was not there before.

        Errors: VaultFull; OSError.
        The caller sees that `remove` does not run for the same content meanwhile.
        """
        path = self._place(received.sha256)
        if path.exists():
            received.path.unlink()
            return False
        with room():
            path.parent.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
            received.path.rename(path)
            for directory in (path.parent, path.parent.parent, self._directory):
                _sync(directory)
        return True

    def stored(self, part: int, older_than_seconds: float) -> list[str]:
        """Return the hashes of the documents in a part of the vault, but the newest. Errors:
        OSError."""
        before = time.time() - older_than_seconds
        found = []
        for path in (self._directory / f"{part:02x}").glob("[0-9a-f][0-9a-f]/*"):
            try:
                old = path.stat().st_ctime < before
            except FileNotFoundError:
                continue
            if old and _SHA256.fullmatch(path.name):
                found.append(path.name)
        return found

    def read(self, sha256: str) -> bytes:
        """Return a document, checked. Errors: EvidenceMissing; EvidenceDamaged; OSError."""
        try:
            content = self._place(sha256).read_bytes()
        except FileNotFoundError as error:
            raise EvidenceMissing(sha256) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise EvidenceDamaged(sha256)
        return content

    def remove(self, sha256: str) -> bool:
        """Remove a document; give whether it was there. Errors: OSError."""
        path = self._place(sha256)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        _sync(path.parent)
        return True

    def remove_unfinished(self, older_than_seconds: float) -> int:
        """Remove uploads that were cut off, such as by kill -9; give how many. Errors: OSError."""
        before = time.time() - older_than_seconds
        removed = 0
        for path in self._incoming.iterdir():
            try:
                if path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
            except FileNotFoundError:
                # Its upload ended meanwhile.
                continue
        return removed

    def _place(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise EvidenceMissing("not a SHA-256")
        return self._directory / sha256[:2] / sha256[2:4] / sha256


@contextmanager
def room() -> Iterator[None]:
    """Raise VaultFull where the system says that there is no room."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise VaultFull(os.strerror(error.errno)) from error
        raise


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
