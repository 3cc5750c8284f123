"""Indexes of the rows: timers by due time, listings by the registry entry they rely on, and by the
parties whose record their cases wait for.

All follow from the rows alone, so the changelog holds rows only and a restore derives the rest.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, get_args

from processors.cases.case_clock import waits_for
from processors.cases.row import find_case
from processors.identifiers import reference_of
from processors.registers.references import formed_reference
from processors.standing.party_step import StandingDue
from processors.step import TimerFired
from schemas.events.cases import Case, TimerKind
from schemas.events.party_rows import PartyConduct
from streams.state.local_state import (
    PREFIX_BYTES,
    REFERENCES,
    TIMERS,
    Change,
    LocalState,
    partition_prefix,
)

_KINDS: tuple[TimerKind, ...] = get_args(TimerKind)
_KIND_BYTES = {kind: bytes([number]) for number, kind in enumerate(_KINDS)}
_STANDING_DUE = 255
_SEPARATOR = b"\x00"
_UNSEEN = -1
_WAITING = b"\x01"
"""Begins the entries of cases that wait for a party's record, as no registry entry's name does."""

Entries = dict[tuple[str, bytes], bytes]
"""Index entries by column family and key."""


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


class Waiting(NamedTuple):
    """The row of a listing with a case that waits for what a party's record may say, and since
    when its complainant is asked; 0 where that is not noted."""

    partition: int
    row: bytes
    party_id: str
    asked_at_milliseconds: int


def row_key(partition: int, row: bytes) -> bytes:
    """Return the key of a row in the local state, by its key in the changelog."""
    return partition_prefix(partition) + row


def timer_key(due: DueTimer) -> bytes:
    """Return the key of a timer's index entry, ascending by due time within a partition."""
    timer = due.timer
    if isinstance(timer, StandingDue):
        kind, case_id = bytes([_STANDING_DUE]), b""
    else:
        kind, case_id = _KIND_BYTES[timer.kind], timer.case_id.encode()
    at = timer.due_at_milliseconds.to_bytes(8, "big")
    return b"".join((partition_prefix(due.partition), at, kind, due.row, _SEPARATOR, case_id))


def carries(row: Any, timer: TimerFired | StandingDue) -> bool:
    """Tell whether a timer follows from a row."""
    if isinstance(row, PartyConduct):
        return row.due_at_milliseconds == timer.due_at_milliseconds
    if isinstance(timer, StandingDue):
        return False
    if not timer.case_id:
        return bool(row.leaves_at_milliseconds == timer.due_at_milliseconds)
    case = find_case(row, timer.case_id)
    return case is not None and (timer.kind, timer.due_at_milliseconds) in case.timers


def differences(partition: int, row: bytes, before: Any, after: Any) -> Iterator[Change]:
    """Return the changes that bring the indexes from one row to the next; None for no row
    before.
    """
    if isinstance(after, PartyConduct):
        if before is not None and before.due_at_milliseconds == after.due_at_milliseconds:
            return
        old = {} if before is None else _of_party(partition, row, before)
        new = _of_party(partition, row, after)
    else:
        cases = () if before is None else before.cases
        left_at = 0 if before is None else before.leaves_at_milliseconds
        leaves_at = after.leaves_at_milliseconds
        if left_at == leaves_at and (cases is after.cases or not (cases or after.cases)):
            return
        # The entries of a case have its id in them, so those of a case that stays need no look.
        had, has = {id(case) for case in cases}, {id(case) for case in after.cases}
        old = _of_cases(partition, row, (case for case in cases if id(case) not in has))
        new = _of_cases(partition, row, (case for case in after.cases if id(case) not in had))
        old.update(_of_leaving(partition, row, left_at))
        new.update(_of_leaving(partition, row, leaves_at))
    for family, key in old.keys() - new.keys():
        yield Change(family, key, None)
    for entry, value in new.items():
        if old.get(entry) != value:
            yield Change(*entry, value)


def _of_party(partition: int, row: bytes, party: PartyConduct) -> Entries:
    if party.due_at_milliseconds is None:
        return {}
    due = DueTimer(partition, row, StandingDue(party.due_at_milliseconds))
    return {(TIMERS, timer_key(due)): b""}


def _of_leaving(partition: int, row: bytes, leaves_at_milliseconds: int) -> Entries:
    """Return the index entry of a row that leaves, whose timer is no case's."""
    if not leaves_at_milliseconds:
        return {}
    due = DueTimer(partition, row, TimerFired("", "retention_ends", leaves_at_milliseconds))
    return {(TIMERS, timer_key(due)): b""}


def _of_cases(partition: int, row: bytes, cases: Iterable[Case]) -> Entries:
    """Return the index entries of some cases of a row."""
    entries: Entries = {}
    prefix = partition_prefix(partition)
    for case in cases:
        complaint = case.complaint
        name = row + _SEPARATOR + complaint.complaint_id.encode()
        for kind, due_at in case.timers:
            key = b"".join((prefix, due_at.to_bytes(8, "big"), _KIND_BYTES[kind], name))
            entries[TIMERS, key] = b""
        considered = case.trademark_recorded_at_milliseconds
        value = (_UNSEEN if considered is None else considered).to_bytes(8, "big", signed=True)
        reference = reference_of(complaint).encode()
        entries[REFERENCES, b"".join((prefix, reference, _SEPARATOR, name))] = value
        for party_id in waits_for(case):
            asked_at = (case.paused_at_milliseconds or 0).to_bytes(8, "big")
            key = b"".join((prefix, _WAITING, party_id.encode(), _SEPARATOR, name))
            entries[REFERENCES, key] = asked_at
    return entries


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


def in_form(state: LocalState, partition: int) -> list[Change]:
    """Return the changes that put under the form of their names the cases that rely on registry
    entries, of those that stand under another."""
    prefix = partition_prefix(partition)
    changes = []
    for key, value in state.scan(REFERENCES, prefix):
        if key.startswith(_WAITING, len(prefix)):
            continue
        reference, name = key[len(prefix) :].split(_SEPARATOR, 1)
        formed = formed_reference(reference.decode()).encode()
        if formed != reference:
            changes.append(Change(REFERENCES, key, None))
            changes.append(Change(REFERENCES, b"".join((prefix, formed, _SEPARATOR, name)), value))
    return changes


def reliances(
    state: LocalState, partition: int, registry_reference: str | None = None
) -> Iterator[Reliance]:
    """Return the cases of a partition that rely on a registry entry, or on any."""
    prefix = partition_prefix(partition)
    if registry_reference is not None:
        prefix += registry_reference.encode() + _SEPARATOR
    for key, value in state.scan(REFERENCES, prefix):
        if key.startswith(_WAITING, PREFIX_BYTES):
            continue
        reference, row, _ = key[2:].split(_SEPARATOR, 2)
        considered = int.from_bytes(value, "big", signed=True)
        yield Reliance(partition, row, reference.decode(), considered)


def waiting(state: LocalState, partition: int, party_id: str | None = None) -> Iterator[Waiting]:
    """Return the cases of a partition that wait for what a party's record may say, or any's."""
    prefix = partition_prefix(partition) + _WAITING
    if party_id is not None:
        prefix += party_id.encode() + _SEPARATOR
    for key, value in state.scan(REFERENCES, prefix):
        party, row, _ = key[PREFIX_BYTES + len(_WAITING) :].split(_SEPARATOR, 2)
        yield Waiting(partition, row, party.decode(), int.from_bytes(value, "big"))
