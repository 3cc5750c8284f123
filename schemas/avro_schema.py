"""The Avro schema of an event, from its declaration alone.

Readers take a list or map that is missing for empty, an optional value for null, and others for the
field's default; a word that they don't know for `other` or `unknown` where there is such a word.
"""

import sys
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal, get_args, get_origin

from schemas.catalog import EVENT_TYPES
from schemas.declared_fields import Field, fields_of
from schemas.docstrings import class_doc, field_docs, name_docs
from schemas.fields import Mandatory, Number, Unknown

NAMESPACE: Final = "ip"
_SIMPLE: Final[dict[Any, str]] = {str: "string", bool: "boolean"}
_UNKNOWN_WORDS: Final = ("other", "unknown")
_FORMER_NAMES: Final = {"ConductRole": ("PartyRole",)}
"""Names of enumerations in schemas from before, by which readers of today know them."""
_MISSING: Final = object()


def declared_schema(kind: type[Any]) -> dict[str, Any]:
    """Return the Avro schema that follows from an event's class."""
    schema: dict[str, Any] = _Writer().record(kind)
    return schema


def described_schema(kind: type[Any]) -> dict[str, Any]:
    """Return an event's schema for readers: with bounds, units, and what tells of a person.

    Avro passes by attributes that it does not know, so it is the same schema.
    """
    schema: dict[str, Any] = _Writer(described=True).record(kind)
    return schema


class _Writer:
    def __init__(self, *, described: bool = False) -> None:
        self._written: set[str] = set()
        self._described = described

    def record(self, kind: Any) -> Any:
        name = kind.__name__
        if name in self._written:
            return f"{NAMESPACE}.{name}"
        self._written.add(name)
        docs = field_docs(kind)
        fields = [self._field(kind, each, field, docs) for each, field in fields_of(kind).items()]
        written = {"type": "record", "name": name, "namespace": NAMESPACE}
        return {**written, "doc": class_doc(kind), "fields": fields}

    def _field(
        self, kind: type[Any], name: str, field: Field, docs: Mapping[str, str]
    ) -> dict[str, Any]:
        schema = self._value(field)
        written = {"name": name, "type": ["null", schema] if field.optional else schema}
        if name in docs:
            written["doc"] = docs[name]
        default = _default(kind, name, field)
        if default is not _MISSING:
            written["default"] = default
        if self._described:
            personal, unit = field.personal, field.unit
            written |= {"personal": personal} if personal else {}
            written |= {"unit": unit} if unit else {}
        return written

    def _value(self, field: Field) -> Any:
        kind = field.type
        number = field.find(Number)
        schema: Any
        if number is not None:
            is_time = number.avro.startswith("timestamp")
            schema = {"type": "long", "logicalType": number.avro} if is_time else number.avro
        elif kind in _SIMPLE:
            schema = _SIMPLE[kind]
        elif get_origin(kind) is Literal:
            schema = self._enumeration(kind, field.find(Unknown))
        elif field.is_list:
            of = ("array", "items") if get_origin(kind) is tuple else ("map", "values")
            schema = {"type": of[0], of[1]: self._value(Field(field.items[-1]))}
        else:
            schema = self.record(kind)
        bounds = field.bounds() if self._described else {}
        if not bounds:
            return schema
        return {**(schema if isinstance(schema, dict) else {"type": schema}), **bounds}

    def _enumeration(self, words: Any, unknown: Unknown | None) -> Any:
        name, doc = _enumerations()[words]
        if name in self._written:
            return f"{NAMESPACE}.{name}"
        self._written.add(name)
        symbols = list(get_args(words))
        aliases = {"aliases": list(_FORMER_NAMES[name])} if name in _FORMER_NAMES else {}
        written = {"type": "enum", "name": name, **aliases, "symbols": symbols, "doc": doc}
        known = [word for word in _UNKNOWN_WORDS if word in symbols]
        default = unknown.word if unknown else next(iter(known), None)
        return written if default is None else {**written, "default": default}


def _default(kind: type[Any], name: str, field: Field) -> Any:
    """Return a field's default as Avro has it."""
    if field.find(Mandatory) is not None:
        return _MISSING
    if field.optional:
        return None
    if field.is_list:
        return [] if get_origin(field.type) is tuple else {}
    defaults: dict[str, Any] = kind._field_defaults
    return defaults.get(name, _MISSING)


@cache
def _enumerations() -> dict[Any, tuple[str, str]]:
    """Return name and doc of each enumeration. Errors: TypeError where two have the same words."""
    found: dict[Any, tuple[str, str]] = {}
    for module_name in sorted({kind.__module__ for kind in EVENT_TYPES.values()}):
        module = sys.modules[module_name]
        docs = name_docs(module)
        for name, value in vars(module).items():
            if name in docs and get_origin(value) is Literal:
                if value in found:
                    raise TypeError(f"{found[value][0]} and {name} have the same words")
                found[value] = (name, docs[name])
    return found
