"""Generated encoders and decoders do what fastavro does, for every event."""

import json
from io import BytesIO
from pathlib import Path

import fastavro
import pytest
from avro_data import DATA, SCHEMAS
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix import examples

from schemas.catalog import EVENT_TYPES, event_of, load_schema
from schemas.record import as_avro, record_of
from schemas.wire.generated import UNUSUAL, event_functions

DIRECTORY = Path(__file__).parents[2] / "schemas" / "examples"
FUNCTIONS = {name: event_functions(kind, load_schema(name)) for name, kind in EVENT_TYPES.items()}


def written(name, event):
    buffer = BytesIO()
    fastavro.schemaless_writer(buffer, SCHEMAS[name], as_avro(event))
    return buffer.getvalue()


def read(name, body):
    """Return the event that fastavro reads, or None where it refuses."""
    buffer = BytesIO(body)
    try:
        datum = fastavro.schemaless_reader(buffer, SCHEMAS[name], None)
    except Exception:
        return None
    return record_of(EVENT_TYPES[name], datum) if buffer.tell() == len(body) else None


def same(first, second):
    """Tell whether two events are equal, with NaN equal to itself."""
    return repr(first) == repr(second)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_bytes_and_events_are_those_of_fastavro(name):
    @settings(max_examples=examples(40))
    @given(DATA[name])
    def check(datum):
        event = record_of(EVENT_TYPES[name], datum)
        body = written(name, event)
        assert FUNCTIONS[name].encode(event) == body
        assert FUNCTIONS[name].decode(b"head" + body, 4) == event

    check()


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_what_fastavro_refuses_is_never_read(name):
    path = sorted((DIRECTORY / name).glob("*.json"))[0]
    body = written(name, event_of(name, json.loads(path.read_text(encoding="utf-8"))))

    @settings(max_examples=examples(150))
    @given(st.integers(0, len(body) - 1), st.binary(max_size=10), st.integers(0, len(body) + 5))
    def check(at, noise, length):
        changed = (body[:at] + noise + body[at + len(noise) :])[:length]
        try:
            event = FUNCTIONS[name].decode(changed, 0)
        except UNUSUAL:
            return
        assert same(event, read(name, changed))

    check()


@pytest.mark.parametrize(
    "change",
    [
        {"reason_codes": None},
        {"capsule": None},
        {"capsule": {}},
        {"outcome": "no such outcome"},
        {"decision_number": 2**63},
        {"decision_number": 1.0},
        {"case_id": None},
        {"case_id": "\ud800"},
        {"command_id": 7},
    ],
    ids=str,
)
def test_a_value_that_is_no_datum_is_left_to_fastavro(change):
    name = "ComplaintDecided"
    path = sorted((DIRECTORY / name).glob("*.json"))[0]
    event = event_of(name, json.loads(path.read_text(encoding="utf-8")))
    with pytest.raises(UNUSUAL):
        FUNCTIONS[name].encode(event._replace(**change))
