"""A log moved to topics of another prefix with more partitions: by key, in order, each record once.

A transaction has records and how far the former topic was read, so a move that was cut short goes
on where it was. The number of partitions grows by a whole factor: all that goes into a partition
comes from one, and stays in its order.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from confluent_kafka import OFFSET_INVALID, Consumer, KafkaException, Producer, TopicPartition

from replay.log import Log
from schemas.topic_names import PREFIX, STANDINGS_STATE
from schemas.wire.delivered import Source
from streams.kafka.clients import consumer_settings, producer_settings
from streams.kafka.partitioner import partition_of
from streams.kafka.producing import send_copy
from streams.kafka.records import InputRecord
from streams.state.row_keys import PARTY_PREFIX, is_listing, listing_id_of
from streams.topology import CHANGELOG, CO_PARTITIONED

NAME: Final = "ip-move"
"""Of the group that notes how far was read, and of the transactions: who begins ends the others."""
ROWS_MOVED: Final[Source] = (CHANGELOG, 0)
"""The group has an offset here once all rows are moved; nobody reads by it."""

TIMEOUT_SECONDS: Final = 60.0
TRANSACTION_RECORDS: Final = 2_000


class MoveFailed(Exception):
    """Nothing more is moved; the message says why."""


class Growth(NamedTuple):
    """How many partitions a topic had, and how many it has."""

    before: int
    after: int


def former_name(topic: str, former_prefix: str) -> str:
    """Return what a topic is called under the former prefix."""
    return former_prefix + topic.removeprefix(PREFIX)


def places_of(topic: str, partition: int, key: bytes | None, growth: Growth) -> Sequence[int]:
    """Return the partitions of a topic that a record of a former partition goes to.

    Rows of what a partition keeps for all its cases go to each that comes of it. A record that lay
    in a wrong partition lies in a wrong one again. Errors: MoveFailed.
    """
    before, after = growth
    if before == after:
        return (partition,)
    if topic not in CO_PARTITIONED:
        return (partition_of(key or b"", after),)
    owner = _owner_of_row(key or b"") if topic == CHANGELOG else _owner_of_record(topic, key)
    if owner is None:
        return range(partition, after, before)
    place = partition_of(owner, after)
    if place % before == partition:
        return (place,)
    if topic == CHANGELOG:
        raise MoveFailed(f"{topic} {partition} has a row of another partition: {key!r}")
    return (partition,)


def _owner_of_row(key: bytes) -> bytes | None:
    """Return the id by which a row has its partition; None where it is the partition's."""
    if key.startswith(PARTY_PREFIX):
        return key.removeprefix(PARTY_PREFIX)
    return listing_id_of(key) if is_listing(key) else None


def _owner_of_record(topic: str, key: bytes | None) -> bytes:
    if topic == STANDINGS_STATE:
        return (key or b"").partition(b":")[2]
    return key or b""


class Mover:
    """Writes records of former topics into those of the present prefix."""

    def __init__(
        self,
        bootstrap_servers: str,
        former_prefix: str,
        transaction_records: int = TRANSACTION_RECORDS,
        make: Callable[[dict[str, Any]], Any] = Producer,
    ) -> None:
        """End every other move to this prefix. Errors: KafkaException."""
        self._former_prefix = former_prefix
        self._transaction_records = transaction_records
        own = {"transactional.id": NAME, "message.max.bytes": 4 << 20}
        self._producer = make(producer_settings(bootstrap_servers, own))
        self._producer.init_transactions(TIMEOUT_SECONDS)
        self._reader = Consumer(consumer_settings(bootstrap_servers, NAME))

    def close(self) -> None:
        """Close the clients."""
        self._reader.close()

    def reached(self, sources: Sequence[Source]) -> dict[Source, int]:
        """Return how far former topics were moved, those of which anything was. Errors:
        KafkaException."""
        asked = [TopicPartition(*source) for source in sources]
        found = self._reader.committed(asked, TIMEOUT_SECONDS)
        return {(t.topic, t.partition): t.offset for t in found if t.offset != OFFSET_INVALID}

    def note_rows(self) -> None:
        """Note that all rows are moved. Errors: KafkaException."""
        self._reader.commit(offsets=[TopicPartition(*ROWS_MOVED, 0)], asynchronous=False)

    def move(self, log: Log, topic: str, growth: Growth, firsts: Mapping[int, int]) -> int:
        """Move a topic's partitions, each from an offset to its present end; give how many records
        were read. Errors: MoveFailed, KafkaException; ReplayError where the log can't be read.
        """
        former = former_name(topic, self._former_prefix)
        moved = 0
        for partition, first in firsts.items():
            for records in self._chunks(log.read(former, partition, first_offset=first)):
                self._write(topic, growth, records)
                moved += len(records)
        return moved

    def _chunks(self, records: Iterator[InputRecord]) -> Iterator[list[InputRecord]]:
        while chunk := list(islice(records, self._transaction_records)):
            yield chunk

    def _write(self, topic: str, growth: Growth, records: Sequence[InputRecord]) -> None:
        last = records[-1]
        places = [places_of(topic, last.partition, each.key, growth) for each in records]
        refused: list[Any] = []

        def note(error: Any, _message: Any) -> None:
            if error is not None:
                refused.append(error)

        self._producer.begin_transaction()
        for record, targets in zip(records, places, strict=True):
            for target in targets:
                send_copy(self._producer, topic, target, record, note)
        self._producer.flush(TIMEOUT_SECONDS)
        if refused:
            raise KafkaException(refused[0])
        reached = TopicPartition(last.topic, last.partition, last.offset + 1)
        self._producer.send_offsets_to_transaction(
            [reached], self._reader.consumer_group_metadata(), TIMEOUT_SECONDS
        )
        self._producer.commit_transaction(TIMEOUT_SECONDS)
