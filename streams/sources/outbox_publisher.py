"""Runs the outbox's publisher for as long as its service runs, and tells what waits."""

import logging
import threading
from collections.abc import Callable

import psycopg
from confluent_kafka import KafkaException, Producer

from schemas.handled_errors import note_handled
from schemas.wire.codec import Codec
from sinks.contract import SinkUnavailable
from sinks.database.database import Connection, connect
from sinks.database.outbox import read_backlogs
from streams.clock import Clock
from streams.kafka.clients import producer_settings
from streams.sources.outbox import OutboxSender
from streams.sources.outbox_metrics import OutboxMetrics

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.05
RETRY_SECONDS = 1.0
MEASURE_SECONDS = 5.0
PRUNE_SECONDS = 60.0
FINISH_SECONDS = 5.0
STOP_SECONDS = 30.0
MESSAGE_TIMEOUT_MILLISECONDS = 15_000
SESSION = "-c statement_timeout=30000 -c idle_session_timeout=60000"
"""A publisher that hangs loses its session, and so its lead."""


class OutboxPublisher:
    """Publishes in a thread of its own while it is entered as a context, or where `run` is called.

    Any number may run on a database: one leads, and another takes over when its session ends.
    """

    def __init__(
        self,
        address: str,
        bootstrap_servers: str,
        codec: Codec,
        clock: Clock,
        metrics: OutboxMetrics,
    ) -> None:
        self._address = address
        self._bootstrap_servers = bootstrap_servers
        self._codec = codec
        self._clock = clock
        self._metrics = metrics
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=lambda: self.run(self._stopping.wait), name="outbox", daemon=True
        )

    def __enter__(self) -> "OutboxPublisher":
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop after the turn under way; what is left is published at the next start."""
        self._stopping.set()
        self._thread.join(STOP_SECONDS)

    def run(self, wait: Callable[[float], bool]) -> None:
        """Publish until `wait`, which rests for so many seconds, tells to end."""
        while not wait(0):
            try:
                self._publish(wait)
            except (SinkUnavailable, psycopg.Error, KafkaException) as error:
                # Connection and producer are made anew: what the old ones did last isn't known.
                note_handled("outbox", error)
                wait(RETRY_SECONDS)
            except Exception as error:
                # A mistake of ours is no reason to publish nothing any more.
                logger.exception("events wait to be published")
                note_handled("outbox", error)
                wait(RETRY_SECONDS)

    def _publish(self, wait: Callable[[float], bool]) -> None:
        settings = {"message.timeout.ms": MESSAGE_TIMEOUT_MILLISECONDS}
        producer = Producer(producer_settings(self._bootstrap_servers, settings))
        try:
            with connect(self._address, options=SESSION) as connection:
                sender = OutboxSender(connection, producer, self._codec, self._clock)
                measured_at = pruned_at = float("-inf")
                pause = 0.0
                while not wait(pause):
                    now = self._clock.monotonic_seconds()
                    if now >= measured_at + MEASURE_SECONDS:
                        measured_at = now
                        self._measure(connection)
                    if now >= pruned_at + PRUNE_SECONDS:
                        pruned_at = now
                        sender.prune()
                    pause = 0.0 if sender.turn() else IDLE_SECONDS
                sender.finish(FINISH_SECONDS)
        finally:
            producer.purge()
            producer.flush(0)

    def _measure(self, connection: Connection) -> None:
        backlogs = read_backlogs(connection, self._clock.now_milliseconds())
        for source, backlog in backlogs.items():
            self._metrics.outbox(source, *backlog)
