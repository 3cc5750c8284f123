"""Records of an XML document one by one, in constant memory and safe against hostile documents.

No entity is expanded, no external DTD or other file is loaded, elements nest at most 256 deep and
a text holds at most 10 MB (libxml2's limits without `huge_tree`). What is read between two records
is bounded by RECORD_BYTES, so a document cannot fill the memory with one endless record.
"""

from collections.abc import Container, Iterator
from typing import IO, Any, cast

from lxml import etree

Element = etree._Element

RECORD_BYTES = 8 << 20
"""Most bytes from the end of one record to the end of the next; real ones reach 3.3 MB."""

PROLOGUE_BYTES = 1 << 20
"""Most bytes before the root element; the USPTO's DTD takes 15 kB."""

_CHUNK_BYTES = 64 << 10
_PROLOGUE_CHUNK_BYTES = 4 << 10
_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


_UNDECLARED = etree.XPath(
    "(descendant-or-self::*|descendant-or-self::*/@*)"
    "[contains(name(), ':') and namespace-uri() = '']"
)


class DocumentError(Exception):
    """A document that cannot be read further: reason code, and what was wrong."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def read_beginning(stream: IO[bytes], telling: Container[str]) -> tuple[str, str | None, bytes]:
    """Read up to the first element whose local name is telling.

    Returns the root's local name, the telling one or None where none came within
    PROLOGUE_BYTES, and the bytes read so far. Raises DocumentError: not XML, entities declared (no
    register does), or a prologue too long.
    """
    parser = etree.XMLPullParser(events=("start",), **_SAFE)
    read, root = bytearray(), None
    while chunk := stream.read(_PROLOGUE_CHUNK_BYTES):
        read += chunk
        try:
            for element in _elements(parser, chunk):
                name = _local_name(element)
                if root is None:
                    _refuse_entities(element)
                    root = name
                if name in telling:
                    return root, name, bytes(read)
        except DocumentError as error:
            # What follows the root element is judged by `records`, with what came before it.
            if root is None or error.reason != "malformed_xml":
                raise
            return root, None, bytes(read)
        if len(read) > PROLOGUE_BYTES:
            break
    if root is None:
        if len(read) > PROLOGUE_BYTES:
            raise DocumentError("too_long", f"no root element in {PROLOGUE_BYTES} bytes")
        _close(parser)
        raise DocumentError("malformed_xml", "no root element")
    return root, None, bytes(read)


def records(
    stream: IO[bytes], begun: bytes, record_tag: str, header_tag: str, envelope_tag: str | None
) -> Iterator[tuple[Element, str]]:
    """Return each element `record_tag`, complete, with the text of the last header before it.

    Where a record has an envelope, an element around it in which facts may follow it, it is given
    once the next record or the envelope is complete; a fault before that leaves it out. A record
    is emptied once the next is asked for. begun: bytes already read from the stream. Raises
    DocumentError where the rest cannot be read: malformed, cut off, or a record too long.
    """
    tags = [tag for tag in (record_tag, header_tag, envelope_tag) if tag is not None]
    record_name, header_name = (tag.rpartition("}")[2] for tag in (record_tag, header_tag))
    parser = etree.XMLPullParser(events=("end",), tag=tags, **_SAFE)
    header, since_record, reported = "", 0, False
    held: Element | None = None
    for chunk in _chunks(stream, begun):
        since_record += len(chunk)
        for element in _elements(parser, chunk):
            name = _local_name(element)
            if name == header_name:
                header = element.text or ""
                continue
            complete = held
            held = element if name == record_name else None
            if envelope_tag is None:
                complete, held = element, None
            if complete is not None:
                reported = reported or undeclared_prefix(complete) is not None
                yield complete, header
                _forget(complete)
            since_record = 0
        if since_record > RECORD_BYTES:
            raise DocumentError("too_long", f"no record ends within {RECORD_BYTES} bytes")
    reported = reported or (held is not None and undeclared_prefix(held) is not None)
    _close(parser, reported)
    if held is not None:
        yield held, header


def has_entity(element: Element) -> bool:
    """Say whether an entity reference stands in an element: its text would be read cut short."""
    return next(element.iter(etree.Entity), None) is not None


def undeclared_prefix(element: Element) -> str | None:
    """Return a name within an element whose prefix nothing declares, so that it can't be read."""
    found = cast(list[Any], _UNDECLARED(element))
    return None if not found else str(getattr(found[0], "tag", None) or found[0].attrname)


def _chunks(stream: IO[bytes], begun: bytes) -> Iterator[bytes]:
    yield begun
    while chunk := stream.read(_CHUNK_BYTES):
        yield chunk


def _elements(parser: etree.XMLPullParser, chunk: bytes) -> Iterator[Element]:
    """Return the elements that a chunk completes, also those before a fault in it."""
    fault = None
    try:
        parser.feed(chunk)
    except etree.XMLSyntaxError as error:
        fault = error
    for _, found in parser.read_events():
        yield cast(Element, found)
    if fault is not None:
        raise DocumentError("malformed_xml", _text_of(fault)) from None


def _close(parser: etree.XMLPullParser, prefixes_reported: bool = False) -> None:
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        if (
            prefixes_reported
            and cast(Any, error).code == etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE
        ):
            return
        raise DocumentError("malformed_xml", _text_of(error)) from None


def _local_name(element: Element) -> str:
    """Return an element's name without namespace; with its prefix where nothing declares it."""
    return str(element.tag).rpartition("}")[2]


def _refuse_entities(root: Element) -> None:
    dtd = cast(Any, root.getroottree().docinfo.internalDTD)
    names = [] if dtd is None else [entity.name for entity in dtd.iterentities()]
    if names:
        raise DocumentError("entities_declared", ", ".join(str(name) for name in names[:5])[:200])


def _forget(element: Element) -> None:
    """Empty a record and drop all that came before it, else the tree grows with the document."""
    element.clear()
    node: Element | None = element
    while node is not None and (parent := node.getparent()) is not None:
        while node.getprevious() is not None:
            del parent[0]
        node = parent


def _text_of(error: etree.XMLSyntaxError) -> str:
    return f"{error.msg} (line {error.lineno})"[:500]
