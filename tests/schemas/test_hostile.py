"""Schemas that kill or fill a process: what they do unguarded, and that they are refused."""

import subprocess
import sys
from copy import deepcopy

import pytest

from schemas.catalog import EVENT_TYPES, load_schema
from schemas.wire.hostile import HostileSchema, check_schema, without_logical_types

RECURSIVE = {
    "type": "record",
    "name": "Node",
    "fields": [{"name": "next", "type": ["null", "Node"]}],
}
NOTHINGS = {"type": "array", "items": "null"}

DIES = """
import fastavro, io, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
schema = fastavro.parse_schema({recursive!r})
fastavro.schemaless_reader(io.BytesIO(bytes([2]) * 1_000_000 + bytes([0])), schema, None)
"""

EXPANDS = """
import fastavro, io
schema = fastavro.parse_schema({nothings!r})
value = bytes([0x80, 0x9b, 0xee, 0x02, 0x00])
print(len(fastavro.schemaless_reader(io.BytesIO(value), schema, None)))
"""


def run(text):
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)


def test_unguarded_a_deep_value_of_a_recursive_type_ends_the_process():
    ended = run(DIES.format(recursive=RECURSIVE))
    assert ended.returncode < 0 or "RecursionError" in ended.stderr


def test_unguarded_five_bytes_become_three_million_items():
    assert run(EXPANDS.format(nothings=NOTHINGS)).stdout.strip() == "3000000"


def nested(depth):
    schema = "string"
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    return schema


def record(name, field_type):
    return {"type": "record", "name": name, "fields": [{"name": "f", "type": field_type}]}


@pytest.mark.parametrize(
    "schema",
    [
        RECURSIVE,
        NOTHINGS,
        {"type": "map", "values": RECURSIVE},
        {"type": "array", "items": record("Empty", "null")},
        {"type": "array", "items": {"type": "record", "name": "None", "fields": []}},
        {"type": "array", "items": {"type": "fixed", "name": "Zero", "size": 0}},
        nested(50),
        {
            "type": "record",
            "name": "Wide",
            "fields": [{"name": f"f{number}", "type": "int"} for number in range(5_000)],
        },
    ],
    ids=["recursive", "nulls", "in-map", "empty-record", "no-fields", "fixed-0", "deep", "wide"],
)
def test_hostile_shapes_are_refused(schema):
    with pytest.raises(HostileSchema):
        check_schema(schema)


@pytest.mark.parametrize("event_name", EVENT_TYPES)
def test_our_own_schemas_pass(event_name):
    check_schema(load_schema(event_name))


def test_logical_types_are_left_out_and_nothing_else():
    schema = load_schema("ListingChanged")
    before = deepcopy(schema)
    plain = without_logical_types(schema)
    assert schema == before
    assert "logicalType" not in repr(plain)
    assert [f["name"] for f in plain["fields"]] == [f["name"] for f in schema["fields"]]
