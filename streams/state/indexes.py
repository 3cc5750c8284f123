"""Indexes of the rows: timers by due time, and listings by the registry entry they rely on.

Both follow from the rows alone, so the changelog holds rows only and a restore derives the rest.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

from processors.identifiers import reference_of
from processors.standing.standing import StandingDue
from processors.step import TimerFired
from schemas.events.cases import Case, TimerKind
from schemas.events.party_rows import PartyConduct
from streams.state.local_state import REFERENCES, TIMERS, Change, LocalState, partition_prefix

_KINDS: tuple[TimerKind, ...] = get_args(TimerKind)
_STANDING_DUE = 255
_SEPARATOR = b"\x00"
_UNSEEN = -1


class DueTimer(NamedTuple):
    """A timer that fell due, with the key of the row that it belongs to."""

    partition: int
    row: bytes
    timer: TimerFired | StandingDue


class Reliance(NamedTuple):
    """The row of a listing with a case that relies on a registry entry, and the version that the
    case last considered."""

    partition: int
    row: bytes
    registry_reference: str
    considered_milliseconds: int


def row_key(partition: int, row: bytes) -> bytes:
    """Return the key of a row in the local state, by its key in the changelog."""
    return partition_prefix(partition) + row


def timer_key(due: DueTimer) -> bytes:
    """Return the key of a timer's index entry, ascending by due time within a partition."""
    timer = due.timer
    at = timer.due_at_milliseconds.to_bytes(8, "big")
    if isinstance(timer, StandingDue):
        kind, case_id = _STANDING_DUE, b""
    else:
        kind, case_id = _KINDS.index(timer.kind), timer.case_id.encode()
    return partition_prefix(due.partition) + at + bytes([kind]) + due.row + _SEPARATOR + case_id


def differences(partition: int, row: bytes, before: Any, after: Any) -> Iterator[Change]:
    """Return the changes that bring the indexes from one row to the next; None for no row
    before.
    """
    if isinstance(after, PartyConduct):
        if before is not None and before.due_at_milliseconds == after.due_at_milliseconds:
            return
    else:
        cases = () if before is None else before.cases
        if cases is after.cases or not (cases or after.cases):
            return
    old = _entries(partition, row, before)
    new = _entries(partition, row, after)
    for name, change in old.items():
        if name not in new:
            yield change._replace(value=None)
    for name, change in new.items():
        if old.get(name) != change:
            yield change


def _entries(partition: int, row: bytes, content: Any) -> dict[bytes, Change]:
    """Return all index entries of a row, by family and key."""
    if content is None:
        return {}
    if isinstance(content, PartyConduct):
        found = _of_party(partition, row, content)
    else:
        found = (c for case in content.cases for c in _of_case(partition, row, case))
    return {change.family.encode() + change.key: change for change in found}


def _of_party(partition: int, row: bytes, party: PartyConduct) -> Iterator[Change]:
    if party.due_at_milliseconds is not None:
        due = DueTimer(partition, row, StandingDue(party.due_at_milliseconds))
        yield Change(TIMERS, timer_key(due), b"")


def _of_case(partition: int, row: bytes, case: Case) -> Iterator[Change]:
    prefix = partition_prefix(partition)
    for timer in case.timers:
        fired = TimerFired(case.complaint.complaint_id, timer.kind, timer.due_at_milliseconds)
        yield Change(TIMERS, timer_key(DueTimer(partition, row, fired)), b"")
    reference = reference_of(case.complaint).encode()
    considered = case.trademark_recorded_at_milliseconds
    value = (_UNSEEN if considered is None else considered).to_bytes(8, "big", signed=True)
    name = row + _SEPARATOR + case.complaint.complaint_id.encode()
    yield Change(REFERENCES, prefix + reference + _SEPARATOR + name, value)


def due_timers(
    state: LocalState, partition: int, until_milliseconds: int, limit: int
) -> list[DueTimer]:
    """Return the timers of a partition that are due by then, earliest first."""
    prefix = partition_prefix(partition)
    until = prefix + (until_milliseconds + 1).to_bytes(8, "big")
    due = []
    for key, _ in state.scan_queue(prefix, until):
        row, _, case_id = key[11:].partition(_SEPARATOR)
        at, kind = int.from_bytes(key[2:10], "big"), key[10]
        if kind == _STANDING_DUE:
            due.append(DueTimer(partition, row, StandingDue(at)))
        else:
            due.append(DueTimer(partition, row, TimerFired(case_id.decode(), _KINDS[kind], at)))
        if len(due) >= limit:
            break
    return due


def next_due(state: LocalState, partition: int) -> int | None:
    """Return the time of the earliest timer of a partition, or None, in milliseconds."""
    for key, _ in state.scan_queue(partition_prefix(partition)):
        return int.from_bytes(key[2:10], "big")
    return None


def reliances(
    state: LocalState, partition: int, registry_reference: str | None = None
) -> Iterator[Reliance]:
    """Return the cases of a partition that rely on a registry entry, or on any."""
    prefix = partition_prefix(partition)
    if registry_reference is not None:
        prefix += registry_reference.encode() + _SEPARATOR
    for key, value in state.scan(REFERENCES, prefix):
        reference, row, _ = key[2:].split(_SEPARATOR, 2)
        considered = int.from_bytes(value, "big", signed=True)
        yield Reliance(partition, row, reference.decode(), considered)
