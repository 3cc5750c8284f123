"""The topics of the global tables, read by each worker whole."""

from collections.abc import Iterable
from typing import Any, Final

from confluent_kafka import Consumer, KafkaException, TopicPartition

from streams.kafka.consuming import records_of
from streams.kafka.records import InputRecord
from streams.tables.gathered_records import TableUpdate
from streams.tables.global_tables import GlobalTables
from streams.topology import GLOBAL_TABLES

LOADED_RECORDS = 10_000
"""In one slice, before the tables' topics were read to their ends once."""

NOTHING: Final = TableUpdate(frozenset(), ())
_TIMEOUT_SECONDS = 10.0


class TableReader:
    """Reads the global tables' topics from where the local state stands."""

    def __init__(
        self,
        configuration: dict[str, Any],
        tables: GlobalTables,
        topics: Iterable[str] = tuple(GLOBAL_TABLES),
    ) -> None:
        self._topics = tuple(topics)
        self._consumer = Consumer(configuration)
        self._tables = tables
        self._behind: set[tuple[str, int]] = set()
        self._loaded = False
        self._latest = 0

    def start(self) -> None:
        """Begin to read all partitions of all tables. Errors: KafkaException."""
        assignment = []
        for topic in self._topics:
            metadata = self._consumer.list_topics(topic, timeout=_TIMEOUT_SECONDS).topics[topic]
            if metadata.error is not None:
                raise KafkaException(metadata.error)
            for partition in metadata.partitions:
                position = self._tables.position(topic, partition)
                assignment.append(TopicPartition(topic, partition, position))
                self._behind.add((topic, partition))
        self._consumer.assign(assignment)

    @property
    def loaded(self) -> bool:
        """Whether each table was read to its end once."""
        return self._loaded

    def positions(self) -> dict[str, int]:
        """Return for each table how far it was read, its partitions together."""
        positions = dict.fromkeys(self._topics, 0)
        for each in self._consumer.assignment():
            positions[each.topic] += self._tables.position(each.topic, each.partition)
        return positions

    def turn(
        self, maximum_records: int, timeout_seconds: float
    ) -> tuple[TableUpdate, int, int | None]:
        """Apply a slice: what it did, how many records, and the latest record's time."""
        if not self._loaded:
            maximum_records = max(maximum_records, LOADED_RECORDS)
        messages = self._consumer.consume(maximum_records, timeout_seconds)
        # A table without one of its partitions would be a wrong one.
        records = records_of(messages, self._at_end, only_retriable=True)
        if not records and (self._loaded or self._behind):
            return NOTHING, 0, None
        self._latest = max((each.timestamp_milliseconds for each in records), default=self._latest)
        applied = self._tables.apply(records) if self._loaded else self._load(records)
        return applied, len(records), self._latest

    def _load(self, records: list[InputRecord]) -> TableUpdate:
        """Gather records until they are many, or there are no more."""
        self._tables.gather(records)
        self._loaded = not self._behind
        if not (self._loaded or self._tables.is_full):
            return NOTHING
        applied = self._tables.settle(while_loading=True)
        if self._loaded:
            self._tables.end_loading()
        return applied

    def _at_end(self, topic: str, partition: int) -> None:
        self._behind.discard((topic, partition))

    def close(self) -> None:
        """Close the consumer."""
        self._consumer.close()
