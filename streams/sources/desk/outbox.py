"""Sends the outbox to Kafka: each row at least once, and marked only when the broker has it.

A row that is sent again after a crash is harmless: a review's id follows from its task, and a
review of an older decision is dropped as stale. One publisher is at work at a time, so that rows
of one key leave in order; others wait for it to end.
"""

import logging
import time
from typing import Any

from confluent_kafka import KafkaException, Producer

from schemas.catalog import event_of
from schemas.wire.codec import Codec
from sinks.database.locks import Lock, lock_key
from streams.clock import Clock
from streams.kafka.clients import producer_settings
from streams.sources.desk.rows import Connection, fetch_all

logger = logging.getLogger(__name__)

BATCH = 1_000
DELIVERY_TIMEOUT_SECONDS = 10.0
MESSAGE_TIMEOUT_MILLISECONDS = 8_000
"""Less than the wait for a batch, so that no message is still under way after it."""

_UNSENT = """
    SELECT outbox_id, topic, key, event, content, written_at_milliseconds FROM outbox
    WHERE sent_at_milliseconds IS NULL AND refusal IS NULL ORDER BY outbox_id LIMIT %s
"""


class OutboxPublisher:
    """Publishes over one connection, which is its own."""

    def __init__(
        self, connection: Connection, producer: Producer, codec: Codec, clock: Clock
    ) -> None:
        self._connection = connection
        self._producer = producer
        self._codec = codec
        self._clock = clock
        self._leads = False

    def publish(self) -> int:
        """Send a batch and wait for the broker; give how many rows it took, 0 when not leading.

        Errors: psycopg.OperationalError; KafkaException for a producer that is to be made anew.
        """
        if not self._leads:
            query, key = "SELECT pg_try_advisory_lock(%s)", lock_key(Lock.DESK_OUTBOX)
            (self._leads,) = self._connection.execute(query, (key,)).fetchone() or (False,)
        if not self._leads:
            return 0
        sent: list[int] = []
        for row in fetch_all(self._connection, _UNSENT, (BATCH,)):
            self._produce(row, sent)
        left = self._producer.flush(DELIVERY_TIMEOUT_SECONDS)
        if left:
            logger.warning("%s rows of the outbox have not reached the broker yet", left)
        if sent:
            mark = "UPDATE outbox SET sent_at_milliseconds = %s WHERE outbox_id = ANY(%s)"
            self._connection.execute(mark, (self._clock.now_milliseconds(), sent))
        return len(sent)

    def _produce(self, row: dict[str, Any], sent: list[int]) -> None:
        outbox_id, topic, key = row["outbox_id"], row["topic"], row["key"]
        try:
            event = event_of(row["event"], row["content"])
            value = self._codec.encode(topic, event)
            headers: Any = self._codec.headers(event, key, row["written_at_milliseconds"])
        except (KeyError, TypeError, ValueError) as error:
            # A row that is no event can't be sent ever, and is not to hold up the others.
            logger.error("row %s of the outbox is refused: %r", outbox_id, error)
            refuse = "UPDATE outbox SET refusal = %s WHERE outbox_id = %s"
            self._connection.execute(refuse, (repr(error)[:1_000], outbox_id))
            return

        def reported(error: Any, _message: Any) -> None:
            if error is None:
                sent.append(outbox_id)
            else:
                logger.warning("row %s of the outbox was not sent: %s", outbox_id, error)

        deadline = time.monotonic() + DELIVERY_TIMEOUT_SECONDS
        while True:
            try:
                self._producer.produce(
                    topic,
                    value,
                    key.encode(),
                    headers=headers,
                    timestamp=self._clock.now_milliseconds(),
                    on_delivery=reported,
                )
            except BufferError:
                if time.monotonic() > deadline:
                    raise KafkaException("the producer's queue stays full") from None
                self._producer.poll(0.1)
            else:
                return


def make_producer(bootstrap_servers: str) -> Producer:
    """Return the outbox's producer: idempotent, and keyed as marketplaces' producers are."""
    return Producer(
        producer_settings(bootstrap_servers, {"message.timeout.ms": MESSAGE_TIMEOUT_MILLISECONDS})
    )
