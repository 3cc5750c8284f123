"""Reads topics into a sink that keeps the positions itself (sinks/contract.py).

The consumer group only shares the partitions out. A reader that lost one, and does not know it yet,
is refused by the sink, since the position is no longer the one that it expects.
"""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from schemas.handled_errors import note_handled
from schemas.traces import TRACES, carried_in
from schemas.wire.codec import Codec, DecodeError, SchemaRegistryUnavailable
from schemas.wire.delivered import Delivered, Source
from sinks.contract import PositionMoved, Sink, SinkUnavailable, Span
from streams.clock import Clock
from streams.kafka.clients import consumer_settings
from streams.kafka.consuming import records_of
from streams.kafka.records import InputRecord
from streams.kafka.stalls import StallSettings, StallWatch
from streams.kafka.waiting_input import WaitingInput

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
POLL_SECONDS = 0.05

Taken = TypeVar("Taken")


class SinkSettings(NamedTuple):
    """How a reader runs; whether it may pass over what the log no longer has, or is to end."""

    bootstrap_servers: str
    group: str
    topics: tuple[str, ...]
    batch_records: int = 1_000
    session_timeout_milliseconds: int = 10_000
    stall: StallSettings = StallSettings()
    may_pass_over: bool = True


def events_by(codec: Codec) -> Callable[[InputRecord], Delivered]:
    """Return what makes events of records. Its errors: DecodeError, SchemaRegistryUnavailable."""

    def read(record: InputRecord) -> Delivered:
        event = codec.decode(record.topic, record.value or b"", record.headers_source)
        trace = carried_in(record.headers_source) if TRACES.on else None
        return Delivered(*record[:3], event, record.timestamp_milliseconds, trace)

    return read


class SinkReader(Generic[Taken]):
    """One reader of a group; `read` makes of a record what the sink takes.

    Errors of `run`: KafkaException or PartitionsStalled, after which the process is to end and be
    started again by its supervisor.
    """

    def __init__(
        self,
        settings: SinkSettings,
        read: Callable[[InputRecord], Taken],
        sink: Sink[Taken],
        clock: Clock,
        tell_stalled: Callable[[frozenset[Source]], None],
    ) -> None:
        self._settings = settings
        self._read = read
        self._sink = sink
        self._clock = clock
        self._consumer = Consumer(self._configuration())
        self._positions: dict[Source, int] = {}
        self._to_place: set[Source] = set()
        self._reached: dict[Source, int] = {}
        waiting = WaitingInput(settings.bootstrap_servers, settings.group, self._where_read)
        self._stalls = StallWatch(settings.stall, waiting, clock, tell_stalled)
        self._retry_at_seconds = 0.0
        self._stopping = False
        self.endings: Counter[str] = Counter()

    def stop(self) -> None:
        """Ask the reader to end after the batch under way; safe in a signal handler."""
        self._stopping = True

    def run(self) -> None:
        """Read until `stop` is called."""
        self._consumer.subscribe(
            list(self._settings.topics), on_assign=self._assigned, on_revoke=self._revoked
        )
        self._stalls.start()
        try:
            while not self._stopping:
                self.turn()
                self._stalls.check()
        finally:
            self._stalls.close()
            self._consumer.close()

    def turn(self) -> None:
        """Take one batch, or wait a moment for one."""
        messages = self._consumer.consume(self._settings.batch_records, POLL_SECONDS)
        self._stalls.hold(self._to_place | self._positions.keys())
        if self._clock.monotonic_seconds() < self._retry_at_seconds:
            # That a service doesn't answer is told, and no restart mends it.
            self._stalls.moved(self._to_place)
            return
        try:
            if self._to_place:
                self._place()
            batch = self._batch(messages)
            if batch:
                self._take(batch)
        except (SinkUnavailable, SchemaRegistryUnavailable) as error:
            note_handled("sink", error)
            self.endings["unavailable"] += 1
            self._rewind()
            self._stalls.moved(self._to_place)
            self._retry_at_seconds = self._clock.monotonic_seconds() + RETRY_SECONDS
        except PositionMoved as error:
            note_handled("sink", error)
            self.endings["moved"] += 1
            self._rewind()

    def _batch(self, messages: list[Any]) -> list[InputRecord]:
        only_retriable = not self._settings.may_pass_over
        records = records_of(messages, only_retriable=only_retriable)
        return [each for each in records if each[:2] in self._positions]

    def _take(self, records: list[InputRecord]) -> None:
        taken: list[Taken] = []
        spans: dict[Source, Span] = {}
        for record in records:
            source = (record.topic, record.partition)
            span = spans.get(source, Span(self._positions[source], self._positions[source]))
            if record.offset < span.next and not self._settings.may_pass_over:
                # A client that was sent on may still give what it had begun to fetch before. Where
                # the log may have begun anew, what it gives is what comes next.
                self.endings["before_position"] += 1
                continue
            spans[source] = Span(span.expected, record.offset + 1)
            try:
                taken.append(self._read(record))
            except DecodeError as error:
                # The group of workers writes its dead letter: one for one record.
                logger.info("%s %s %s: %s", *record[:3], error)
                self.endings["not_decoded"] += 1
        if not spans:
            return
        self._sink.write(taken, spans)
        written = {source: span.next for source, span in spans.items()}
        self._positions.update(written)
        self._reached.update(written)
        self._stalls.moved(written)
        self.endings["written"] += len(taken)

    def _place(self) -> None:
        """Go to where the sink stands, with partitions that are new or to be read again."""
        positions = self._sink.positions(list(self._settings.topics))
        for source in sorted(self._to_place):
            offset = positions.get(source, 0)
            try:
                self._consumer.seek(TopicPartition(*source, offset or OFFSET_BEGINNING))
            except KafkaException as error:
                if error.args[0].code() == KafkaError._STATE:
                    # It was assigned a moment ago, and the client has not begun with it.
                    note_handled("placing", error)
                    continue
                raise
            self._to_place.discard(source)
            self._positions[source] = offset
            self._reached[source] = offset
            self._consumer.resume([TopicPartition(*source)])

    def _where_read(
        self, _consumer: Consumer, places: list[TopicPartition]
    ) -> list[TopicPartition]:
        """Return from where partitions are to be read, by what the sink said last."""
        reached = self._reached.copy()
        return [
            TopicPartition(
                each.topic,
                each.partition,
                reached.get((each.topic, each.partition), OFFSET_BEGINNING),
            )
            for each in places
        ]

    def _rewind(self) -> None:
        assigned = self._consumer.assignment()
        if assigned:
            self._consumer.pause(assigned)
        self._to_place = {(each.topic, each.partition) for each in assigned}
        self._positions.clear()

    def _assigned(self, consumer: Any, assigned: list[TopicPartition]) -> None:
        # Until it is placed; the group has no offsets that the client could ask for.
        consumer.incremental_assign(
            [TopicPartition(each.topic, each.partition, OFFSET_BEGINNING) for each in assigned]
        )
        if assigned:
            consumer.pause(assigned)
        self._to_place.update((each.topic, each.partition) for each in assigned)

    def _revoked(self, consumer: Any, revoked: list[TopicPartition]) -> None:
        for each in revoked:
            self._to_place.discard((each.topic, each.partition))
            self._positions.pop((each.topic, each.partition), None)
        consumer.incremental_unassign(revoked)

    def _configuration(self) -> dict[str, Any]:
        return consumer_settings(
            self._settings.bootstrap_servers,
            self._settings.group,
            {
                "partition.assignment.strategy": "cooperative-sticky",
                "session.timeout.ms": self._settings.session_timeout_milliseconds,
                "auto.offset.reset": "earliest" if self._settings.may_pass_over else "error",
            },
        )
