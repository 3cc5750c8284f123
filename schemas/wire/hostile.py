"""Schemas that could kill or fill the process are refused when they are loaded.

fastavro 1.13.1 dies of a value of a recursive type that is 10,000 deep, and makes 3,000,000 items
of five bytes where items take no bytes. Neither shape is needed, so neither is let in.
"""

from typing import Any

MAXIMUM_DEPTH = 16
MAXIMUM_NODES = 2_000
PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})


class HostileSchema(Exception):
    """A schema is refused; the message says why."""


def check_schema(schema: Any) -> None:
    """Refuse a schema that is recursive, too deep, too large, or has items without bytes.

    Errors: HostileSchema.
    """
    _Check().visit(schema, "", 0, ())


def without_logical_types(schema: Any) -> Any:
    """Return a copy of a schema whose values are read as plain numbers and strings."""
    if isinstance(schema, list):
        return [without_logical_types(branch) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    copied = {
        name: without_logical_types(value)
        if name in ("type", "items", "values", "fields")
        else value
        for name, value in schema.items()
        if name != "logicalType"
    }
    if "logicalType" in schema and set(copied) == {"type"}:
        return copied["type"]
    return copied


class _Check:
    def __init__(self) -> None:
        self._nodes = 0
        self._takes_bytes: dict[str, bool] = {}

    def visit(self, schema: Any, namespace: str, depth: int, within: tuple[str, ...]) -> bool:
        """Check a schema; give whether each of its values takes at least one byte."""
        self._nodes += 1
        if self._nodes > MAXIMUM_NODES:
            raise HostileSchema(f"more than {MAXIMUM_NODES} parts")
        if depth > MAXIMUM_DEPTH:
            raise HostileSchema(f"deeper than {MAXIMUM_DEPTH}")
        if isinstance(schema, str):
            return self._named(schema, namespace, within)
        if isinstance(schema, list):
            for branch in schema:
                self.visit(branch, namespace, depth + 1, within)
            return True
        if not isinstance(schema, dict) or "type" not in schema:
            raise HostileSchema("not a schema")
        return self._complex(schema, namespace, depth, within)

    def _named(self, name: str, namespace: str, within: tuple[str, ...]) -> bool:
        if name in PRIMITIVES:
            return name != "null"
        full = name if "." in name or not namespace else f"{namespace}.{name}"
        if full in within:
            raise HostileSchema(f"{full} is recursive")
        if full not in self._takes_bytes:
            raise HostileSchema(f"{full} is not defined")
        return self._takes_bytes[full]

    def _complex(
        self, schema: dict[str, Any], namespace: str, depth: int, within: tuple[str, ...]
    ) -> bool:
        kind = schema["type"]
        if kind in ("array", "map"):
            item = schema.get("items" if kind == "array" else "values")
            if not self.visit(item, namespace, depth + 1, within):
                raise HostileSchema(f"items of an {kind} that take no bytes")
            return True
        if kind in ("record", "error", "enum", "fixed"):
            return self._define(schema, namespace, depth, within)
        return self.visit(kind, namespace, depth + 1, within)

    def _define(
        self, schema: dict[str, Any], namespace: str, depth: int, within: tuple[str, ...]
    ) -> bool:
        name = str(schema.get("name", ""))
        space = schema.get("namespace", namespace)
        full = name if "." in name or not space else f"{space}.{name}"
        if schema["type"] == "enum":
            takes = True
        elif schema["type"] == "fixed":
            takes = int(schema.get("size", 0)) > 0
        else:
            fields = schema.get("fields")
            if not isinstance(fields, list):
                raise HostileSchema(f"{full} has no fields")
            inner = (*within, full)
            sizes = [self.visit(f.get("type"), space, depth + 1, inner) for f in fields]
            takes = any(sizes)
        self._takes_bytes[full] = takes
        return takes
