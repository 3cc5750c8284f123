"""The newest Avro schema of each event, as schemas/avro keeps it."""

import json
from typing import Any

from schemas.avro_schema import declared_schema
from schemas.catalog import EVENT_TYPES, CatalogInvalid, load_versions


def schemas() -> dict[str, str]:
    """Return the text of each event's newest schema by path, as it follows from the declaration.

    Where more than words about it changed, it is a new version: those that were published stay.
    """
    return dict(_newest(name, declared_schema(kind)) for name, kind in EVENT_TYPES.items())


def _newest(name: str, declared: dict[str, Any]) -> tuple[str, str]:
    try:
        versions = load_versions(name)
    except CatalogInvalid:
        versions = []
    number = len(versions)
    if not versions or _bare(versions[-1]) != _bare(declared):
        number += 1
    text = json.dumps(declared, indent=2, ensure_ascii=False) + "\n"
    return f"schemas/avro/{name}.v{number}.avsc", text


def _bare(schema: Any) -> Any:
    """Return a schema without its docs."""
    if isinstance(schema, dict):
        return {name: _bare(value) for name, value in schema.items() if name != "doc"}
    return [_bare(each) for each in schema] if isinstance(schema, list) else schema
