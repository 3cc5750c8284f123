"""Columns of the archive: a record as it came, and beside it its event, field by field.

A topic's files have a column for each of its events, named as the event is, with its fields as
they are declared (schemas/events); of a record all but one are null.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, Literal, Protocol, get_origin

import pyarrow as pa

from schemas.catalog import EVENT_TYPES, load_topics
from schemas.declared_fields import Field, fields_of
from schemas.wire.codec import GivenHeaders


class CommittedRecord(Protocol):
    """A record as it was read: bytes, and its time in milliseconds, UTC."""

    @property
    def topic(self) -> str:
        """Its topic."""

    @property
    def partition(self) -> int:
        """Its partition."""

    @property
    def offset(self) -> int:
        """Its offset."""

    @property
    def key(self) -> bytes | None:
        """Its key."""

    @property
    def value(self) -> bytes | None:
        """Its value; None for a tombstone."""

    @property
    def headers(self) -> GivenHeaders | None:
        """Its headers, if there are any."""

    @property
    def timestamp_milliseconds(self) -> int:
        """Its time."""


EVENT_TYPE: Final = "event_type"
_HEADERS: Final = pa.list_(pa.struct([("name", pa.string()), ("value", pa.binary())]))
AS_IT_CAME: Final = (
    pa.field("partition", pa.int32(), nullable=False),
    pa.field("offset", pa.int64(), nullable=False),
    pa.field("timestamp_milliseconds", pa.int64(), nullable=False),
    pa.field("key", pa.binary()),
    pa.field("value", pa.binary()),
    pa.field("headers", _HEADERS),
)
_SCALARS: Final[Mapping[Any, pa.DataType]] = {
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    str: pa.string(),
}


@cache
def schema_of(topic: str) -> pa.Schema:
    """Return the columns of a topic's files."""
    events = [pa.field(name, _struct(EVENT_TYPES[name])) for name in load_topics()[topic].events]
    return pa.schema([*AS_IT_CAME, pa.field(EVENT_TYPE, pa.string()), *events])


def table_of(
    topic: str, records: Sequence[CommittedRecord], event_of: Callable[[CommittedRecord], Any]
) -> Any:
    """Return records of one topic as a table; `event_of` gives a record's event, or None."""
    schema = schema_of(topic)
    events = [event_of(record) for record in records]
    names = [None if event is None else type(event).__name__ for event in events]
    columns: list[Any] = [
        [record.partition for record in records],
        [record.offset for record in records],
        [record.timestamp_milliseconds for record in records],
        [record.key for record in records],
        [record.value for record in records],
        [record.headers for record in records],
        names,
    ]
    columns += [
        [event if name == field.name else None for event, name in zip(events, names, strict=True)]
        for field in list(schema)[len(columns) :]
    ]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)


def _struct(kind: Any) -> pa.DataType:
    return pa.struct([(name, _type_of(field)) for name, field in fields_of(kind).items()])


def _type_of(field: Field) -> pa.DataType:
    kind = field.type
    if get_origin(kind) is Literal:
        return pa.string()
    if get_origin(kind) is tuple:
        return pa.list_(_type_of(Field(field.items[0])))
    if field.is_list:
        name, value = field.items
        return pa.map_(_type_of(Field(name)), _type_of(Field(value)))
    return _SCALARS.get(kind) or _struct(kind)
