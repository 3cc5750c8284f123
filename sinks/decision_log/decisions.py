"""Decisions as entries of a log: the place of a record and the hash of its bytes.

Nobody's data stands in the log. Where it goes on is told by the log alone, by the last entry of
each partition.
"""

import json
from collections.abc import Collection
from hashlib import sha256

from schemas.topic_names import DECISIONS_EVENTS
from sinks.decision_log.tiles import TileReader


def entry_of(partition: int, offset: int, value: bytes) -> bytes:
    """Return the entry of a record of decisions."""
    plain = {
        "topic": DECISIONS_EVENTS,
        "partition": partition,
        "offset": offset,
        "sha256": sha256(value).hexdigest(),
    }
    return json.dumps(plain, separators=(",", ":")).encode()


def next_offsets(reader: TileReader, partitions: Collection[int]) -> dict[int, int]:
    """Return from which offset on each partition is still to be logged. Errors: OSError."""
    found: dict[int, int] = {}
    for entry in reader.newest():
        if len(found) == len(partitions):
            break
        plain = json.loads(entry)
        found.setdefault(plain["partition"], plain["offset"] + 1)
    return {partition: found.get(partition, 0) for partition in partitions}


def index_of(reader: TileReader, partition: int, offset: int) -> int | None:
    """Return where a record's entry is; None where it is not logged. Errors: OSError."""
    for back, entry in enumerate(reader.newest(), 1):
        plain = json.loads(entry)
        if (plain["partition"], plain["offset"]) == (partition, offset):
            return reader.size - back
    return None
