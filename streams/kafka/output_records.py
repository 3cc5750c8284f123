"""Outputs of steps as records: which topic, which partition, which key."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from schemas.catalog import EVENT_TYPES
from schemas.declaration import declaration_of, key_maker
from schemas.record import maker
from schemas.wire.codec import SOURCE, Codec
from streams.kafka.partitioner import partition_of
from streams.kafka.records import OutputRecord
from streams.topology import JOURNAL, MONITOR_OUTPUTS, OUTPUTS

_output_record = maker(OutputRecord)


MAXIMUM_VALUE_BYTES: Final = 1_000_000
"""What no topic refuses, with its key and headers."""


class OutputTooLarge(ValueError):
    """An output has more bytes than its topic takes."""


class _Route(NamedTuple):
    """Where the records of an event go: topic, what makes the key, whether to its party."""

    topic: str
    key_of: Callable[[Any], str]
    is_of_party: bool


def _route(kind: Any, topic: str) -> _Route:
    return _Route(topic, key_maker(kind), declaration_of(kind).owner == "party")


_ROUTES: Final = {
    EVENT_TYPES[name]: _route(EVENT_TYPES[name], topic)
    for name, topic in (OUTPUTS | MONITOR_OUTPUTS).items()
}


class OutputRecords:
    """Makes the records of outputs, for topics of so many partitions; `source` says whose."""

    def __init__(self, codec: Codec, partitions: int, source: str = SOURCE) -> None:
        self._codec = codec
        self._partitions = partitions
        self._source = source

    def record(self, event: Any, partition: int, now_milliseconds: int) -> OutputRecord:
        """Return the record of an output: what is a party's goes to the partition of that party,
        what is a listing's to the same partition number as its input."""
        topic, key_of, is_of_party = _ROUTES[type(event)]
        key = key_of(event)
        value = self._codec.encode(topic, event)
        if len(value) > MAXIMUM_VALUE_BYTES:
            raise OutputTooLarge(f"{type(event).__name__} has {len(value):,} bytes")
        if is_of_party:
            partition = party_partition(event.party_id, self._partitions)
        return _output_record(
            topic,
            partition,
            key.encode(),
            value,
            self._codec.headers(event, key, now_milliseconds, self._source),
            now_milliseconds,
        )

    def journal_record(
        self, event: Any, key: str, partition: int | None, now_milliseconds: int
    ) -> OutputRecord:
        """Return the record of a note on the work itself; without a partition the key chooses."""
        topic = JOURNAL[type(event).__name__]
        name = key.encode()
        if partition is None:
            partition = partition_of(name, self._partitions)
        value = self._codec.encode(topic, event)
        return OutputRecord(topic, partition, name, value, [], now_milliseconds)


def standing_key(role: str, party_id: str) -> str:
    """Return the key of a standing: a party may stand in both parts."""
    return f"{role}:{party_id}"


@lru_cache(maxsize=100_000)
def party_partition(party_id: str, partitions: int) -> int:
    """Return the partition of a party's records."""
    return partition_of(party_id.encode(), partitions)
