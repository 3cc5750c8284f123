"""A file's rows, one by one: what each holds, or why it can't be read. The rest goes on."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import msgspec
from tqdm.utils import CallbackIOWrapper

from streams.sources.registers.documents import described
from streams.sources.registers.xml_records import (
    DocumentError,
    Element,
    read_beginning,
    records,
)

MAXIMUM_LINE_BYTES = 4 << 20
MAXIMUM_DOCUMENT_BYTES = 256 << 20
ATOM = "{http://www.w3.org/2005/Atom}"
MERCHANT_ITEMS = {"item": "item", "entry": f"{ATOM}entry"}
"""Elements of RSS and of Atom that hold a product."""


class RowError(Exception):
    """A row that can't be taken: reason code, and what was wrong, without what it says."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Row(NamedTuple):
    """A row's place from 1, 0 for the file itself, and its fields or what was wrong."""

    number: int
    content: dict[str, Any] | RowError


Reader = Callable[[IO[bytes]], Iterator[Row]]


def rows(path: Path, read: Reader, on_read: Callable[[int], object]) -> Iterator[Row]:
    """Return a file's rows; `on_read` takes the number of bytes as they are read.

    Where the rest of the file can't be read, the last row says so. Errors: OSError.
    """
    number = 0
    with path.open("rb") as file:
        counted = cast(IO[bytes], CallbackIOWrapper(on_read, file, "read"))
        try:
            for row in read(counted):
                number = row.number
                yield row
        except (DocumentError, csv.Error, UnicodeDecodeError, msgspec.DecodeError) as error:
            yield Row(0, RowError("unreadable_file", f"after row {number}: {described(error)}"))


def csv_rows(file: IO[bytes]) -> Iterator[Row]:
    """Read comma-separated values in UTF-8, with names of fields in the first line.

    An empty cell is a field that the row does not have.
    """
    text = io.TextIOWrapper(cast(Any, io.BufferedReader(_Raw(file))), "utf-8-sig", newline="")
    for number, cells in enumerate(csv.DictReader(text), 1):
        if None in cells:
            yield Row(number, RowError("too_many_cells", "more cells than names of fields"))
        else:
            yield Row(number, {name: cell for name, cell in cells.items() if cell})


def json_line_rows(file: IO[bytes]) -> Iterator[Row]:
    """Read a JSON object from each line; empty lines are left out."""
    number = 0
    for line in _lines(file):
        if not line.strip():
            continue
        number += 1
        if len(line) > MAXIMUM_LINE_BYTES:
            yield Row(number, RowError("too_long", f"more than {MAXIMUM_LINE_BYTES} bytes"))
            continue
        try:
            yield Row(number, msgspec.json.decode(line, type=dict[str, Any]))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            yield Row(number, RowError("not_json", described(error)))


def product_rows(file: IO[bytes]) -> Iterator[Row]:
    """Read schema.org's products from a document of JSON-LD: one, a list, a graph, an item list."""
    text = file.read(MAXIMUM_DOCUMENT_BYTES + 1)
    if len(text) > MAXIMUM_DOCUMENT_BYTES:
        raise DocumentError("too_long", f"more than {MAXIMUM_DOCUMENT_BYTES} bytes; use JSON lines")
    for number, node in enumerate(_nodes(msgspec.json.decode(text)), 1):
        if isinstance(node, dict):
            yield Row(number, node)
        else:
            yield Row(number, RowError("no_product", "not an object"))


def merchant_rows(file: IO[bytes]) -> Iterator[Row]:
    """Read a Google Merchant feed, as RSS 2.0 or Atom, by local names of its elements."""
    _, found, begun = read_beginning(file, MERCHANT_ITEMS)
    if found is None:
        raise DocumentError("no_items", "neither an item nor an entry")
    tag = MERCHANT_ITEMS[found]
    for number, (element, _) in enumerate(records(file, begun, tag, "no-header", None), 1):
        yield Row(number, _children(element))


def _children(element: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element:
        name = str(child.tag).rpartition("}")[2]
        text = child.get("href") or child.text
        if text and text.strip():
            found.setdefault(name, text.strip())
    return found


def _nodes(content: Any) -> Iterator[Any]:
    if isinstance(content, list):
        for each in content:
            yield from _nodes(each)
    elif isinstance(content, dict) and isinstance(content.get("@graph"), list):
        yield from _nodes(content["@graph"])
    elif isinstance(content, dict) and isinstance(content.get("itemListElement"), list):
        yield from _nodes([_item(each) for each in content["itemListElement"]])
    else:
        yield content


def _item(element: Any) -> Any:
    return element.get("item", element) if isinstance(element, dict) else element


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    return iter(io.BufferedReader(cast(Any, _Raw(file))))


class _Raw(io.RawIOBase):
    """A stream whose reads are counted, as `io` takes it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
