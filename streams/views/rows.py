"""The rows behind the live views: counts by the hour, folded so that a repeat changes nothing.

A row holds the counts of one view, hour and shard of names. It remembers the offset up to which
each topic is counted in it, so that a record read again after a crash is counted once, whatever
was written before the crash. A copy of an event at another offset is known by the event's id.

Hours are told by the events' own time. What is `RETAINED_HOURS` older than the newest event of a
partition is removed; all keys of an hour are known, so nothing has to be searched for.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any, Literal, NamedTuple, Protocol

from schemas.durations import HOUR_MILLISECONDS
from streams.views.counted import Entry, Observation, View

RETAINED_HOURS = 48
TOLERANCE_MILLISECONDS = HOUR_MILLISECONDS
NAMES_PER_ROW = 500
IDS_PER_ROW = 5_000
NAME_CHARACTERS = 200
OTHER = "other"

SHARDS: Mapping[View | Literal["seen"], int] = {
    "sla": 1,
    "latency": 1,
    "outcomes": 1,
    "brands": 16,
    "rules": 2,
    "commands": 1,
    "surveys": 1,
    "seen": 32,
}
"""How many rows the names of a view, or the ids seen, are spread over in each hour."""

Row = dict[str, Any]
Tally = dict[str, dict[str, int]]
"""Counts by name."""

Ending = Literal["counted", "duplicate", "late", "implausible"]
"""How an event ended: implausible ones say that they happened well after now."""


class Place(NamedTuple):
    """Where an event's record stands."""

    topic: str
    partition: int
    offset: int


class Rows(Protocol):
    """Where rows are kept: a dictionary, or a table of Faust."""

    def get(self, key: str, /) -> Row | None:
        """Return a row."""

    def __setitem__(self, key: str, row: Row, /) -> None:
        """Put a row."""

    def __delitem__(self, key: str, /) -> None:
        """Remove a row."""


def fold(rows: Rows, place: Place, observed: Observation, now_milliseconds: int) -> Ending:
    """Count an event in its rows; say how it ended."""
    if observed.at_milliseconds > now_milliseconds + TOLERANCE_MILLISECONDS:
        return "implausible"
    hour = observed.at_milliseconds // HOUR_MILLISECONDS
    if not _advance(rows, place.partition, hour):
        return "late"
    if not _is_first(rows, place, hour, observed.event_id):
        return "duplicate"
    by_key: dict[str, list[Entry]] = {}
    for entry in observed.entries:
        short = entry._replace(name=entry.name[:NAME_CHARACTERS])
        by_key.setdefault(_key_of(place.partition, entry.view, hour, short.name), []).append(short)
    for key, entries in by_key.items():
        rows[key] = _added(rows.get(key), place, entries)
    return "counted"


def read(
    rows: Rows, partition: int, view: View, hours: Iterable[int], name: str | None = None
) -> Iterator[tuple[int, Row]]:
    """Return a partition's rows of a view with their hours; only the shard of a name, if given."""
    shards = range(SHARDS[view]) if name is None else (_shard(name[:NAME_CHARACTERS], view),)
    for hour in hours:
        for shard in shards:
            row = rows.get(f"{partition}|{view}|{hour}|{shard}")
            if row is not None:
                yield hour, row


def _key_of(partition: int, view: View | Literal["seen"], hour: int, name: str) -> str:
    # The partition is part of the key since Faust's store looks in all partitions for a key.
    return f"{partition}|{view}|{hour}|{_shard(name, view)}"


def _shard(name: str, view: View | Literal["seen"]) -> int:
    return int.from_bytes(_digest(name)[:2], "big") % SHARDS[view]


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=10).digest()


def _advance(rows: Rows, partition: int, hour: int) -> bool:
    """Take the partition's time on to an hour and remove what is then too old.

    Gives whether the hour itself is still kept.
    """
    key = f"{partition}|clock"
    row = rows.get(key)
    newest = hour if row is None else int(row["newest_hour"])
    if hour > newest:
        first = newest - RETAINED_HOURS + 1
        for old in range(first, min(newest, hour - RETAINED_HOURS) + 1):
            _remove(rows, partition, old)
    if row is None or hour > newest:
        rows[key] = {"newest_hour": hour}
    return hour > newest - RETAINED_HOURS


def _remove(rows: Rows, partition: int, hour: int) -> None:
    for view, shards in SHARDS.items():
        for shard in range(shards):
            key = f"{partition}|{view}|{hour}|{shard}"
            if rows.get(key) is not None:
                del rows[key]


def _is_first(rows: Rows, place: Place, hour: int, event_id: str) -> bool:
    """Tell whether no record at another offset had this event's id, and remember it."""
    key = _key_of(place.partition, "seen", hour, event_id)
    row = rows.get(key)
    ids: dict[str, int] = {} if row is None else row["offsets"]
    short = _digest(event_id).hex()
    if short in ids:
        return ids[short] == place.offset
    ids[short] = place.offset
    while len(ids) > IDS_PER_ROW:
        del ids[next(iter(ids))]
    rows[key] = {"offsets": ids}
    return True


def _added(row: Row | None, place: Place, entries: list[Entry]) -> Row:
    """Return a row with entries added to it.

    A record that was counted before leaves it as it is; it is written all the same, as its
    changelog record may have been lost in the crash after which the record is read again.
    """
    row = {"through": {}, "tally": {}, "labels": {}} if row is None else row
    through: dict[str, int] = row["through"]
    if through.get(place.topic, -1) >= place.offset:
        return row
    through[place.topic] = place.offset
    tally: Tally = row["tally"]
    labels: dict[str, str] = row["labels"]
    for entry in entries:
        full = entry.name not in tally and len(tally) >= NAMES_PER_ROW
        name = OTHER if full else entry.name
        counts = tally.setdefault(name, {})
        for counter, count in entry.counts.items():
            counts[counter] = counts.get(counter, 0) + count
        if entry.label and not full:
            labels[name] = entry.label[:NAME_CHARACTERS]
    return row
