"""Records of the archive by their offsets or keys."""

from collections.abc import Collection, Iterator

import duckdb

from sinks.archive.query import table_name
from streams.kafka.records import InputRecord


def records_with(
    archive: duckdb.DuckDBPyConnection,
    topic: str,
    column: str,
    values: Collection[bytes] | Collection[int],
    partition: int | None = None,
) -> Iterator[InputRecord]:
    """Yield a topic's records of which a column has one of some values, in order, of a partition
    or of all."""
    if not values:
        return
    rows = archive.execute(
        'SELECT "partition", "offset", key, value, headers, timestamp_milliseconds '  # noqa: S608
        f'FROM {table_name(topic)}_files WHERE "{column}" IN (SELECT unnest($values)) '
        'AND "partition" = coalesce($partition, "partition") ORDER BY "partition", "offset"',
        {"values": sorted(values), "partition": partition},
    ).fetchall()
    for number, offset, key, value, headers, at in rows:
        pairs = [(each["name"], each["value"]) for each in headers or ()]
        yield InputRecord(topic, number, offset, key, value, pairs, at)
