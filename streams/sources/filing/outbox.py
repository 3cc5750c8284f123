"""Publishes the events that filings left in the outbox.

An event is marked as sent only when all its replicas have it. Where the process dies between the
two, the same bytes are sent again, and the pipeline drops them by their id. Each lane is locked
while it is published, so several processes share the lanes; of each key only the first event is in
a batch, so that no later one overtakes it.
"""

import logging
import threading
from typing import Any

import psycopg
from confluent_kafka import KafkaError, KafkaException, Producer
from psycopg.rows import dict_row

from streams.clock import Clock
from streams.kafka.clients import producer_settings
from streams.metrics.metrics import Metrics

logger = logging.getLogger(__name__)

BATCH_RECORDS = 1_000
BATCH_LANES = 8
IDLE_SECONDS = 0.05
RETRY_SECONDS = 1.0
FLUSH_SECONDS = 20.0
MESSAGE_TIMEOUT_MILLISECONDS = 15_000
CONNECT_TIMEOUT_SECONDS = 5
STATEMENT_TIMEOUT_MILLISECONDS = 30_000
STOP_SECONDS = 30.0
TELL_SECONDS = 5.0


class OutboxPublisher:
    """Publishes in a thread of its own while it is entered as a context."""

    def __init__(
        self, address: str, bootstrap_servers: str, clock: Clock, metrics: Metrics
    ) -> None:
        self._metrics = metrics
        self._told_at_seconds = -TELL_SECONDS
        self._address = address
        self._bootstrap_servers = bootstrap_servers
        self._clock = clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def __enter__(self) -> "OutboxPublisher":
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop after the batch under way; what is left is published at the next start."""
        self._stopping.set()
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._publish_until_stopped()
            except (psycopg.Error, KafkaException) as error:
                # Both are made anew: a producer with a fatal error does not recover.
                logger.warning("events wait to be published: %s", type(error).__name__)
                self._stopping.wait(RETRY_SECONDS)

    def _publish_until_stopped(self) -> None:
        producer = Producer(self._configuration())
        try:
            with psycopg.connect(
                self._address,
                autocommit=True,
                connect_timeout=CONNECT_TIMEOUT_SECONDS,
                row_factory=dict_row,
                options=f"-c statement_timeout={STATEMENT_TIMEOUT_MILLISECONDS}",
            ) as connection:
                while not self._stopping.is_set():
                    self._tell(connection)
                    if not publish_batch(connection, producer, self._clock):
                        self._stopping.wait(IDLE_SECONDS)
        finally:
            producer.purge()
            producer.flush(0)

    def _tell(self, connection: psycopg.Connection[dict[str, Any]]) -> None:
        now = self._clock.monotonic_seconds()
        if now - self._told_at_seconds < TELL_SECONDS:
            return
        self._told_at_seconds = now
        waiting = connection.execute(
            """
            SELECT count(*) AS records, min(timestamp_milliseconds) AS oldest
            FROM filing_outbox WHERE sent_at_milliseconds IS NULL
            """
        ).fetchone() or {"records": 0, "oldest": None}
        oldest = waiting["oldest"]
        age = 0.0 if oldest is None else (self._clock.now_milliseconds() - oldest) / 1000
        self._metrics.filing_outbox(waiting["records"], max(0.0, age))

    def _configuration(self) -> dict[str, Any]:
        return producer_settings(
            self._bootstrap_servers, {"message.timeout.ms": MESSAGE_TIMEOUT_MILLISECONDS}
        )


def publish_batch(
    connection: psycopg.Connection[dict[str, Any]], producer: Producer, clock: Clock
) -> int:
    """Publish the oldest events of lanes that nobody else publishes; give how many.

    Errors: psycopg.Error; KafkaException where one was not acknowledged: then those that were stay
    marked as sent.
    """
    with connection.transaction():
        rows = _take(connection)
        if not rows:
            return 0
        delivery = _Delivery(producer)
        for row in rows:
            delivery.produce(row)
        sent = delivery.wait()
        connection.execute(
            "UPDATE filing_outbox SET sent_at_milliseconds = %s WHERE outbox_id = ANY(%s)",
            (clock.now_milliseconds(), sent),
        )
    if delivery.error is not None:
        raise KafkaException(delivery.error)
    if len(sent) < len(rows):
        raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
    return len(sent)


def _take(connection: psycopg.Connection[dict[str, Any]]) -> list[dict[str, Any]]:
    lanes = connection.execute(
        """
        SELECT lane FROM filing_outbox_lanes AS lanes
        WHERE EXISTS (
            SELECT FROM filing_outbox AS waiting
            WHERE waiting.lane = lanes.lane AND waiting.sent_at_milliseconds IS NULL
        )
        ORDER BY random() LIMIT %s FOR UPDATE SKIP LOCKED
        """,
        (BATCH_LANES,),
    ).fetchall()
    if not lanes:
        return []
    # Read after the lanes are locked: what another process sent is marked by now.
    found = connection.execute(
        """
        SELECT outbox_id, topic, record_key, value, headers, timestamp_milliseconds
        FROM filing_outbox WHERE lane = ANY(%s) AND sent_at_milliseconds IS NULL
        ORDER BY outbox_id LIMIT %s
        """,
        ([row["lane"] for row in lanes], BATCH_RECORDS),
    )
    first: dict[str, dict[str, Any]] = {}
    for row in found:
        first.setdefault(row["record_key"], row)
    return list(first.values())


class _Delivery:
    """What became of a batch's records."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer
        self._sent: list[int] = []
        self.error: KafkaError | None = None

    def produce(self, row: dict[str, Any]) -> None:
        outbox_id: int = row["outbox_id"]

        def told(error: KafkaError | None, _message: Any) -> None:
            if error is None:
                self._sent.append(outbox_id)
            else:
                self.error = error

        self._producer.produce(
            row["topic"],
            bytes(row["value"]),
            row["record_key"].encode(),
            headers=[(name, value.encode()) for name, value in row["headers"]],
            timestamp=row["timestamp_milliseconds"],
            on_delivery=told,
        )

    def wait(self) -> list[int]:
        """Wait until all are told of, or for a bounded time; give those that were acknowledged."""
        self._producer.flush(FLUSH_SECONDS)
        return list(self._sent)
