"""What schemas, docs and bounds follow from a declaration, and that nothing is left undeclared."""

import fastavro
import pytest

from ops.documents import events
from schemas.asyncapi import document
from schemas.avro_schema import declared_schema, described_schema
from schemas.catalog import EVENT_TYPES, load_schema
from schemas.declared_fields import Field, fields_of
from schemas.docstrings import class_doc, field_docs
from schemas.fields import Items, Number, OneOf, Text


def records(kind, found=None):
    """Return a class and those of the records in it."""
    found = {} if found is None else found
    found[kind.__name__] = kind
    for field in fields_of(kind).values():
        inner = Field(field.items[-1]) if field.is_list else field
        if hasattr(inner.type, "_fields"):
            records(inner.type, found)
    return found


RECORDS = {
    name: kind for each in EVENT_TYPES.values() for name, kind in sorted(records(each).items())
}


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_the_newest_schema_that_is_kept_is_the_declared_one(name):
    assert load_schema(name) == declared_schema(EVENT_TYPES[name])


@pytest.mark.parametrize("name", RECORDS)
def test_each_field_has_a_doc_and_each_text_list_and_number_a_bound_or_a_form(name):
    kind = RECORDS[name]
    docs = field_docs(kind)
    assert class_doc(kind)
    for field_name, field in fields_of(kind).items():
        assert docs.get(field_name), f"{name}.{field_name} has no doc"
        parts = [field, *(Field(each) for each in field.items)] if field.is_list else [field]
        for part in parts:
            if part.type is str:
                assert part.find(Text) or part.find(OneOf), f"{name}.{field_name} has no bound"
            elif part.type in (int, float):
                assert part.find(Number), f"{name}.{field_name} is a number of no kind"
            elif part.is_list:
                assert part.find(Items), f"{name}.{field_name} has no bound"


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_what_readers_are_told_besides_leaves_the_schema_the_same(name):
    kind = EVENT_TYPES[name]
    canonical = fastavro.schema.to_parsing_canonical_form
    parsed = fastavro.parse_schema(described_schema(kind), named_schemas={})
    assert canonical(parsed) == canonical(declared_schema(kind))


def test_asyncapi_tells_bounds_units_and_what_tells_of_a_person():
    message = document()["components"]["messages"]["ComplaintFiled"]
    fields = {each["name"]: each for each in message["payload"]["schema"]["fields"]}
    assert fields["statement"]["type"] == {"type": "string", "maxLength": 20_000}
    assert fields["statement"]["personal"] == "text"
    assert fields["contact_email"]["personal"] == "contact"
    assert fields["complainant_id"]["personal"] == "identifier"
    assert "personal" not in fields["ground"]
    assert fields["evidence"]["type"]["maxItems"] == 300
    assert fields["filed_at_milliseconds"]["unit"] == "milliseconds since 1970-01-01, UTC"


def test_the_document_of_events_has_each_event_and_field():
    text = events.render()
    for name, kind in EVENT_TYPES.items():
        assert f"\n## {name}\n" in text
        for field in kind._fields:
            assert f"| `{field}` |" in text
    assert "| `evidence` | Evidence list | 300 items |  | Documents filed in support. |" in text
    assert "| `evidence.sha256` | text or null | 256 characters |  |" in text
