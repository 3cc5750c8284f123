"""The topics of the global tables, read by each worker whole."""

from collections.abc import Iterable
from typing import Any, Final

from confluent_kafka import KafkaException, TopicPartition

from schemas.handled_errors import note_handled
from schemas.wire.foreign_schemas import SchemaRegistryUnavailable
from streams.clock import Clock, SystemClock
from streams.kafka.clients import KAFKA_CLIENTS, ClientMakers
from streams.kafka.consuming import records_of
from streams.kafka.records import InputRecord
from streams.tables.gathered_records import TableUpdate
from streams.tables.global_tables import GlobalTables
from streams.topology import GLOBAL_TABLES

LOADED_RECORDS = 10_000
"""In one slice, before the tables' topics were read to their ends once."""

WAIT_SECONDS = 1.0
"""Until a record is tried again whose schema is not known yet; and between two that were passed
over, each of which may cost a question to the registry."""

SYSTEM_CLOCK: Final = SystemClock()
NOTHING: Final = TableUpdate(frozenset(), ())
_TIMEOUT_SECONDS = 10.0


class TableReader:
    """Reads the global tables' topics from where the local state stands."""

    def __init__(
        self,
        configuration: dict[str, Any],
        tables: GlobalTables,
        topics: Iterable[str] = tuple(GLOBAL_TABLES),
        clock: Clock = SYSTEM_CLOCK,
        clients: ClientMakers = KAFKA_CLIENTS,
    ) -> None:
        self._topics = tuple(topics)
        self._consumer = clients.consumer(configuration)
        self._tables = tables
        self._clock = clock
        self._sources: list[tuple[str, int]] = []
        self._behind: set[tuple[str, int]] = set()
        self._resumes_at_seconds: float | None = None
        self._loaded = False
        self._latest = 0
        self._tries_at_seconds = 0.0

    def start(self) -> None:
        """Begin to read all partitions of all tables. Errors: KafkaException."""
        for topic in self._topics:
            metadata = self._consumer.list_topics(topic, timeout=_TIMEOUT_SECONDS).topics[topic]
            if metadata.error is not None:
                raise KafkaException(metadata.error)
            for partition in metadata.partitions:
                self._sources.append((topic, partition))
        self._place()

    def _place(self) -> None:
        """Go to where the tables stand."""
        self._consumer.assign(
            [TopicPartition(*source, self._tables.position(*source)) for source in self._sources]
        )
        if not self._loaded:
            self._behind = set(self._sources)

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
        self._resume()
        again = self._read_again()
        if again is not None:
            return again, 1, self._clock.now_milliseconds()
        messages = self._consumer.consume(maximum_records, timeout_seconds)
        # A table without one of its partitions would be a wrong one.
        records = records_of(messages, self._at_end, only_retriable=True)
        if not records and (self._loaded or self._behind):
            return NOTHING, 0, None
        self._latest = max((each.timestamp_milliseconds for each in records), default=self._latest)
        try:
            applied = self._tables.apply(records) if self._loaded else self._load(records)
        except SchemaRegistryUnavailable as error:
            note_handled("schema_registry", error)
            self._wait()
            return NOTHING, 0, None
        return applied, len(records), self._latest

    def _read_again(self) -> TableUpdate | None:
        """Try one of the records that were passed over, from time to time."""
        now = self._clock.monotonic_seconds()
        if not self._loaded or now < self._tries_at_seconds:
            return None
        self._tries_at_seconds = now + WAIT_SECONDS
        try:
            return self._tables.read_again()
        except SchemaRegistryUnavailable as error:
            note_handled("schema_registry", error)
            return None

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

    def _wait(self) -> None:
        """Read what was gathered again in a moment: a record's schema is not known yet."""
        self._tables.forget_gathered()
        self._place()
        self._consumer.pause(self._consumer.assignment())
        self._resumes_at_seconds = self._clock.monotonic_seconds() + WAIT_SECONDS

    def _resume(self) -> None:
        at = self._resumes_at_seconds
        if at is not None and self._clock.monotonic_seconds() >= at:
            self._resumes_at_seconds = None
            self._consumer.resume(self._consumer.assignment())

    def _at_end(self, topic: str, partition: int) -> None:
        self._behind.discard((topic, partition))

    def close(self) -> None:
        """Close the consumer."""
        self._consumer.close()
