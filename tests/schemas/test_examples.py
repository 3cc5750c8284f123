"""The examples of events run as fixtures."""

import json
from pathlib import Path

import pytest

from schemas.catalog import EVENT_TYPES, load_schema, load_topics
from schemas.record import as_avro, record_of
from schemas.wire.registry import offline_codec

DIRECTORY = Path(__file__).parents[2] / "schemas" / "examples"
EXAMPLES = sorted(DIRECTORY.glob("*/*.json"))
CODEC = offline_codec()


def topic_of(event_name):
    return next(topic.name for topic in load_topics().values() if event_name in topic.events)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_example_comes_back_from_bytes_as_it_went_in(path):
    event_name = path.parent.name
    event = record_of(EVENT_TYPES[event_name], json.loads(path.read_text(encoding="utf-8")))
    topic = topic_of(event_name)
    value = CODEC.encode(topic, event)
    assert CODEC.decode(topic, value, None) == event
    assert CODEC.encode(topic, CODEC.decode(topic, value, None)) == value


@pytest.mark.parametrize("event_name", EVENT_TYPES)
def test_each_event_has_two_examples_at_least(event_name):
    assert len([path for path in EXAMPLES if path.parent.name == event_name]) >= 2


@pytest.mark.parametrize("event_name", EVENT_TYPES)
def test_schema_and_class_have_the_same_fields_each_with_a_doc(event_name):
    seen = 0

    def walk(schema, owner):
        nonlocal seen
        if isinstance(schema, list):
            for branch in schema:
                walk(branch, owner)
        elif isinstance(schema, dict):
            for field in schema.get("fields", []):
                seen += 1
                assert field.get("doc", "").strip(), f"{owner}.{field['name']} has no doc"
                walk(field["type"], field["name"])
            for inside in ("type", "items", "values"):
                if isinstance(schema.get(inside), dict | list):
                    walk(schema[inside], owner)

    schema = load_schema(event_name)
    walk(schema, event_name)
    assert seen
    assert schema["doc"].strip()
    named = {field["name"] for field in schema["fields"]}
    assert named == set(EVENT_TYPES[event_name]._fields)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_example_comes_back_from_a_record_as_it_went_in(path):
    plain = json.loads(path.read_text(encoding="utf-8"))
    made = as_avro(record_of(EVENT_TYPES[path.parent.name], plain))
    assert json.loads(json.dumps(made)) == plain


def test_what_was_told_before_a_field_was_added_has_its_default():
    plain = json.loads(EXAMPLES[0].read_text(encoding="utf-8"))
    kind = EVENT_TYPES[EXAMPLES[0].parent.name]
    least = {name: value for name, value in plain.items() if name not in kind._field_defaults}
    assert record_of(kind, least) == record_of(kind, {**kind._field_defaults, **least})


def test_a_field_that_is_missing_is_told():
    with pytest.raises(KeyError, match="scope"):
        record_of(EVENT_TYPES["DispatchSwitched"], {})
