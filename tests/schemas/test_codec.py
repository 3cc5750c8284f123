"""Bytes in, events out, and clear reasons where that can't be."""

import json
import struct
from copy import deepcopy
from io import BytesIO
from uuid import UUID

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix import examples
from world import START, complaint, listing, trademark

from schemas.catalog import event_of, load_schema, load_topics
from schemas.record import as_avro
from schemas.wire.codec import Codec, DecodeError, SchemaRegistryUnavailable
from schemas.wire.hostile import without_logical_types
from schemas.wire.registry import NoSchemas, offline_codec, offline_ids

LISTINGS, COMPLAINTS = "ip.listings.events", "ip.complaints.events"
CODEC = offline_codec()
GOOD = CODEC.encode(LISTINGS, listing())


class Known:
    """A registry with given schemas that counts how often it was asked."""

    may_lag = False

    def __init__(self, by_id=None, by_guid=None, down=False):
        self.ids, self.guids, self.asked, self.down = by_id or {}, by_guid or {}, 0, down

    def by_id(self, schema_id):
        self.asked += 1
        if self.down:
            raise SchemaRegistryUnavailable("down")
        return self.ids.get(schema_id)

    def by_guid(self, guid):
        self.asked += 1
        return self.guids.get(guid)


def codec_with(source):
    events = [(t.name, event) for t in load_topics().values() for event in t.events]
    return Codec({each: number for number, each in enumerate(events, 1)}, source)


def body(schema, datum):
    buffer = BytesIO()
    parsed = fastavro.parse_schema(without_logical_types(schema), named_schemas={})
    fastavro.schemaless_writer(buffer, parsed, datum)
    return buffer.getvalue()


def refused(value, topic=LISTINGS, headers=None, codec=CODEC):
    with pytest.raises(DecodeError) as error:
        codec.decode(topic, value, headers)
    return error.value.reason_code


def test_the_prefix_is_confluents_magic_byte_and_schema_id():
    magic, schema_id = struct.unpack(">bI", GOOD[:5])
    assert magic == 0
    assert schema_id == 1


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "not_avro"),
        (b"\x00\x00", "not_avro"),
        (b"\x01" + GOOD[1:], "not_avro"),
        (b"\x00\xff\xff\xff\xff" + GOOD[5:], "unknown_schema_id"),
        (GOOD[:-1], "truncated"),
        (GOOD[:5], "truncated"),
        (GOOD + b"\x00", "trailing_bytes"),
        (GOOD.replace(b"Cutex", b"\xff\xfe\xfd\xfc\xfb"), "invalid_utf8"),
        (CODEC.encode(COMPLAINTS, complaint()), "unexpected_event"),
        (CODEC.encode(LISTINGS, listing(title="x" * 1_100_000)), "message_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_event_is_refused_with_a_reason(value, reason):
    assert refused(value) == reason


def test_a_topic_carries_only_its_events():
    with pytest.raises(KeyError):
        CODEC.encode(LISTINGS, complaint())


def test_the_guid_header_form_is_read():
    guid = UUID("6f1d2c3b-0000-4000-8000-000000000001")
    codec = codec_with(Known(by_guid={guid: load_schema("ListingChanged")}))
    headers = [("other", b"x"), ("__value_schema_id", b"\x01" + guid.bytes)]
    assert codec.decode(LISTINGS, GOOD[5:], headers) == listing()
    assert refused(GOOD[5:], headers=[("__value_schema_id", b"\x01short")]) == "unknown_schema_id"


def test_an_unknown_id_is_asked_for_once():
    source = Known()
    codec = codec_with(source)
    for _ in range(3):
        assert refused(b"\x00\x00\x00\x27\x0f" + GOOD[5:], codec=codec) == "unknown_schema_id"
    assert source.asked == 1


def test_a_registry_that_is_down_is_no_reason_for_a_dead_letter():
    codec = codec_with(Known(down=True))
    with pytest.raises(SchemaRegistryUnavailable):
        codec.decode(LISTINGS, b"\x00\x00\x00\x27\x0f" + GOOD[5:], None)


class MayLag(Known):
    """A registry that may be behind, and does not know a schema."""

    may_lag = True


def test_what_our_own_services_write_is_waited_for_and_never_passed_over():
    times = iter([0.0, 4.0, 6.0, 59.0, 70.0, *range(1_000, 2_000)])
    codec = Codec(offline_ids(), MayLag(), lambda: next(times))
    ours = [t for t in load_topics().values() if t.role not in ("input", "global_table")]
    for _ in range(5):
        for topic in ours:
            with pytest.raises(SchemaRegistryUnavailable):
                codec.decode(topic.name, b"\x00\x00\x00\x27\x0f" + GOOD[5:], None)
    assert refused(b"\x00\x00\x00\x27\x0f" + GOOD[5:], codec=codec) == "unknown_schema_id"
    newer_kind = codec_with(Known({9_999: {**load_schema("ListingChanged"), "name": "ip.Newer"}}))
    value = b"\x00\x00\x00\x27\x0f" + GOOD[5:]
    assert refused(value, "ip.decisions.events", codec=newer_kind) == "unknown_schema_id"


def test_a_newer_schema_with_one_more_field_is_read():
    newer = deepcopy(load_schema("ListingChanged"))
    newer["fields"].append({"name": "colour", "type": "string", "default": "", "doc": "new"})
    codec = codec_with(Known({9_999: newer}))
    value = struct.pack(">bI", 0, 9_999) + body(newer, {**as_avro(listing()), "colour": "red"})
    assert codec.decode(LISTINGS, value, None) == listing()


def test_an_older_schema_without_a_field_that_has_a_default_is_read():
    older = deepcopy(load_schema("ListingChanged"))
    [field] = [field for field in older["fields"] if field["name"] == "brand"]
    assert "default" in field
    older["fields"].remove(field)
    codec = codec_with(Known({9_999: older}))
    value = struct.pack(">bI", 0, 9_999) + body(older, as_avro(listing(brand="Cutex")))
    assert codec.decode(LISTINGS, value, None) == listing(brand=None)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "record", "name": "ListingChanged", "fields": [{"name": "a", "type": "nonsense"}]},
        {"type": "record", "name": "ListingChanged", "fields": "none"},
        {"type": "record", "name": "ListingChanged"},
        {
            "type": "record",
            "name": "ListingChanged",
            "fields": [{"name": "a", "type": {"type": "array", "items": "null"}}],
        },
        {
            "type": "record",
            "name": "ListingChanged",
            "fields": [{"name": "a", "type": ["null", "ListingChanged"]}],
        },
    ],
)
def test_a_schema_that_is_broken_or_hostile_is_refused_and_remembered(schema):
    source = Known({9_999: schema})
    codec = codec_with(source)
    for _ in range(2):
        assert refused(b"\x00\x00\x00\x27\x0f" + GOOD[5:], codec=codec) == "hostile_schema"
    assert source.asked == 1


def test_headers_are_cloudevents_and_the_same_event_has_the_same_id():
    headers = dict(CODEC.headers(complaint(), "listing-1", START))
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_type"] == b"ip.ComplaintFiled"
    assert headers["ce_subject"] == b"listing-1"
    assert headers["ce_time"] == b"2023-11-14T22:13:20.000Z"
    assert headers == dict(CODEC.headers(complaint(), "listing-1", START))


def test_two_states_of_a_mark_recorded_together_have_two_ids():
    ids = {
        dict(CODEC.headers(mark, "US:76044902", START))["ce_id"]
        for mark in (trademark(), trademark(status="cancelled"))
    }
    assert len(ids) == 2


@settings(max_examples=examples(400))
@given(st.binary(max_size=300), st.booleans())
def test_noise_is_refused_and_nothing_else_comes_out(noise, prefixed):
    value = GOOD[:5] + noise if prefixed else noise
    try:
        CODEC.decode(LISTINGS, value, None)
    except DecodeError as error:
        assert error.reason_code


@settings(max_examples=examples(400))
@given(st.integers(5, len(GOOD) - 1), st.integers(0, 255), st.integers(0, 400))
def test_a_changed_byte_or_a_cut_gives_an_event_or_a_reason(at, byte, length):
    value = (GOOD[:at] + bytes([byte]) + GOOD[at + 1 :])[: max(length, 6)]
    try:
        event = CODEC.decode(LISTINGS, value, None)
    except DecodeError as error:
        assert error.reason_code
    else:
        assert CODEC.encode(LISTINGS, event)


def test_an_array_that_claims_more_than_there_is_does_not_fill_memory():
    claims = b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f"
    plain = listing(nice_classes=(), territories=())
    value = CODEC.encode(LISTINGS, plain)
    for at in range(5, len(value)):
        try:
            CODEC.decode(LISTINGS, value[:at] + claims + value[at + 1 :], None)
        except DecodeError as error:
            assert error.reason_code


def test_no_schemas_knows_nothing():
    assert NoSchemas().by_id(1) is None
    assert NoSchemas().by_guid(UUID(int=1)) is None
    assert json.dumps(load_schema("ListingChanged"))


def test_fields_of_an_unknown_event_are_refused_as_the_outbox_expects():
    with pytest.raises(KeyError, match="NoEvent"):
        event_of("NoEvent", {})
