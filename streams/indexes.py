"""Indexes of the rows: timers by due time, and listings by the registry entry they rely on.

Both follow from the rows alone, so the changelog holds rows only and a restore derives the rest.
"""

from collections.abc import Iterator
from typing import NamedTuple, get_args

from processors.judgement import reference_of
from processors.step import TimerFired
from schemas.cases import Case, ListingCases, TimerKind
from streams.state import REFERENCES, TIMERS, Change, LocalState, partition_prefix

_KINDS: tuple[TimerKind, ...] = get_args(TimerKind)
_SEPARATOR = b"\x00"
_UNSEEN = -1


class DueTimer(NamedTuple):
    """A timer that fell due, with the row that it belongs to."""

    partition: int
    listing_id: str
    timer: TimerFired


class Reliance(NamedTuple):
    """A listing with a case that relies on a registry entry, and the version it last considered."""

    partition: int
    listing_id: str
    registry_reference: str
    considered_milliseconds: int


def row_key(partition: int, listing_id: bytes) -> bytes:
    """Give the key of a listing's row."""
    return partition_prefix(partition) + listing_id


def timer_key(due: DueTimer) -> bytes:
    """Give the key of a timer's index entry, ascending by due time within a partition."""
    timer = due.timer
    at = timer.due_at_milliseconds.to_bytes(8, "big")
    kind = bytes([_KINDS.index(timer.kind)])
    row = due.listing_id.encode() + _SEPARATOR + timer.case_id.encode()
    return partition_prefix(due.partition) + at + kind + row


def entries(partition: int, listing_id: str, row: ListingCases | None) -> dict[bytes, Change]:
    """Give all index entries of a row, by family and key."""
    found: dict[bytes, Change] = {}
    for case in () if row is None else row.cases:
        for change in _case_entries(partition, listing_id, case):
            found[change.family.encode() + change.key] = change
    return found


def differences(
    partition: int, listing_id: str, before: ListingCases | None, after: ListingCases
) -> Iterator[Change]:
    """Give the changes that bring the indexes from one row to the next."""
    cases = () if before is None else before.cases
    if cases is after.cases or not (cases or after.cases):
        return
    if not cases:
        yield from entries(partition, listing_id, after).values()
        return
    old = entries(partition, listing_id, before)
    new = entries(partition, listing_id, after)
    for name, change in old.items():
        if name not in new:
            yield change._replace(value=None)
    for name, change in new.items():
        if old.get(name) != change:
            yield change


def _case_entries(partition: int, listing_id: str, case: Case) -> Iterator[Change]:
    prefix = partition_prefix(partition)
    row = listing_id.encode()
    for timer in case.timers:
        fired = TimerFired(case.complaint.complaint_id, timer.kind, timer.due_at_milliseconds)
        yield Change(TIMERS, timer_key(DueTimer(partition, listing_id, fired)), b"")
    reference = reference_of(case.complaint).encode()
    considered = case.trademark_recorded_at_milliseconds
    value = (_UNSEEN if considered is None else considered).to_bytes(8, "big", signed=True)
    name = row + _SEPARATOR + case.complaint.complaint_id.encode()
    yield Change(REFERENCES, prefix + reference + _SEPARATOR + name, value)


def due_timers(
    state: LocalState, partition: int, until_milliseconds: int, limit: int
) -> list[DueTimer]:
    """Give the timers of a partition that are due by then, earliest first."""
    prefix = partition_prefix(partition)
    until = prefix + (until_milliseconds + 1).to_bytes(8, "big")
    due = []
    for key, _ in state.scan(TIMERS, prefix, until):
        listing_id, _, case_id = key[11:].partition(_SEPARATOR)
        at = int.from_bytes(key[2:10], "big")
        timer = TimerFired(case_id.decode(), _KINDS[key[10]], at)
        due.append(DueTimer(partition, listing_id.decode(), timer))
        if len(due) >= limit:
            break
    return due


def next_due(state: LocalState, partition: int) -> int | None:
    """Give the time of the earliest timer of a partition, or None, in milliseconds."""
    for key, _ in state.scan(TIMERS, partition_prefix(partition)):
        return int.from_bytes(key[2:10], "big")
    return None


def reliances(
    state: LocalState, partition: int, registry_reference: str | None = None
) -> Iterator[Reliance]:
    """Give the cases of a partition that rely on a registry entry, or on any."""
    prefix = partition_prefix(partition)
    if registry_reference is not None:
        prefix += registry_reference.encode() + _SEPARATOR
    for key, value in state.scan(REFERENCES, prefix):
        reference, listing_id, _ = key[2:].split(_SEPARATOR, 2)
        considered = int.from_bytes(value, "big", signed=True)
        yield Reliance(partition, listing_id.decode(), reference.decode(), considered)
