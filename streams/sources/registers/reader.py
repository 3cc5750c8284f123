"""Reading of register files, whatever their format and packing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import IO

from schemas.events.trademarks import TrademarkRecorded
from streams.sources.registers.detect import FORMATS, ROOTS
from streams.sources.registers.documents import READ_ERRORS, described, documents, label
from streams.sources.registers.records import (
    Days,
    ImportRejection,
    ImportRemark,
    RecordError,
    checked,
)
from streams.sources.registers.xml_records import (
    PROLOGUE_BYTES,
    DocumentError,
    Element,
    has_entity,
    read_beginning,
    records,
    undeclared_prefix,
)

Item = TrademarkRecorded | ImportRejection | ImportRemark
"""What a file holds: marks, what was rejected, and remarks on both."""


def _nothing(_count: int) -> None:
    """Take the number of bytes read and do nothing with it."""


def read(path: Path, on_read: Callable[[int], object] = _nothing) -> Iterator[Item]:
    """Return every trademark in a file, in order, or why it was rejected, with remarks.

    A bad record does not stop the file; a document that cannot be read further gives one
    ImportRejection after the records before the fault, and the next document of an archive
    follows. on_read takes the number of bytes read from the file. Raises nothing for what stands
    in the file.
    """
    name = label(path.name)
    found = False
    try:
        for name, stream in documents(path, on_read):
            found = True
            if isinstance(stream, DocumentError):
                yield ImportRejection(name, 0, None, stream.reason, stream.detail)
            else:
                yield from _document(name, stream)
        if not found:
            detail = "the archive holds no register file (.xml)"
            yield ImportRejection(name, 0, None, "no_documents", detail)
    except READ_ERRORS as error:
        yield ImportRejection(name, 0, None, "unreadable_file", described(error))


def _document(name: str, stream: IO[bytes]) -> Iterator[Item]:
    source = name
    number = 0
    try:
        root, telling, begun = read_beginning(stream, FORMATS)
        if telling is None:
            yield _without_records(source, root, begun, stream)
            return
        format_name, module = FORMATS[telling]
        source = f"{format_name}:{name}"
        found = records(stream, begun, module.RECORD_TAG, module.HEADER_TAG, module.ENVELOPE_TAG)
        for number, (element, header) in enumerate(found, start=1):
            yield from _record(element, header, module, source, number)
        if number == 0:
            yield ImportRemark(source, 0, None, "empty_document", "the file holds no trademark")
    except DocumentError as error:
        detail = f"{error.detail}, after record {number}"
        yield ImportRejection(source, 0, None, error.reason, detail)
    except READ_ERRORS as error:
        detail = f"{described(error)}, after record {number}"
        yield ImportRejection(source, 0, None, "unreadable_file", detail)


def _record(
    element: Element, header: str, module: ModuleType, source: str, number: int
) -> Iterator[Item]:
    days = Days()
    try:
        if has_entity(element):
            raise RecordError("entity_reference", "entities are not expanded")
        if (name := undeclared_prefix(element)) is not None:
            raise RecordError("undeclared_prefix", name[:200])
        event = checked(module.facts(element, header, days, source))
    except RecordError as error:
        key = module.application_number(element)
        # Where a day was needed that could not be read, the record's own words are told.
        lost = error.reason in ("no_effective_date", "no_recorded_date") and days.dropped
        reason, detail = ("bad_date", days.dropped[0]) if lost else (error.reason, error.detail)
        yield ImportRejection(source, number, key, reason, detail)
        return
    yield event
    for dropped in days.dropped:
        yield ImportRemark(source, number, event.application_number, "dropped_date", dropped)


def _without_records(name: str, root: str, begun: bytes, stream: IO[bytes]) -> Item:
    """Return what to say of a document in which nothing tells a format."""
    if root not in ROOTS:
        raise DocumentError("unknown_format", f"root element {root[:200]}")
    # Read to its end: what is cut off is no empty file.
    for _ in records(stream, begun, "{*}TradeMark", "{*}RequestProducerDateTime", None):
        raise DocumentError("unknown_format", f"no record within the first {PROLOGUE_BYTES} bytes")
    return ImportRemark(name, 0, None, "empty_document", "the file holds no trademark")
