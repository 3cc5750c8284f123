"""All events for readers: topics, keys, and each field with its bound, unit and meaning."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from schemas.catalog import EVENT_TYPES
from schemas.declaration import declaration_of, key_words
from schemas.declared_fields import Field, fields_of
from schemas.docstrings import class_doc, field_docs
from schemas.fields import Number


def render() -> str:
    """Return the document as Markdown."""
    parts = ["# Events\n"]
    for name in sorted(EVENT_TYPES):
        parts += _event(EVENT_TYPES[name])
    return "\n".join(parts)


def _event(kind: type[Any]) -> Iterator[str]:
    declared = declaration_of(kind)
    topics = ", ".join(f"`{topic}`" for topic in declared.topics)
    key = f" Key: {' or '.join(key_words(declared.key))}." if declared.key else ""
    yield f"## {kind.__name__}\n\n{class_doc(kind)} On {topics}.{key}\n"
    yield "| field | type | bound | personal | meaning |\n|---|---|---|---|---|"
    yield "".join(f"{row}\n" for row in _rows(kind, ""))


def _rows(kind: Any, within: str) -> Iterator[str]:
    docs = field_docs(kind)
    for name, field in fields_of(kind).items():
        inner = Field(field.items[-1]) if field.is_list else field
        shown = _type_name(inner) + (" list" if field.is_list else "")
        shown += " or null" if field.optional else ""
        bound = ", ".join(_words(each) for each in dict.fromkeys((field, inner)) if each.bounds())
        cells = (f"`{within}{name}`", shown, bound, field.personal or "", docs.get(name, ""))
        yield f"| {' | '.join(cells)} |"
        if hasattr(inner.type, "_fields"):
            yield from _rows(inner.type, f"{within}{name}.")


def _type_name(field: Field) -> str:
    number = field.find(Number)
    if number is not None:
        return str(number.unit or number.avro)
    if get_origin(field.type) is Literal:
        return ", ".join(get_args(field.type))
    names = {str: "text", bool: "true or false"}
    return names.get(field.type) or str(field.type.__name__)


def _words(field: Field) -> str:
    bounds = field.bounds()
    names = {"maxLength": "characters", "maxItems": "items"}
    return ", ".join(
        f"{bound:,} {names[name]}" if name in names else f"{name} {bound:,}"
        for name, bound in bounds.items()
        if name != "minLength"
    )
