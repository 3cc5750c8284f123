"""Local state brought up to date from the changelog, in bulk.

A restore ends at the changelog's end as of its start, read uncommitted: a transaction that was
committed just before may not have its marker in the changelog yet, and the committed end would
miss it (as in Apache Kafka's KAFKA-10167).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, TopicPartition

from schemas.durations import DAY_MILLISECONDS
from schemas.handled_errors import note_handled
from streams.clock import Clock
from streams.kafka.clients import KAFKA_CLIENTS, ClientMakers, ask_leaders
from streams.kafka.errors import ends_client
from streams.kafka.log_ends import LogEnds
from streams.state.loading import load_rows
from streams.state.local_state import ROWS, LocalState, partition_prefix
from streams.topology import CHANGELOG

TOMBSTONES_KEPT_MILLISECONDS = 8 * DAY_MILLISECONDS
"""The changelog tells for so long, at least, that a row is no more."""
TOMBSTONES_READ_MILLISECONDS = 7 * DAY_MILLISECONDS
"""A local state that is behind by more is not brought up to date: rows that left would stay."""
CHUNK_ROWS = 100_000
CHUNK_BYTES = 64 << 20
BATCH_RECORDS = 10_000


class Restoration(NamedTuple):
    """A partition whose local state is whole again, with what that took."""

    partition: int
    rows: int
    seconds: float


class _Progress:
    def __init__(self, position: int, end: int, started_seconds: float) -> None:
        self.position = position
        self.end = end
        self.started_seconds = started_seconds
        self.rows = 0
        self.chunk: dict[bytes, bytes | None] = {}
        self.chunk_bytes = 0


class Restorer:
    """Restores any number of partitions at once, a slice at a time."""

    def __init__(
        self,
        configuration: dict[str, Any],
        state: LocalState,
        decode_row: Callable[[bytes], Any],
        clock: Clock,
        clients: ClientMakers = KAFKA_CLIENTS,
    ) -> None:
        self._consumer = clients.consumer(configuration)
        self._ends = LogEnds(configuration["bootstrap.servers"], clients.admin)
        self._state = state
        self._decode_row = decode_row
        self._clock = clock
        self._progress: dict[int, _Progress] = {}
        self.brought: set[int] = set()
        """Partitions of which the last turn brought rows."""

    @property
    def partitions(self) -> frozenset[int]:
        """Partitions being restored."""
        return frozenset(self._progress)

    def start(self, partitions: list[int]) -> None:
        """Begin to restore partitions, each from where its local state stands.

        To be called after the group's offsets of the partitions were read as stable, so that no
        transaction of a former owner is still to end. Errors: KafkaException, to be tried again.
        """
        ask_leaders(self._consumer, (CHANGELOG,))
        first, last = self._ends.ask(CHANGELOG, partitions)
        whole_since = self._clock.now_milliseconds() - TOMBSTONES_READ_MILLISECONDS
        whole = self._ends.ask_since(CHANGELOG, partitions, whole_since)
        now = self._clock.monotonic_seconds()
        for partition in partitions:
            # Of a start that failed midway, some are under way.
            self.stop(partition)
            position = self._state.position(partition)
            begin, end, since = first[partition], last[partition], whole[partition]
            reads_whole = position == end or (since is not None and since <= (position or 0))
            if position is None or not (begin <= position <= end and reads_whole):
                # What compaction removed since can't be told from what is still there.
                self._state.drop_partition(partition)
                position = begin
            self._progress[partition] = _Progress(position, end, now)
            if position < end:
                self._consumer.incremental_assign([TopicPartition(CHANGELOG, partition, position)])

    def has_rows(self, partition: int) -> bool:
        """Tell whether a partition that is restored has any rows."""
        return self._state.has_any(
            ROWS, partition_prefix(partition), partition_prefix(partition + 1)
        )

    def stop(self, partition: int) -> None:
        """Leave off restoring a partition; what was loaded stays, with its position."""
        progress = self._progress.pop(partition, None)
        if progress is not None and any(
            assigned.partition == partition for assigned in self._consumer.assignment()
        ):
            self._consumer.incremental_unassign([TopicPartition(CHANGELOG, partition)])

    def turn(self, timeout_seconds: float) -> list[Restoration]:
        """Load one slice; give the partitions that are done."""
        self.brought.clear()
        if any(progress.position < progress.end for progress in self._progress.values()):
            self._take(self._consumer.consume(BATCH_RECORDS, timeout_seconds))
        done = []
        for partition, progress in list(self._progress.items()):
            if progress.position >= progress.end:
                self._load(partition, progress)
                self.stop(partition)
                seconds = self._clock.monotonic_seconds() - progress.started_seconds
                done.append(Restoration(partition, progress.rows, seconds))
            elif len(progress.chunk) >= CHUNK_ROWS or progress.chunk_bytes >= CHUNK_BYTES:
                self._load(partition, progress)
        return done

    def close(self) -> None:
        """Close the changelog's consumer."""
        self._consumer.close()

    def _take(self, messages: list[Any]) -> None:
        prefixes = {partition: partition_prefix(partition) for partition in self._progress}
        for message in messages:
            error = message.error()
            partition = message.partition()
            progress = self._progress.get(partition)
            if error is not None:
                self._take_error(error, message.offset(), progress)
            elif progress is not None:
                value = message.value()
                progress.chunk[prefixes[partition] + message.key()] = value
                progress.position = message.offset() + 1
                progress.chunk_bytes += len(value or b"")
                progress.rows += 1
                self.brought.add(partition)

    @staticmethod
    def _take_error(error: Any, offset: int, progress: _Progress | None) -> None:
        if error.code() == KafkaError._PARTITION_EOF:
            if progress is not None:
                progress.position = max(progress.position, offset)
        elif ends_client(error) or not error.retriable():
            raise KafkaException(error)
        else:
            note_handled("restore", error)

    def _load(self, partition: int, progress: _Progress) -> None:
        load_rows(self._state, partition, progress.chunk, progress.position, self._decode_row)
        progress.chunk = {}
        progress.chunk_bytes = 0
