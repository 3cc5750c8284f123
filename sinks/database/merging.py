"""Bulk writes that end in the same rows whatever order records come in, and however often.

A merge writes one group of columns of a table. Where it has a version, the newest (or the first)
of all values ever given is what stays; where it has none, the first that came does, since no two
differ.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from sinks.database.database import Connection

MAXIMUM_STATEMENT_CHARACTERS = 4_000_000
NUL, REPLACEMENT = "\x00", "\ufffd"

Values = dict[str, Any]


class Merge(NamedTuple):
    """A group of columns: the table, its key, the version that decides, and the other columns."""

    table: str
    key: tuple[str, ...]
    version: tuple[str, ...]
    columns: tuple[str, ...]
    newest: bool = True

    def statement(self) -> str:
        """Return the SQL, whose one parameter is a JSON array of rows."""
        names = ", ".join((*self.key, *self.version, *self.columns))
        insert = (
            f"INSERT INTO {self.table} AS known ({names}) "  # noqa: S608 - names of our own
            f"SELECT {names} FROM json_populate_recordset(NULL::{self.table}, %s::json) "
            f"ON CONFLICT ({', '.join(self.key)}) DO "
        )
        if not self.version:
            return insert + "NOTHING"
        changes = ", ".join(f"{name} = excluded.{name}" for name in (*self.version, *self.columns))
        held = ", ".join(f"known.{name}" for name in self.version)
        given = ", ".join(f"excluded.{name}" for name in self.version)
        sign = "<" if self.newest else ">"
        return (
            f"{insert}UPDATE SET {changes} "
            f"WHERE known.{self.version[0]} IS NULL OR ({held}) {sign} ({given})"
        )

    def keeps(self, held: Values, given: Values) -> bool:
        """Tell whether a value that is held stays when another one is given."""
        if not self.version:
            return True
        old = tuple(held[name] for name in self.version)
        new = tuple(given[name] for name in self.version)
        return old >= new if self.newest else old <= new


class Patch(NamedTuple):
    """One row for one merge."""

    merge: Merge
    values: Values


def write_patches(connection: Connection, patches: list[Patch]) -> None:
    """Write patches within the caller's transaction. Errors: psycopg.Error."""
    groups: dict[Merge, dict[tuple[Any, ...], Values]] = {}
    for merge, values in patches:
        rows = groups.setdefault(merge, {})
        key = tuple(_storable(values[name]) for name in merge.key)
        held = rows.get(key)
        if held is None or not merge.keeps(held, values):
            rows[key] = values
    for merge, rows in groups.items():
        statement = merge.statement()
        for document in _documents(rows):
            connection.execute(statement, (document,))


def _documents(rows: dict[tuple[Any, ...], Values]) -> Iterator[str]:
    """Return the rows as JSON arrays of a bounded size, in the order of their keys."""
    parts: list[str] = []
    size = 0
    for _, values in sorted(rows.items(), key=lambda item: item[0]):
        part = json_text(values)
        if parts and size + len(part) > MAXIMUM_STATEMENT_CHARACTERS:
            yield f"[{','.join(parts)}]"
            parts, size = [], 0
        parts.append(part)
        size += len(part)
    if parts:
        yield f"[{','.join(parts)}]"


def json_text(value: Any) -> str:
    """Return a value as JSON that PostgreSQL takes: it has no NUL in texts, and JSON no NaN."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json_text(_storable(value))
    return json_text(_storable(value)) if "\\u0000" in text and _has_nul(value) else text


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return NUL in value
    if isinstance(value, dict):
        return any(_has_nul(name) or _has_nul(item) for name, item in value.items())
    return isinstance(value, list | tuple) and any(_has_nul(item) for item in value)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(NUL, REPLACEMENT)
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):  # noqa: PLR0124
        return None
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value
