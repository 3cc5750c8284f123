"""The module that the compiled build has in place of functions made at run time."""

import pytest
from avro_data import DATA
from hypothesis import given, settings

from schemas.catalog import EVENT_TYPES, load_schema
from schemas.record import record_of
from schemas.wire.generated import event_functions
from schemas.wire.module_source import fingerprint, module_source
from schemas.wire.row_codec import ROW_TYPES

MODULE = {}
exec(module_source(ROW_TYPES), MODULE)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_its_functions_do_what_those_made_at_run_time_do(name):
    kind, schema = EVENT_TYPES[name], load_schema(name)
    made = event_functions(kind, schema)
    found, encode, decode = MODULE["EVENTS"][kind]
    assert found == fingerprint(schema)

    @settings(max_examples=20, deadline=None)
    @given(DATA[name])
    def check(datum):
        event = record_of(kind, datum)
        body = encode(event)
        assert body == made.encode(event)
        assert decode(body, 0) == event

    check()


def test_rows_have_functions_too():
    assert set(MODULE["ROWS"]) == set(ROW_TYPES)


def test_another_schema_has_another_fingerprint():
    schema = load_schema("ListingChanged")
    changed = {**schema, "fields": schema["fields"][:-1]}
    assert fingerprint(changed) != fingerprint(schema)
