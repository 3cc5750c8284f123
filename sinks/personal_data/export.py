"""All that the database holds of a party, for the party."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import dict_row

from sinks.personal_data.tables import PERSONAL_TABLES, PersonalTable
from sinks.private_texts.store import PrivateTextStore, Texts, shown

ROWS_AT_ONCE = 1_000
"""Held at once: a party may have millions."""
_HASH = "_sha256"


class GivenRow(NamedTuple):
    """A row of a party: its table, and what is given of it."""

    table: str
    content: Mapping[str, Any]


def export(
    connection: Connection[Any], store: PrivateTextStore, party_id: str, reader: str
) -> Iterator[GivenRow]:
    """Yield all that is held of a party, its texts last, as of one moment; it is noted who read it.

    Errors: psycopg.Error, SinkUnusable.
    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        texts = store.export(connection, party_id, reader)
        named: set[str] = set()
        for table in PERSONAL_TABLES:
            for row in _rows(connection, table, party_id):
                yield GivenRow(table.name, _with_texts(row, texts, named))
        for sha256 in sorted(set(texts) - named):
            yield GivenRow("private_texts", {"text": shown(texts, None, sha256)})


def _rows(
    connection: Connection[Any], table: PersonalTable, party_id: str
) -> Iterator[dict[str, Any]]:
    query = f"SELECT {table.given} FROM {table.name} WHERE {table.owned}"  # noqa: S608
    with connection.cursor("given", row_factory=dict_row) as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(query, {"party": party_id})
        yield from cursor


def _with_texts(row: dict[str, Any], texts: Texts, named: set[str]) -> dict[str, Any]:
    """Return a row with its texts in place of their hashes; those that are told are noted."""
    given = dict(row)
    for name in [each for each in row if each.endswith(_HASH)]:
        field = name.removesuffix(_HASH)
        if field not in row:
            continue
        sha256 = given.pop(name)
        if sha256 is not None:
            named.add(sha256)
            given[field] = shown(texts, None, sha256)
    return given
