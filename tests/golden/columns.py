"""Records as columns, which compress best: a line for each kind of record and field."""

from collections.abc import Iterable, Iterator
from typing import Any

Record = dict[str, Any]
Projection = dict[str, list[Record]]
Column = list[Any]


def columns_of(projection: Projection) -> Iterator[Column]:
    """Yield kind, field, and the values of all records."""
    for kind, records in projection.items():
        for name in sorted({name for record in records for name in record}):
            yield [kind, name, [record.get(name) for record in records]]


def projection_of(columns: Iterable[Column]) -> Projection:
    """Return the records that columns hold; fields that are None are left out."""
    found: Projection = {}
    for kind, name, values in columns:
        records = found.setdefault(kind, [{} for _ in values])
        for record, value in zip(records, values, strict=True):
            if value is not None:
                record[name] = value
    return found
