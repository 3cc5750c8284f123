"""The source of the functions of one event, or one row: its encoder and its decoder."""

from typing import Any, NamedTuple

from schemas.wire.decoder_source import DecoderSource
from schemas.wire.encoder_source import EncoderSource
from schemas.wire.schema_names import SchemaNames


class FunctionSource(NamedTuple):
    """Lines of Python, the constants that they name, and what the two functions are called."""

    lines: list[str]
    constants: dict[str, Any]
    encode: str
    decode: str


def event_source(event_type: type[Any], schema: dict[str, Any], prefix: str = "") -> FunctionSource:
    """Return the functions of an event class with this Avro schema; names begin with a prefix."""
    names = SchemaNames(prefix)
    encoder, decoder = EncoderSource(names), DecoderSource(names)
    name = encoder.record(schema, event_type)
    decoder.record(schema, event_type)
    lines = [
        *encoder.lines,
        *decoder.lines,
        f"def {prefix}encode(event: Any) -> bytes:",
        f"    return b''.join(parts_{name}(event))",
        f"def {prefix}decode(d: bytes, i: int) -> Any:",
        f"    event, i = decode_{name}(d, i)",
        "    if i != len(d): raise UnusualValue",
        "    return event",
    ]
    return FunctionSource(lines, names.constants, f"{prefix}encode", f"{prefix}decode")


def row_source(row_type: type[Any], schema: dict[str, Any], prefix: str = "") -> FunctionSource:
    """Return the functions of a row class with this Avro schema; names begin with a prefix."""
    names = SchemaNames(prefix)
    encoder, decoder = EncoderSource(names), DecoderSource(names)
    encoder.row(schema, row_type)
    decoder.row(schema, row_type)
    lines = [*encoder.lines, *decoder.lines]
    return FunctionSource(lines, names.constants, f"{prefix}encode_row", f"{prefix}decode_row")
