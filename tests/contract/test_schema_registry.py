"""What is relied on of a schema registry: of the real one, and of the one without any schemas."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from copy import deepcopy
from uuid import uuid4

import pytest
from world import listing

from schemas.catalog import EVENT_TYPES, load_schema, load_topics, load_versions, subject_of
from schemas.wire.foreign_schemas import SchemaRefused, SchemaRegistryUnavailable
from schemas.wire.registry import NoSchemas, SchemaRegistry, connect, offline_codec

LISTINGS = "ip.listings.events"


@pytest.fixture
def registry(schema_registry):
    client = SchemaRegistry(schema_registry.address)
    yield client
    client.close()


@pytest.fixture(params=["real", "none"])
def source(request):
    """Anything that the codec may look schemas up in."""
    return request.getfixturevalue("registry") if request.param == "real" else NoSchemas()


@pytest.fixture(params=["real", "offline"])
def codec(request):
    if request.param == "offline":
        return offline_codec()
    return connect(request.getfixturevalue("schema_registry").address, register=True)


def test_what_is_not_registered_is_none(source):
    assert source.by_id(99_999_999) is None
    assert source.by_guid(uuid4()) is None


def test_a_codec_reads_what_it_wrote(codec):
    value = codec.encode(LISTINGS, listing())
    assert value[0] == 0
    assert codec.decode(LISTINGS, value, codec.headers(listing(), "listing-1", 0)) == listing()


def test_another_process_reads_by_the_registered_id(schema_registry):
    writer = connect(schema_registry.address, register=True)
    reader = connect(schema_registry.address, register=False)
    value = writer.encode(LISTINGS, listing())
    assert reader.decode(LISTINGS, value, None) == listing()
    registry = SchemaRegistry(schema_registry.address)
    found = registry.by_id(int.from_bytes(value[1:5], "big"))
    assert found is not None
    assert found["name"] == "ListingChanged"


def test_services_that_register_at_the_same_time_get_the_same_id(schema_registry):
    schema = load_schema("ListingChanged")

    def register(subject):
        client = SchemaRegistry(schema_registry.address)
        with closing(client):
            return client.register(subject, schema)

    with ThreadPoolExecutor(6) as services:
        for _ in range(20):
            found = set(services.map(register, [f"at-once-{uuid4()}"] * 6))
            assert len(found) == 1


def test_registering_again_gives_the_same_id(registry):
    subject = f"again-{uuid4()}"
    schema = load_schema("ListingChanged")
    assert registry.register(subject, schema) == registry.register(subject, schema)
    assert registry.look_up(subject, schema) == registry.register(subject, schema)


def test_what_was_never_registered_is_refused_on_looking_up(registry):
    with pytest.raises(SchemaRefused, match="not registered"):
        registry.look_up(f"never-{uuid4()}", load_schema("ListingChanged"))


@pytest.mark.parametrize("event_name", EVENT_TYPES)
def test_all_versions_of_a_schema_are_accepted_one_after_the_other(registry, event_name):
    for topic in load_topics().values():
        if event_name in topic.events:
            subject = f"{subject_of(topic.name, event_name)}-{uuid4()}"
            for schema in load_versions(event_name):
                registry.register(subject, schema)


def without_field(schema, name):
    schema["fields"] = [field for field in schema["fields"] if field["name"] != name]


def with_field(schema, field):
    schema["fields"].append(field)


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        (lambda s: with_field(s, {"name": "new", "type": "string"}), False),
        (lambda s: with_field(s, {"name": "new", "type": "string", "default": ""}), True),
        (lambda s: without_field(s, "title"), True),
        (lambda s: s["fields"][0].update(type="int"), False),
        (lambda s: s["fields"][0].update(name="renamed"), False),
    ],
    ids=["field-without-default", "field-with-default", "field-gone", "other-type", "renamed"],
)
def test_a_schema_that_cannot_read_what_was_written_before_is_refused(registry, change, accepted):
    subject = f"backward-{uuid4()}"
    registry.register(subject, load_schema("ListingChanged"))
    changed = deepcopy(load_schema("ListingChanged"))
    change(changed)
    assert registry.is_compatible(subject, changed) == accepted
    if accepted:
        registry.register(subject, changed)
    else:
        with pytest.raises(SchemaRefused):
            registry.register(subject, changed)


def test_a_registry_that_does_not_answer_is_told_apart_from_an_unknown_schema():
    nobody = SchemaRegistry("http://127.0.0.1:9")
    with pytest.raises(SchemaRegistryUnavailable):
        nobody.by_id(1)
