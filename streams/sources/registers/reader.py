"""Reading of register files, whatever their format and packing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from schemas.events.trademarks import TrademarkRecorded
from streams.sources.registers.detect import format_of
from streams.sources.registers.documents import READ_ERRORS, documents
from streams.sources.registers.records import ImportRejection, RecordError, checked
from streams.sources.registers.xml_records import DocumentError, has_entity, read_root, records


def _nothing(_count: int) -> None:
    """Take the number of bytes read and do nothing with it."""


def read(
    path: Path, on_read: Callable[[int], object] = _nothing
) -> Iterator[TrademarkRecorded | ImportRejection]:
    """Return every trademark in a file, in order, or why it was rejected.

    A bad record does not stop the file; a document that cannot be read further gives one
    ImportRejection
    after the records before the fault, and the next document of an archive follows. on_read takes
    the number of bytes read from the file. Raises nothing for what stands in the file.
    """
    name = path.name
    try:
        for name, stream in documents(path, on_read):
            if isinstance(stream, DocumentError):
                yield ImportRejection(name, 0, None, stream.reason, stream.detail)
            else:
                yield from _document(name, stream)
    except READ_ERRORS as error:
        yield ImportRejection(
            name, 0, None, "unreadable_file", f"{type(error).__name__}: {error}"[:500]
        )


def _document(name: str, stream: IO[bytes]) -> Iterator[TrademarkRecorded | ImportRejection]:
    source = name
    number = 0
    try:
        root_tag, begun = read_root(stream)
        format_name, module = format_of(root_tag)
        source = f"{format_name}:{name}"
        found = records(stream, begun, module.RECORD_TAG, module.HEADER_TAG, module.ENVELOPE_TAG)
        for number, (element, header) in enumerate(found, start=1):
            try:
                if has_entity(element):
                    raise RecordError("entity_reference", "entities are not expanded")
                yield checked(module.facts(element, header, source))
            except RecordError as error:
                key = module.application_number(element)
                yield ImportRejection(source, number, key, error.reason, error.detail)
        if number == 0:
            yield ImportRejection(source, 0, None, "no_records", "the document holds no trademark")
    except DocumentError as error:
        detail = f"{error.detail}, after record {number}"
        yield ImportRejection(source, 0, None, error.reason, detail)
