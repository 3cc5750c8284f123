"""Rows of the changelog put into the local state, with the index entries that follow from them."""

from collections.abc import Callable, Iterable
from typing import Any

from schemas.wire.rows import has_cases, leaves
from streams.state.indexes import differences
from streams.state.local_state import (
    PREFIX_BYTES,
    REFERENCES,
    ROWS,
    TIMERS,
    Change,
    LocalState,
    partition_prefix,
    position_change,
)
from streams.state.old_rows import removal
from streams.state.row_keys import (
    FIRST_PRINTABLE,
    LISTING_PREFIX,
    PARTY_PREFIX,
    is_listing,
    is_unsplit,
    listing_id_of,
)


def load_rows(
    state: LocalState,
    partition: int,
    rows: dict[bytes, bytes | None],
    position: int,
    decode_row: Callable[[bytes], Any],
) -> None:
    """Load a part of a partition's changelog: its last value of each name, None for a tombstone.

    `position` is the offset behind it. A part may end within a transaction that is not yet in it;
    that does no harm, as rows are whole by themselves and the position says what is still to come.
    """
    gone = {name for name, value in rows.items() if value is None}
    gone |= _superseded(state, partition, rows)
    kept = {name: value for name, value in rows.items() if value is not None and name not in gone}
    changes: list[Change] = []
    for name, old in _stored(state, _looked_at(state, partition, kept)):
        had = old is not None and _may_have_entries(name, old)
        if had or _may_have_entries(name, kept[name]):
            row = None if old is None else decode_row(old)
            changes += differences(partition, name[PREFIX_BYTES:], row, decode_row(kept[name]))
    for name, old in _stored(state, sorted(gone)):
        if old is not None:
            changes += removal(name, decode_row(old))
    state.load(ROWS, kept)
    state.write([*changes, position_change(partition, position)])


def _looked_at(state: LocalState, partition: int, rows: dict[bytes, bytes]) -> list[bytes]:
    """Return the names of rows that may have index entries, or may have had some."""
    prefix, following = partition_prefix(partition), partition_prefix(partition + 1)
    if any(state.has_any(family, prefix, following) for family in (TIMERS, REFERENCES)):
        return list(rows)
    return [name for name, value in rows.items() if _may_have_entries(name, value)]


def _may_have_entries(name: bytes, value: bytes) -> bool:
    key = name[PREFIX_BYTES:]
    if is_listing(key):
        return has_cases(value) or leaves(value)
    return key.startswith(PARTY_PREFIX)


def _superseded(state: LocalState, partition: int, names: Iterable[bytes]) -> set[bytes]:
    """Return the names of rows that were split, as rows of their marketplaces are there.

    Their tombstones may be compacted away by the time that a local state is brought up to date.
    """
    prefix, following = partition_prefix(partition), partition_prefix(partition + 1)
    if not (
        any(is_unsplit(name[PREFIX_BYTES:]) for name in names)
        or state.has_any(ROWS, prefix + FIRST_PRINTABLE, following)
    ):
        return set()
    keys = (name[PREFIX_BYTES:] for name in names)
    return {prefix + listing_id_of(key) for key in keys if key.startswith(LISTING_PREFIX)}


def _stored(state: LocalState, names: list[bytes]) -> Iterable[tuple[bytes, bytes | None]]:
    values = state.get_many(ROWS, names) if names else []
    return zip(names, values, strict=True)
