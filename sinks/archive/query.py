"""The archive as tables of DuckDB: one for each topic, and the views of views.sql."""

from collections.abc import Collection, Iterable
from importlib.resources import files
from typing import Any, Final

import duckdb

from schemas.catalog import load_topics
from sinks.archive.columns import schema_of
from sinks.archive.layout import ArchiveFile, Hole, Piece, by_partition, cover_of
from sinks.archive.storage import Storage

VIEWS: Final = files("sinks.archive").joinpath("views.sql")


class ArchiveIncomplete(Exception):
    """The archive lacks offsets between those that it has; the message says which."""


def table_name(topic: str) -> str:
    """Return the name of a topic's table: the topic's, with low lines for what SQL has not."""
    return topic.replace(".", "_").replace("-", "_")


def open_archive(storage: Storage, with_holes: bool = False) -> duckdb.DuckDBPyConnection:
    """Return a connection that has the archive's tables and views, as the files are now.

    A table with `_files` behind its name has what the files have, and none of the fields that were
    declared since; of its events only the fields that are asked for are read.
    Errors: SinkUnavailable; ArchiveIncomplete, unless holes are accepted.
    """
    connection = duckdb.connect()
    for topic, selects in _files_by_topic(storage, connection, with_holes).items():
        declared = _declared(connection, topic)
        _create_view(connection, table_name(topic), [declared, *selects])
        _create_view(connection, f"{table_name(topic)}_files", selects or [declared])
    connection.execute(VIEWS.read_text(encoding="utf-8"))
    return connection


def open_files(storage: Storage, topics: Collection[str]) -> duckdb.DuckDBPyConnection:
    """Return a connection that has the tables with `_files` behind their names of some topics, and
    nothing else, which takes a third of the time. Errors: SinkUnavailable; ArchiveIncomplete, where
    any topic has holes."""
    connection = duckdb.connect(config={"threads": 1})
    for topic, selects in _files_by_topic(storage, connection, False).items():
        if topic in topics:
            found = selects or [_declared(connection, topic)]
            _create_view(connection, f"{table_name(topic)}_files", found)
    return connection


def _files_by_topic(
    storage: Storage, connection: duckdb.DuckDBPyConnection, with_holes: bool
) -> dict[str, list[str]]:
    """Return what reads each topic's files. Errors: SinkUnavailable; ArchiveIncomplete."""
    address_of = storage.open_to(connection)
    holes: list[Hole] = []
    found: dict[str, list[str]] = {}
    for topic in load_topics():
        covers = [cover_of(each) for each in by_partition(storage.files(topic)).values()]
        holes += [hole for cover in covers for hole in cover.holes]
        pieces = [piece for cover in covers for piece in cover.pieces]
        found[topic] = list(_selects(pieces, address_of))
    if holes and not with_holes:
        raise ArchiveIncomplete("; ".join(str(hole) for hole in holes))
    return found


def _declared(connection: duckdb.DuckDBPyConnection, topic: str) -> str:
    """Return what gives a topic's columns as they are declared, and no rows."""
    name = f"{table_name(topic)}_columns"
    connection.register(name, schema_of(topic).empty_table())
    return f'SELECT * FROM "{name}"'  # noqa: S608 - a topic's name


def _create_view(connection: duckdb.DuckDBPyConnection, name: str, selects: list[str]) -> None:
    connection.execute(f'CREATE VIEW "{name}" AS {" UNION ALL BY NAME ".join(selects)}')


def _selects(pieces: Iterable[Piece], address_of: Any) -> Iterable[str]:
    """Yield what reads files: those that are read whole at once, others from an offset on."""
    whole: list[ArchiveFile] = []
    for file, first in pieces:
        if first == file.first:
            whole.append(file)
        else:
            yield f'{_read([file], address_of)} WHERE "offset" >= {first}'
    if whole:
        yield _read(whole, address_of)


def _read(these: list[ArchiveFile], address_of: Any) -> str:
    addresses = ", ".join(_quoted(address_of(file.name)) for file in these)
    options = "union_by_name = true, hive_partitioning = false"
    return f"SELECT * FROM read_parquet([{addresses}], {options})"  # noqa: S608 - quoted


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
