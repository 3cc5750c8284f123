"""The source of a module with the functions of all events and rows, for the compiled build.

`schemas.wire.generated` uses the module where it is installed, and makes functions where it is not.
"""

import json
from hashlib import sha256
from typing import Any

from schemas.catalog import EVENT_TYPES, load_schema
from schemas.wire.function_source import FunctionSource, event_source, row_source

PRIMITIVES = (
    "END",
    "FALSE",
    "LONGS",
    "NULL",
    "SOME_TEXTS",
    "TEXTS",
    "TEXT_ARRAYS",
    "TRUE",
    "VALUE",
    "UnusualValue",
    "length_after",
    "new",
    "number_after",
    "pack",
    "time_at",
    "unpack",
    "unusual",
)
"""What generated functions use of `schemas.wire.primitives`."""


def fingerprint(schema: dict[str, Any]) -> str:
    """Return what tells a schema from others."""
    return sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()


def module_source(row_types: tuple[type[Any], ...]) -> str:
    """Return the module's text: for each class the fingerprint of its schema and two functions."""
    imports = [
        "from typing import Any, Final",
        f"from schemas.wire.primitives import {', '.join(PRIMITIVES)}",
    ]
    lines: list[str] = []
    tables: dict[str, list[str]] = {"EVENTS": [], "ROWS": []}

    def add(table: str, kind: type[Any], source: FunctionSource, prefix: str) -> None:
        for name, constant in source.constants.items():
            if isinstance(constant, type):
                imports.append(f"from {constant.__module__} import {constant.__name__} as {name}")
            else:
                lines.append(f"{name}: Final[dict[Any, Any]] = {constant!r}")
        lines.extend(source.lines)
        found = fingerprint(load_schema(kind.__name__))
        name = f"{prefix}{kind.__name__}"
        tables[table].append(f"    {name}: ({found!r}, {source.encode}, {source.decode}),")

    for number, kind in enumerate(EVENT_TYPES.values()):
        prefix = f"e{number}_"
        add("EVENTS", kind, event_source(kind, load_schema(kind.__name__), prefix), prefix)
    for number, kind in enumerate(row_types):
        prefix = f"r{number}_"
        add("ROWS", kind, row_source(kind, load_schema(kind.__name__), prefix), prefix)
    for table, entries in tables.items():
        lines += [f"{table}: Final[dict[Any, tuple[str, Any, Any]]] = {{", *entries, "}"]
    return "\n".join([*imports, *lines, ""])
