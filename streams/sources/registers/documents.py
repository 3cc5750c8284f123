"""XML documents in files as the offices publish them: .xml, .xml.gz, .zip, .tar and .tar.gz.

All is streamed: nothing is unpacked to disk or held whole in memory.
"""

import gzip
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from tqdm.utils import CallbackIOWrapper

from streams.sources.registers.xml_records import DocumentError

READ_ERRORS = (
    OSError,
    EOFError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading damaged, encrypted or missing files may raise (RuntimeError: encrypted zips;
ValueError: names that are not in the encoding that they are marked with, places before the file's
beginning)."""

_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
_LABEL_CHARACTERS = 200


def documents(
    path: Path, on_read: Callable[[int], object]
) -> Iterator[tuple[str, IO[bytes] | DocumentError]]:
    """Return each XML document in a file: its name, and its bytes or why they cannot be read.

    Members of archives that are not .xml, such as images, are left out; archives within archives
    are given as errors. A stream is closed once the next is asked for. on_read takes the number
    of bytes read from the file itself. Raises READ_ERRORS if the file cannot be read.
    """
    name = path.name.lower()
    with path.open("rb") as file:
        counted = cast(IO[bytes], CallbackIOWrapper(on_read, file, "read"))
        if name.endswith(".zip"):
            yield from _zip(counted)
        elif name.endswith(_ARCHIVES):
            yield from _tar(counted)
        elif name.endswith(".gz"):
            yield label(path.name[:-3]), cast(IO[bytes], gzip.GzipFile(fileobj=counted))
        elif name.endswith(".xml"):
            yield label(path.name), counted
        else:
            error = DocumentError("unknown_file_type", "not .xml, .gz, .zip or .tar")
            yield label(path.name), error


def label(name: str) -> str:
    """Return the end of a file's name as events and reports take it, whatever bytes it is of."""
    whole = name.encode("utf-8", "backslashreplace").decode()
    return "".join(each if each.isprintable() else "?" for each in whole[-_LABEL_CHARACTERS:])


def described(error: Exception) -> str:
    """Return in words what reading raised."""
    return label(f"{type(error).__name__}: {error}"[:_LABEL_CHARACTERS])


def _zip(file: IO[bytes]) -> Iterator[tuple[str, IO[bytes] | DocumentError]]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            found = _member(member.filename)
            if isinstance(found, DocumentError):
                yield label(member.filename), found
            elif found is not None:
                try:
                    stream = archive.open(member)
                except READ_ERRORS as error:
                    yield label(found), DocumentError("unreadable_file", described(error))
                    continue
                with stream:
                    yield label(found), stream


def _tar(file: IO[bytes]) -> Iterator[tuple[str, IO[bytes] | DocumentError]]:
    with tarfile.open(fileobj=file, mode="r|*") as archive:
        for member in archive:
            found = _member(member.name) if member.isfile() else None
            if isinstance(found, DocumentError):
                yield label(member.name), found
            elif found is not None and (stream := archive.extractfile(member)) is not None:
                with closing(stream):
                    yield label(found), stream
            # The archive keeps every member it has seen; a register has millions.
            cast(Any, archive).members.clear()


def _member(name: str) -> str | DocumentError | None:
    last = PurePosixPath(name).name
    if last.lower().endswith((*_ARCHIVES, ".gz")):
        return DocumentError("nested_archive", "archives within archives are not read")
    return last if last.lower().endswith(".xml") else None
