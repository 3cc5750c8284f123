"""Encoders and decoders of our own events: plain Python made from schema and class.

They go between bytes and events without dicts in between. What is out of the ordinary in a value or
a body they don't judge: they raise one of UNUSUAL, and the caller asks fastavro, which either
manages or says what is wrong. What they do accept, they write and read as fastavro does.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, NamedTuple

from schemas.wire import primitives
from schemas.wire.function_source import FunctionSource, event_source, row_source
from schemas.wire.module_source import PRIMITIVES, fingerprint
from schemas.wire.primitives import UNUSUAL
from schemas.wire.schema_names import SchemaNames
from schemas.wire.skim_source import SkimSource

__all__ = [
    "UNUSUAL",
    "EventFunctions",
    "RowFunctions",
    "event_functions",
    "first_fields",
    "row_functions",
    "some_fields",
]

COMPILED_MODULE: Final = "schemas.wire.compiled"
"""Has the same functions as machine code; it is there in the compiled build only."""

Pieces = Mapping[int, bytes]
"""The bytes of records by their `id`; of use while the row that holds the records is."""


_NAMES: Final[dict[str, Any]] = {
    "Any": Any,
    **{name: getattr(primitives, name) for name in PRIMITIVES},
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
    made = _compiled("EVENTS", event_type, schema)
    return EventFunctions(*(made or _made(event_source(event_type, schema))))


def row_functions(row_type: type[Any], schema: dict[str, Any]) -> RowFunctions:
    """Return the functions of a row class with this Avro schema."""
    made = _compiled("ROWS", row_type, schema)
    return RowFunctions(*(made or _made(row_source(row_type, schema))))


def some_fields(schema: dict[str, Any], part: type[Any]) -> Callable[[bytes, int], Any]:
    """Return what reads from bytes and a body's start the fields that a class has in common with
    the schema, and checks the others. Errors: UNUSUAL."""
    names = SchemaNames()
    source = SkimSource(names)
    source.record(schema, part)
    skim: Callable[[bytes, int], Any] = _run(source.lines, names.constants)["skim"]
    return skim


def first_fields(schema: dict[str, Any], part: type[Any]) -> Callable[[bytes, int], Any]:
    """Return what reads the same of bytes that were checked before: it goes no further than the
    last of these fields. Errors: UNUSUAL."""
    names = SchemaNames()
    source = SkimSource(names)
    source.beginning(schema, part)
    skim: Callable[[bytes, int], Any] = _run(source.lines, names.constants)["skim"]
    return skim


def _made(source: FunctionSource) -> tuple[Any, Any]:
    space = _run(source.lines, source.constants)
    return space[source.encode], space[source.decode]


def _run(lines: list[str], constants: dict[str, Any]) -> dict[str, Any]:
    space = {**_NAMES, **constants}
    # The text is made of our own schemas' names only.
    exec("\n".join(lines), space)  # noqa: S102
    return space


def _compiled(table: str, kind: type[Any], schema: dict[str, Any]) -> tuple[Any, Any] | None:
    """Return a class's functions as compiled for just this schema, if they are installed."""
    if find_spec(COMPILED_MODULE) is None:
        return None
    functions: dict[Any, tuple[str, Any, Any]] = getattr(import_module(COMPILED_MODULE), table)
    found = functions.get(kind)
    if found is None or found[0] != fingerprint(schema):
        return None
    return found[1:]
