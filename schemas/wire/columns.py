"""Many Avro bodies of one schema read at once, a field of all of them at a time.

Only bodies as our own encoders write them are read: shortest numbers, arrays in one block of not
too many items. All others are told apart, to be read one by one. Texts are found and not decoded.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.wire.schema_names import other_than_null

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

MAXIMUM_ITEMS: Final = 64
"""Of an array; one with more is read by itself."""

_MORE_BYTES: Final = 8
"""Of a number, behind its first: 63 bits together, so that none overflows."""


class TextColumn(NamedTuple):
    """Where texts of one field stand in the data, and in which bodies; some in none or several."""

    rows: Numbers
    starts: Numbers
    ends: Numbers


class NumberColumn(NamedTuple):
    """Numbers of one field, and in which bodies they stand."""

    rows: Numbers
    numbers: Numbers


class Columns:
    """Bodies from `starts` to `ends` in the data, read by a record's schema.

    `usual` tells of each body whether it was read; what the columns say of others means nothing.
    Fields of records in the record are named with a dot. Errors: TypeError for a type not known.
    """

    def __init__(self, schema: dict[str, Any], data: bytes, starts: Numbers, ends: Numbers) -> None:
        self.texts: dict[str, TextColumn] = {}
        self.numbers: dict[str, NumberColumn] = {}
        self.usual: Flags = np.ones(len(starts), dtype=np.bool_)
        # A body that is cut off ends there, behind the data, and so not where it should.
        self._bytes = np.frombuffer(data + b"\0\0", dtype=np.uint8)
        self._limit = len(data) + 1
        self._positions = starts.copy()
        self._parts: dict[str, list[tuple[Numbers, ...]]] = {}
        self._named: dict[str, Any] = {}
        self._kinds: dict[str, type[TextColumn] | type[NumberColumn]] = {}
        self._record(schema, "", np.arange(len(starts)))
        self.usual &= self._positions == ends
        for name, parts in self._parts.items():
            joined = tuple(np.concatenate(each) for each in zip(*parts, strict=True))
            if self._kinds[name] is TextColumn:
                self.texts[name] = TextColumn(*joined)
            else:
                self.numbers[name] = NumberColumn(*joined)

    def windows(self, starts: Numbers, width: int) -> NDArray[np.uint8]:
        """Return so many bytes from each place on, a line for each; what lies beyond is any."""
        places = np.minimum(starts[:, None] + np.arange(width), self._limit)
        found: NDArray[np.uint8] = self._bytes[places]
        return found

    def are_texts(self, columns: Iterable[TextColumn]) -> bool:
        """Tell whether all texts of some columns that are in usual bodies are UTF-8.

        `columns` are not to overlap.
        """
        change = np.zeros(len(self._bytes) + 1, dtype=np.int8)
        for column in columns:
            kept = self.usual[column.rows]
            # A length stands before each text, so no two of a column start or end at one place.
            change[column.starts[kept]] += 1
            change[column.ends[kept]] -= 1
        inside = np.cumsum(change[:-1], dtype=np.int8)
        try:
            # What stands between texts ends a character that a text leaves unfinished.
            (self._bytes * inside.view(np.uint8)).tobytes().decode()
        except UnicodeDecodeError:
            return False
        return True

    def refuse(self, rows: Numbers, bad: Flags) -> None:
        """Have the bodies of those rows that are bad not be usual."""
        if bad.any():
            self.usual[rows[bad]] = False

    def _record(self, schema: dict[str, Any], prefix: str, rows: Numbers) -> None:
        for field in schema["fields"]:
            self._value(field["type"], prefix + field["name"], rows)

    def _value(self, schema: Any, name: str, rows: Numbers) -> None:
        if isinstance(schema, str):
            schema = self._named.get(schema.rpartition(".")[2], {"type": schema})
        if isinstance(schema, list):
            branch = self._byte(rows)
            self.refuse(rows, (branch != 0) & (branch != 2))
            self._value(other_than_null(schema), name, rows[branch == 2])
            return
        if "name" in schema:
            self._named[schema["name"]] = schema
        match schema["type"]:
            case "string":
                self._text(name, rows)
            case "int" | "long":
                self._kinds[name] = NumberColumn
                zigzag = self._number(rows)
                self._keep(name, rows, (zigzag >> 1) ^ -(zigzag & 1))
            case "enum":
                word = self._byte(rows)
                self.refuse(rows, (word & 1 != 0) | (word >= 2 * len(schema["symbols"])))
            case "record":
                self._record(schema, f"{name}.", rows)
            case "array":
                self._array(schema["items"], name, rows)
            case other:
                raise TypeError(f"no column of {other}")

    def _keep(self, name: str, *columns: Numbers) -> None:
        self._parts.setdefault(name, []).append(columns)

    def _text(self, name: str, rows: Numbers) -> None:
        self._kinds[name] = TextColumn
        length = self._number(rows)
        self.refuse(rows, length & 1 != 0)
        starts = self._positions[rows]
        ends = np.minimum(starts + (length >> 1), self._limit)
        self._positions[rows] = ends
        self._keep(name, rows, starts, ends)

    def _array(self, items: Any, name: str, rows: Numbers) -> None:
        count = self._number(rows)
        self.refuse(rows, (count & 1 != 0) | (count > 2 * MAXIMUM_ITEMS))
        count = np.where(self.usual[rows], count >> 1, 0)
        for done in range(int(count.max(initial=0)) or 1):
            # Once at least, so that the column is there.
            self._value(items, name, rows[count > done])
        filled = rows[count > 0]
        self.refuse(filled, self._byte(filled) != 0)

    def _byte(self, rows: Numbers) -> Numbers:
        at = self._positions[rows]
        self._positions[rows] = np.minimum(at + 1, self._limit)
        return self._bytes[at].astype(np.int64)

    def _number(self, rows: Numbers) -> Numbers:
        """Return numbers whose zigzag is still to be undone."""
        number = self._byte(rows)
        longer = np.flatnonzero(number > 0x7F)
        number[longer] &= 0x7F
        for place in range(1, _MORE_BYTES + 1):
            if not longer.size:
                return number
            byte = self._byte(rows[longer])
            number[longer] |= (byte & 0x7F) << (7 * place)
            self.refuse(rows[longer], byte == 0)
            longer = longer[byte > 0x7F]
        self.usual[rows[longer]] = False
        return number
