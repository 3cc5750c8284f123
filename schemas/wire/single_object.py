"""Avro's single-object encoding: the fingerprint of an event's schema stands before its body.

What is written so can be written and read without any registry.
"""

from functools import cache
from typing import Any, Final

from fastavro.schema import fingerprint, to_parsing_canonical_form

from schemas.catalog import EVENT_TYPES, load_schema, load_versions
from schemas.wire.generated import event_functions

MARKER: Final = b"\xc3\x01"
HEADER_BYTES: Final = 10


def single_object(event: Any) -> bytes:
    """Return an event so encoded."""
    name = type(event).__name__
    schema = load_schema(name)
    return _header(schema) + event_functions(EVENT_TYPES[name], schema).encode(event)


@cache
def known_headers() -> dict[bytes, tuple[str, dict[str, Any]]]:
    """Return the names and schemas of events, all versions of each, by how a value then begins."""
    return {
        _header(schema): (name, schema) for name in EVENT_TYPES for schema in load_versions(name)
    }


def _header(schema: dict[str, Any]) -> bytes:
    return MARKER + bytes.fromhex(fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO"))
