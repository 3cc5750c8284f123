"""Encoders and decoders of our own events: plain Python made from schema and class.

They go between bytes and events without dicts in between. What is out of the ordinary in a value or
a body they don't judge: they raise one of UNUSUAL, and the caller asks fastavro, which either
manages or says what is wrong. What they do accept, they write and read as fastavro does.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from schemas.wire.decoder_source import DecoderSource
from schemas.wire.encoder_source import EncoderSource
from schemas.wire.primitives import (
    END,
    FALSE,
    LONGS,
    NULL,
    SOME_TEXTS,
    TEXT_ARRAYS,
    TEXTS,
    TRUE,
    UNUSUAL,
    VALUE,
    UnusualValue,
    length_after,
    number_after,
    pack_double,
    time_at,
    unpack_double,
)
from schemas.wire.schema_names import SchemaNames

__all__ = ["UNUSUAL", "EventFunctions", "RowFunctions", "event_functions", "row_functions"]

Pieces = Mapping[int, bytes]
"""The bytes of records by their `id`; of use while the row that holds the records is."""


def _unusual() -> bytes:
    raise UnusualValue


_NAMES: Final[dict[str, Any]] = {
    "END": END,
    "FALSE": FALSE,
    "LONGS": LONGS,
    "NULL": NULL,
    "SOME_TEXTS": SOME_TEXTS,
    "TEXTS": TEXTS,
    "TEXT_ARRAYS": TEXT_ARRAYS,
    "TRUE": TRUE,
    "UnusualValue": UnusualValue,
    "VALUE": VALUE,
    "length_after": length_after,
    "new": tuple.__new__,
    "number_after": number_after,
    "pack": pack_double,
    "time_at": time_at,
    "unpack": unpack_double,
    "unusual": _unusual,
}


class EventFunctions(NamedTuple):
    """Encode returns an event's body; decode takes bytes and the body's start. Errors: UNUSUAL."""

    encode: Callable[[Any], bytes]
    decode: Callable[[bytes, int], Any]


class RowFunctions(NamedTuple):
    """Encode and decode as of events, with the bytes of the records on a row's first level.

    Encode takes those that are known over, and returns those of the new row. Errors: UNUSUAL.
    """

    encode: Callable[[Any, Pieces], tuple[bytes, Pieces]]
    decode: Callable[[bytes, int], tuple[Any, Pieces]]


def event_functions(event_type: type[Any], schema: dict[str, Any]) -> EventFunctions:
    """Return the functions of an event class with this Avro schema."""
    names = SchemaNames()
    encoder, decoder = EncoderSource(names), DecoderSource(names)
    name = encoder.record(schema, event_type)
    decoder.record(schema, event_type)
    space = _made(
        names,
        [
            *encoder.lines,
            *decoder.lines,
            "def encode(event):",
            f"    return b''.join(parts_{name}(event))",
            "def decode(d, i):",
            f"    event, i = decode_{name}(d, i)",
            "    if i != len(d): raise UnusualValue",
            "    return event",
        ],
    )
    return EventFunctions(space["encode"], space["decode"])


def row_functions(row_type: type[Any], schema: dict[str, Any]) -> RowFunctions:
    """Return the functions of a row class with this Avro schema."""
    names = SchemaNames()
    encoder, decoder = EncoderSource(names), DecoderSource(names)
    encoder.row(schema, row_type)
    decoder.row(schema, row_type)
    space = _made(names, [*encoder.lines, *decoder.lines])
    return RowFunctions(space["encode_row"], space["decode_row"])


def _made(names: SchemaNames, lines: list[str]) -> dict[str, Any]:
    space = {**_NAMES, **names.constants}
    # The text is made of our own schemas' names only.
    exec("\n".join(lines), space)  # noqa: S102
    return space
