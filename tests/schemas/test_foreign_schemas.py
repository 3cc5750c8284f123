"""Schemas of others: what is certain is kept, what may pass is asked again, and nothing escapes."""

import struct

import httpx
import pytest
from world import listing

from schemas.catalog import load_schema, load_topics
from schemas.wire.codec import Codec, DecodeError
from schemas.wire.foreign_schemas import (
    AWAITED_IDS,
    LAG_SECONDS,
    MAXIMUM_KNOWN,
    UNKNOWN_SECONDS,
    ForeignSchemas,
    SchemaRefused,
    SchemaRegistryUnavailable,
    SchemaUnusable,
)
from schemas.wire.registry import SchemaRegistry, offline_codec

LISTINGS = "ip.listings.events"
GOOD = offline_codec().encode(LISTINGS, listing())[5:]
OURS = load_schema("ListingChanged")


class Registry:
    """A registry that knows some schemas, on a clock that a test moves on."""

    def __init__(self, may_lag=True):
        self.now, self.asked, self.schemas = 0.0, 0, {}
        self.foreign = ForeignSchemas(lambda schema: schema["name"], may_lag, lambda: self.now)

    def ask(self, schema_id):
        def look_up():
            self.asked += 1
            return self.schemas.get(schema_id)

        try:
            return self.foreign.reader(schema_id, look_up)
        except SchemaRegistryUnavailable:
            return "waits"
        except SchemaUnusable as error:
            return error.reason_code


def test_ten_thousand_unknown_ids_do_not_stand_in_the_way_of_a_new_schema():
    registry = Registry(may_lag=False)
    registry.schemas = {"new": {"name": "known"}, "other": {"name": "known"}}
    assert registry.ask("other") == "known"
    for number in range(2 * MAXIMUM_KNOWN):
        assert registry.ask(number) == "unknown_schema_id"
        if number % 1_000 == 0:
            assert registry.ask("other") == "known"
    assert registry.ask("new") == "known"
    assert registry.asked == 2 * MAXIMUM_KNOWN + 2
    assert len(registry.foreign._known) == MAXIMUM_KNOWN


def test_a_schema_that_lags_behind_is_waited_for():
    registry = Registry()
    assert registry.ask(7) == "waits"
    registry.now = LAG_SECONDS / 2
    assert registry.ask(7) == "waits"
    registry.schemas[7] = {"name": "known"}
    assert registry.ask(7) == "known"


def test_an_id_that_stays_unknown_is_so_for_a_while_and_then_looked_up_again():
    registry = Registry()
    assert registry.ask(7) == "waits"
    registry.now = LAG_SECONDS
    assert registry.ask(7) == "unknown_schema_id"
    asked = registry.asked
    registry.now += UNKNOWN_SECONDS - 1
    assert registry.ask(7) == "unknown_schema_id"
    assert registry.asked == asked
    registry.schemas[7] = {"name": "known"}
    registry.now += 1
    assert registry.ask(7) == "known"


def test_an_id_that_was_unknown_is_not_waited_for_again():
    registry = Registry()
    registry.ask(7)
    registry.now = LAG_SECONDS
    assert registry.ask(7) == "unknown_schema_id"
    registry.now += UNKNOWN_SECONDS
    assert registry.ask(7) == "unknown_schema_id"


def test_whoever_names_many_ids_makes_others_wait_for_a_few_of_them_only():
    registry = Registry()
    waited = [number for number in range(10_000) if registry.ask(number) == "waits"]
    assert waited == list(range(AWAITED_IDS))


def answering(status, content, media="application/json"):
    """Return a client of a registry that answers everything alike."""
    client = SchemaRegistry("http://registry.invalid")
    client._client = httpx.Client(
        base_url="http://registry.invalid",
        transport=httpx.MockTransport(
            lambda _request: httpx.Response(
                status, content=content, headers={"Content-Type": media}
            )
        ),
    )
    return client


NOT_FOUND = b'{"error_code": 40403, "message": "Schema not found"}'
PASSING = [
    *((status, NOT_FOUND) for status in (301, 400, 401, 403, 407, 408, 425, 429, 500, 502, 503)),
    (200, b""),
    (200, b"<html>sign in</html>"),
    (404, b"<html>no such page</html>"),
    (404, b""),
    (404, b"{}"),
    (200, b"[]"),
    (200, b"null"),
    (200, b'{"schema": null}'),
    (200, b'{"schema": 7}'),
    (200, b"{}"),
    (200, b'"schema"'),
    (200, b"\xff\xfe"),
    (200, b"[" * 100_000),
]


@pytest.mark.parametrize(("status", "content"), PASSING)
def test_what_may_pass_is_no_answer(status, content):
    client = answering(status, content, "text/html" if content[:1] == b"<" else "application/json")
    codec = Codec(IDS, client)
    for _ in range(2):
        with pytest.raises(SchemaRegistryUnavailable):
            codec.decode(LISTINGS, record_of(9_999), None)
    with pytest.raises((SchemaRegistryUnavailable, SchemaRefused)):
        client.register("subject", OURS)
    with pytest.raises((SchemaRegistryUnavailable, SchemaRefused)):
        client.look_up("subject", OURS)


IDS = {(t.name, event): number for number, (t, event) in enumerate(
    ((t, event) for t in load_topics().values() for event in t.events), 1
)}  # fmt: skip


def record_of(schema_id):
    return struct.pack(">bI", 0, schema_id) + GOOD


class Source:
    """A registry with one schema, which it may not know yet."""

    may_lag = False

    def __init__(self, schema):
        self.schema, self.asked = schema, 0

    def by_id(self, _schema_id):
        self.asked += 1
        return self.schema

    by_guid = by_id


def field(kind, **more):
    return {"name": "f", "type": kind, **more}


def of_fields(*fields, **more):
    return {"type": "record", "name": "ListingChanged", "fields": list(fields), **more}


ODD = [
    of_fields("f"),
    of_fields(None),
    of_fields(7),
    of_fields(["f"]),
    of_fields({}),
    of_fields({"name": "f"}),
    of_fields({"type": "int"}),
    of_fields(field(None)),
    of_fields(field(7)),
    of_fields(field({})),
    of_fields(field([])),
    of_fields(field([[]])),
    of_fields(field(["int", "int"])),
    of_fields(field([["int"]])),
    of_fields(field({"type": "fixed", "name": "F"})),
    of_fields(field({"type": "fixed", "name": "F", "size": "many"})),
    of_fields(field({"type": "fixed", "name": "F", "size": float("inf")})),
    of_fields(field({"type": "fixed", "name": "F", "size": float("nan")})),
    of_fields(field({"type": "fixed", "name": "F", "size": -1})),
    of_fields(field({"type": "fixed", "name": "F", "size": 10**30})),
    of_fields(field({"type": "fixed", "name": "F", "size": [1]})),
    of_fields(field({"type": "enum", "name": "E"})),
    of_fields(field({"type": "enum", "name": "E", "symbols": 7})),
    of_fields(field({"type": "enum", "name": "E", "symbols": [7, {}]})),
    of_fields(field({"type": "enum", "name": "E", "symbols": []})),
    of_fields(field({"type": "enum", "name": "E", "symbols": ["A", "A"]})),
    of_fields(field({"type": "enum", "name": "E", "symbols": ["A"], "default": "B"})),
    of_fields(field({"type": "array"})),
    of_fields(field({"type": "map"})),
    of_fields(field({"type": "array", "items": 7})),
    of_fields(field({"type": "record", "name": None, "fields": []})),
    of_fields(field({"type": "record", "name": {"a": 1}, "fields": []})),
    of_fields(field({"type": "record", "name": "", "fields": []})),
    of_fields(field({"type": "record", "name": ".", "fields": []})),
    of_fields(field({"type": "record", "name": "ListingChanged", "fields": []})),
    of_fields(field({"type": {"type": {"type": {"type": "int"}}}})),
    of_fields(field("int", aliases=7)),
    of_fields(field("int", aliases=[{}])),
    of_fields(field("int", default={})),
    of_fields(field("int", order=[])),
    of_fields(field("int"), field("int")),
    of_fields(field("int", name=7)),
    of_fields(field("int", name=["f"])),
    of_fields(field("int"), namespace=7),
    of_fields(field("int"), namespace=["a"]),
    of_fields(field("int"), namespace={}),
    of_fields(field("int"), aliases={"a": 1}),
    of_fields(field("\ud800")),
    of_fields(field({"type": "bytes", "logicalType": "decimal", "precision": "x"})),
    of_fields(field({"type": "bytes", "logicalType": "decimal", "scale": 10**9})),
    of_fields(field({"type": "int", "logicalType": []})),
    {"type": "record", "name": "ListingChanged", "fields": {}},
    {"type": "record", "name": "ListingChanged", "fields": "f"},
    {"type": "enum", "name": "ListingChanged", "symbols": ["A"]},
    {"type": "fixed", "name": "ListingChanged", "size": 3},
    {"type": "error", "name": "ListingChanged", "fields": []},
    {"type": ["record"], "name": "ListingChanged"},
    {"type": {"type": "record"}, "name": "ListingChanged"},
    {"type": None, "name": "ListingChanged"},
    {"name": "ListingChanged"},
    {"name": ["ListingChanged"]},
    {"name": None},
    {},
]


@pytest.mark.parametrize("schema", ODD, ids=lambda schema: repr(schema)[-60:])
def test_an_odd_schema_is_a_reason_and_nothing_else(schema):
    source = Source(schema)
    codec = Codec(IDS, source)
    for _ in range(2):
        with pytest.raises(DecodeError) as caught:
            codec.decode(LISTINGS, record_of(9_999), None)
        assert caught.value.reason_code
    assert source.asked == 1


def test_an_id_that_no_registry_gives_is_not_looked_up():
    source = Source(OURS)
    with pytest.raises(DecodeError, match="unknown_schema_id"):
        Codec(IDS, source).decode(LISTINGS, b"\x00\xff\xff\xff\xff" + GOOD, None)
    assert source.asked == 0
