"""What fastavro takes for the schemas of events, made at random."""

import fastavro
from hypothesis import strategies as st

from schemas.catalog import EVENT_TYPES, load_schema
from schemas.wire.hostile import without_logical_types

SCHEMAS = {
    name: fastavro.parse_schema(without_logical_types(load_schema(name)), named_schemas={})
    for name in EVENT_TYPES
}
NUMBERS = st.one_of(st.integers(-70, 70), st.integers(-(2**63), 2**63 - 1))
SIMPLE = {
    "null": st.none(),
    "string": st.one_of(st.text(max_size=6), st.text(min_size=60, max_size=70)),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": NUMBERS,
    "boolean": st.booleans(),
    "double": st.floats(allow_nan=False),
}


def data_of(schema, named):
    """Return a strategy of what fastavro takes for a schema."""
    if isinstance(schema, list):
        return st.one_of([data_of(each, named) for each in schema])
    if isinstance(schema, str):
        return SIMPLE[schema] if schema in SIMPLE else data_of(named[schema], named)
    if "name" in schema:
        named[schema["name"]] = schema
    match schema["type"]:
        case "record":
            fields = {each["name"]: data_of(each["type"], named) for each in schema["fields"]}
            made = st.fixed_dictionaries(fields)
        case "enum":
            made = st.sampled_from(schema["symbols"])
        case "array":
            made = st.lists(data_of(schema["items"], named), max_size=2)
        case "map":
            made = st.dictionaries(SIMPLE["string"], data_of(schema["values"], named), max_size=3)
        case simple:
            made = SIMPLE[simple]
    return made


DATA = {name: data_of(schema, {}) for name, schema in SCHEMAS.items()}
