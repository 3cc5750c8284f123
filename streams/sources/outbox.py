"""Publishes the outbox: one publisher at a time, none lost, and each key's events in order.

A row is marked as sent only when all its replicas have it, so one whose publisher died in between
is sent again: the same key, headers and time, and so the same CloudEvents id. Of each key only the
first row is under way, so that no later one overtakes it. A topic that does not take its rows holds
up no other topic. What can never be sent is set aside with its reason.
"""

import logging
from collections import Counter
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, Producer
from psycopg.rows import class_row

from schemas.catalog import event_of
from schemas.durations import DAY_MILLISECONDS
from schemas.wire.codec import Codec
from sinks.database.database import Connection
from sinks.database.locks import Lock, leads
from streams.clock import Clock
from streams.kafka.errors import ends_client
from streams.sources.publication_spans import PublicationSpans

logger = logging.getLogger(__name__)

TOPIC_RECORDS = 1_000
"""Under way on one topic at a time, about."""

WAIT_SECONDS = 0.25
"""For the brokers' answers, before what can be sent meanwhile is."""

REST_SECONDS = 1.0
PRUNED_ROWS = 10_000
SENT_LIFETIME_MILLISECONDS = 2 * DAY_MILLISECONDS
MAXIMUM_REFUSAL_CHARACTERS = 1_000

_WAITS = "sent_at_milliseconds IS NULL AND refusal IS NULL"
_TAKE = f"""
    WITH RECURSIVE topics AS (
        (SELECT topic FROM outbox WHERE {_WAITS} ORDER BY topic LIMIT 1)
        UNION ALL
        SELECT (
            SELECT topic FROM outbox WHERE {_WAITS} AND outbox.topic > topics.topic
            ORDER BY topic LIMIT 1
        ) FROM topics WHERE topics.topic IS NOT NULL
    )
    SELECT waiting.* FROM topics CROSS JOIN LATERAL (
        SELECT outbox_id, topic, record_key, event_type, value, content, headers,
            written_at_milliseconds
        FROM outbox WHERE {_WAITS} AND outbox.topic = topics.topic
            AND outbox_id <> ALL(%(under_way)s)
        ORDER BY outbox_id LIMIT %(limit)s
    ) AS waiting
    WHERE topics.topic <> ALL(%(left_out)s)
    ORDER BY outbox_id
"""  # noqa: S608 - a text of our own
_PRUNE = """
    DELETE FROM outbox WHERE outbox_id IN (
        SELECT outbox_id FROM outbox WHERE sent_at_milliseconds < %s
        ORDER BY sent_at_milliseconds LIMIT %s
    )
"""


class WaitingRow(NamedTuple):
    """A row that is to be sent; it has either `value` or `content`."""

    outbox_id: int
    topic: str
    record_key: str
    event_type: str
    value: bytes | None
    content: dict[str, Any] | None
    headers: list[list[str]]
    written_at_milliseconds: int


class OutboxSender:
    """Sends over one connection and one producer, both its own, for as long as both hold."""

    def __init__(
        self, connection: Connection, producer: Producer, codec: Codec, clock: Clock
    ) -> None:
        self._connection = connection
        self._producer = producer
        self._codec = codec
        self._clock = clock
        self._leads = False
        self._under_way: dict[int, tuple[str, str]] = {}
        self._reports: list[tuple[int, KafkaError | None]] = []
        self._rests_until: dict[str, float] = {}
        self._spans = PublicationSpans()

    def turn(self) -> int:
        """Send what can be, and mark what the brokers have; return how many rows that concerned.

        0 where nothing is to be done, or another publisher leads. Errors: psycopg.Error;
        KafkaException for a producer that is to be made anew.
        """
        if not self._lead():
            return 0
        rows = self._take()
        for row in rows:
            if not self._send(row):
                break
        if self._under_way:
            self._producer.flush(WAIT_SECONDS)
        return len(rows) + self._settle()

    def finish(self, seconds: float) -> None:
        """Wait for what is under way, so that it need not be sent again. Errors: as `turn`."""
        if self._under_way:
            self._producer.flush(seconds)
            self._settle()

    def prune(self) -> None:
        """Delete some of what was sent long ago. Errors: psycopg.Error."""
        if self._lead():
            before = self._clock.now_milliseconds() - SENT_LIFETIME_MILLISECONDS
            self._connection.execute(_PRUNE, (before, PRUNED_ROWS))

    def _lead(self) -> bool:
        # The lock goes with the session, without which nothing below works either.
        self._leads = self._leads or leads(self._connection, Lock.OUTBOX)
        return self._leads

    def _take(self) -> list[WaitingRow]:
        """Return the first rows of each topic, of each key only the first, none of a busy key."""
        now = self._clock.monotonic_seconds()
        counts = Counter(topic for topic, _ in self._under_way.values())
        full = {topic for topic, count in counts.items() if count >= TOPIC_RECORDS}
        resting = {topic for topic, until in self._rests_until.items() if now < until}
        parameters = {
            "under_way": list(self._under_way),
            "left_out": sorted(full | resting),
            "limit": TOPIC_RECORDS,
        }
        with self._connection.cursor(row_factory=class_row(WaitingRow)) as cursor:
            found = cursor.execute(_TAKE, parameters).fetchall()
        busy = set(self._under_way.values())
        rows = []
        for row in found:
            place = (row.topic, row.record_key)
            if place not in busy:
                busy.add(place)
                rows.append(row)
        return rows

    def _send(self, row: WaitingRow) -> bool:
        """Hand a row to the producer, or set it aside; False where the producer is full."""
        outbox_id = row.outbox_id
        try:
            message = self._message(row)
        except Exception as error:
            # Whatever is wrong with a row, it will be next time, and others are not to wait for it.
            self._set_aside(row, repr(error))
            return True

        def report(error: KafkaError | None, _message: Any) -> None:
            self._reports.append((outbox_id, error))

        try:
            self._producer.produce(row.topic, **message, on_delivery=report)
        except BufferError:
            return False
        except KafkaException as error:
            if error.args[0].code() == KafkaError.MSG_SIZE_TOO_LARGE:
                self._set_aside(row, str(error.args[0]))
                return True
            self._reports.append((outbox_id, error.args[0]))
        self._under_way[outbox_id] = (row.topic, row.record_key)
        self._spans.begin(outbox_id, row.topic, row.headers, row.written_at_milliseconds)
        return True

    def _message(self, row: WaitingRow) -> dict[str, Any]:
        """Return what the producer takes. Errors: any, for a row that is no event."""
        headers = [(name, value.encode()) for name, value in row.headers]
        if "ce_id" not in dict(headers):
            raise ValueError("no CloudEvents id")
        value = row.value
        if value is None:
            event = event_of(row.event_type, row.content or {})
            value = self._codec.encode(row.topic, event)
        return {
            "value": value,
            "key": row.record_key.encode(),
            "headers": headers,
            "timestamp": row.written_at_milliseconds,
        }

    def _set_aside(self, row: WaitingRow, reason: str) -> None:
        logger.error("row %s of the outbox is set aside: %s", row.outbox_id, reason)
        self._connection.execute(
            "UPDATE outbox SET refusal = %s WHERE outbox_id = %s",
            (reason.replace("\x00", "\ufffd")[:MAXIMUM_REFUSAL_CHARACTERS], row.outbox_id),
        )

    def _settle(self) -> int:
        """Mark what was sent, and let topics rest that did not take a row; give how many sent."""
        reports, self._reports = self._reports, []
        sent = [outbox_id for outbox_id, error in reports if error is None]
        if sent:
            self._connection.execute(
                "UPDATE outbox SET sent_at_milliseconds = %s WHERE outbox_id = ANY(%s)",
                (self._clock.now_milliseconds(), sent),
            )
        failed: dict[str, tuple[int, KafkaError]] = {}
        for outbox_id, error in reports:
            topic, _ = self._under_way.pop(outbox_id)
            self._spans.settle(outbox_id, error is None)
            if error is not None:
                failed.setdefault(topic, (outbox_id, error))
        for topic, (outbox_id, error) in failed.items():
            if ends_client(error):
                raise KafkaException(error)
            logger.warning("row %s is to be sent again to %s: %s", outbox_id, topic, error)
            self._rests_until[topic] = self._clock.monotonic_seconds() + REST_SECONDS
        return len(sent)
