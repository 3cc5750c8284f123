"""Records of marks that plainly can stand in the table as they came, found many at a time.

What is plain here passes `table_event`, and its event encodes to the very bytes of the record; so
neither need be done. Whatever else there is, good or bad, is left to them.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

import numpy as np

from processors.registers.numbers import has_form, kind_of_reference
from processors.registers.references import (
    formed_reference,
    other_references,
    own_reference,
    registry_reference,
)
from schemas.catalog import load_schema
from schemas.events.trademarks import TrademarkRecorded
from schemas.fields import EARLIEST_MILLISECONDS, MAXIMUM_ID_CHARACTERS, NICE_CLASSES
from schemas.topic_names import TRADEMARKS_EVENTS
from schemas.wire.codec import PREFIX_BYTES, Codec
from schemas.wire.columns import Columns, Flags, Numbers, TextColumn
from streams.kafka.records import InputRecord
from streams.tables.table_names import ALIAS, APPLICATION, MARK, REGISTRATION

IDS: Final = ("office", "application_number", "registration_number")
DATES: Final = ("status_date", "application_date", "registration_date", "expiry_date")
SHORT_TEXTS: Final = ("status_code", "territories", "owners.country")
TEXTS: Final = ("mark_text", "owners.name", "source", "goods.text", "designations.territory")
RECORDED: Final = "recorded_at_milliseconds"
EFFECTIVE: Final = "effective_from_milliseconds"

_DATE_CHARACTERS = 10
_HYPHENS = (4, 7)
_key, _value, _timestamp = itemgetter(3), itemgetter(4), itemgetter(6)


class MarkVersions(NamedTuple):
    """Versions of marks, in the order of their records: a column for each part.

    Names are keys of the table. `aliases` are the other names by which a mark is found, with the
    index of their version.
    """

    names: list[bytes]
    aliases: list[tuple[bytes, int]]
    recorded_at_milliseconds: list[int]
    effective_from_milliseconds: list[int]
    values: list[bytes]


class _Head(NamedTuple):
    """How names of marks of an office begin, and what tells that a number has its form already."""

    text: bytes
    has_form: Callable[[bytes], object]


class _Heads(dict[bytes, _Head]):
    """How names of marks begin, by their office."""

    def __init__(self, kind: bytes, number_kind: bytes) -> None:
        super().__init__()
        self._kind, self._number_kind = kind, number_kind.decode()

    def __missing__(self, office: bytes) -> _Head:
        kind = self._number_kind
        if self._kind == ALIAS:
            kind = kind_of_reference(office.decode("ascii", "replace"), kind)
        text = self._kind + office + b":" + kind.encode() + b":"
        head = self[office] = _Head(text, has_form(office, kind))
        return head


class PlainMarks:
    """Finds plain records, by the prefix and the bounds of their topic."""

    def __init__(self, codec: Codec) -> None:
        self._schema: dict[str, Any] = load_schema(TrademarkRecorded.__name__)
        prefix = codec.prefix(TRADEMARKS_EVENTS, TrademarkRecorded)
        self._prefix = np.frombuffer(prefix, dtype=np.uint8)
        self._maximum_bytes = codec.maximum_bytes(TRADEMARKS_EVENTS)

    def read(self, records: Sequence[InputRecord]) -> tuple[MarkVersions, list[int]]:
        """Return the versions that records of the marks' topic are, with an empty name for what is
        not plain, and the indexes of these."""
        values = [value or b"" for value in map(_value, records)]
        lengths = np.fromiter(map(len, values), dtype=np.int64, count=len(values))
        ends = np.cumsum(lengths)
        starts = ends - lengths
        data = b"".join(values)
        columns = Columns(self._schema, data, np.minimum(starts + PREFIX_BYTES, ends), ends)
        prefixes = columns.windows(starts, PREFIX_BYTES)
        columns.usual &= (prefixes == self._prefix).all(axis=1) & (lengths <= self._maximum_bytes)
        _refuse_doubtful(columns, data)
        recorded, effective = (columns.numbers[name].numbers for name in (RECORDED, EFFECTIVE))
        written = np.fromiter(map(_timestamp, records), dtype=np.int64, count=len(records))
        # A time that lies ahead is to be set back, which changes the bytes.
        columns.usual &= recorded <= written
        names, aliases = _names(columns, data, list(map(_key, records)))
        others: list[int] = np.flatnonzero(~columns.usual).tolist()
        if others:
            for index in others:
                names[index] = b""
            aliases = [each for each in aliases if names[each[1]]]
        versions = MarkVersions(names, aliases, recorded.tolist(), effective.tolist(), values)
        return versions, others


def add_version(versions: MarkVersions, index: int, event: TrademarkRecorded, value: bytes) -> None:
    """Put what another record says in its place among the plain ones."""
    versions.names[index] = MARK + own_reference(event).encode()
    versions.aliases.extend((ALIAS + each.encode(), index) for each in other_references(event))
    versions.recorded_at_milliseconds[index] = event.recorded_at_milliseconds
    versions.effective_from_milliseconds[index] = event.effective_from_milliseconds
    versions.values[index] = value


def _refuse_doubtful(columns: Columns, data: bytes) -> None:
    for name in IDS:
        column = columns.texts[name]
        length = column.ends - column.starts
        columns.refuse(column.rows, (length < 1) | (length > MAXIMUM_ID_CHARACTERS))
    for name in DATES:
        column = columns.texts[name]
        columns.refuse(column.rows, ~_are_dates(columns, column))
    for name in (RECORDED, EFFECTIVE):
        times = columns.numbers[name]
        columns.refuse(times.rows, times.numbers < EARLIEST_MILLISECONDS)
    classes = columns.numbers["nice_classes"]
    outside = (classes.numbers < NICE_CLASSES.start) | (classes.numbers >= NICE_CLASSES.stop)
    columns.refuse(classes.rows, outside)
    texts = [columns.texts[name] for name in (*SHORT_TEXTS, *TEXTS)]
    if not columns.are_texts(texts):
        for column in texts:
            places = zip(column.starts.tolist(), column.ends.tolist(), strict=True)
            bad = [not _is_text(data[start:end]) for start, end in places]
            columns.refuse(column.rows, np.array(bad, dtype=np.bool_))


def _are_dates(columns: Columns, column: TextColumn) -> Flags:
    characters = columns.windows(column.starts, _DATE_CHARACTERS)
    right: Flags = column.ends - column.starts == _DATE_CHARACTERS
    for place in _HYPHENS:
        right = right & (characters[:, place] == ord("-"))
    digits = np.delete(characters, _HYPHENS, axis=1) - np.uint8(ord("0"))
    right &= (digits <= 9).all(axis=1)
    month, day = digits[:, 4] * 10 + digits[:, 5], digits[:, 6] * 10 + digits[:, 7]
    return right & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _names(
    columns: Columns, data: bytes, keys: list[bytes | None]
) -> tuple[list[bytes], list[tuple[bytes, int]]]:
    """Return names and aliases, and refuse bodies whose names or keys are not as they should be."""
    office, number = columns.texts["office"], columns.texts["application_number"]
    registration = columns.texts["registration_number"]
    offices = _parts(data, office.starts, office.ends)
    numbers = _parts(data, number.starts, number.ends)
    others = _parts(data, registration.starts, registration.ends)
    rows: list[int] = registration.rows.tolist()
    wanted = [first + b":" + second for first, second in zip(offices, numbers, strict=True)]
    if wanted != keys:
        false = [key != own for key, own in zip(keys, wanted, strict=True)]
        columns.usual &= ~np.array(false, dtype=np.bool_)
    if not _printable(b"".join(wanted) + b"".join(others)):
        columns.usual &= np.array(list(map(_printable, wanted)), dtype=np.bool_)
        for row, other in zip(rows, others, strict=True):
            columns.usual[row] &= _printable(other)
    heads = _Heads(MARK, APPLICATION)
    pairs = list(zip(map(heads.__getitem__, offices), numbers, strict=True))
    names = [head.text + second for head, second in pairs]
    formless = [row for row, (head, second) in enumerate(pairs) if not head.has_form(second)]
    aliases = [
        (_formed(offices[row], APPLICATION, numbers[row]), row)
        for row in formless
        if columns.usual[row]
    ]
    tails = _Heads(ALIAS, REGISTRATION)
    for row, other in zip(rows, others, strict=True):
        tail = tails[offices[row]]
        if tail.has_form(other):
            aliases.append((tail.text + other, row))
        elif columns.usual[row]:
            aliases.append((_formed(offices[row], REGISTRATION, other), row))
    return names, [each for each in aliases if each[0][1:] != names[each[1]][1:]]


def _formed(office: bytes, number_kind: bytes, number: bytes) -> bytes:
    """Return another name of a mark, in its form, by a printable number."""
    parts = (part.decode() for part in (office, number_kind, number))
    return ALIAS + formed_reference(registry_reference(*parts)).encode()


def _printable(content: bytes) -> bool:
    """Tell whether there are printable ASCII characters only."""
    return content.isascii() and content.decode().isprintable()


def _parts(data: bytes, starts: Numbers, ends: Numbers) -> list[bytes]:
    return [data[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
