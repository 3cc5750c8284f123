"""Publishes acknowledgements from the outbox that they were recorded in with their deliveries.

Each reaches the topic at least once; its id is the same in a repeat.
"""

import logging
from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from schemas.wire.codec import Codec
from sinks.contract import SinkUnavailable
from sinks.database.acknowledgement_outbox import AcknowledgementOutbox, UnpublishedAcknowledgement
from streams.clock import Clock
from streams.kafka.clients import producer_settings

logger = logging.getLogger(__name__)

TOPIC = "ip.acknowledgements.events"
BATCH = 500
IDLE_SECONDS = 0.1
AWAY_SECONDS = 1.0
MESSAGE_TIMEOUT_MILLISECONDS = 30_000


class AcknowledgementPublisher:
    """One publisher; run it in a thread of its own, `wait` rests and tells whether to end."""

    def __init__(
        self, bootstrap_servers: str, codec: Codec, outbox: AcknowledgementOutbox, clock: Clock
    ) -> None:
        self._codec = codec
        self._clock = clock
        self._outbox = outbox
        self._producer = Producer(
            producer_settings(
                bootstrap_servers, {"message.timeout.ms": MESSAGE_TIMEOUT_MILLISECONDS}
            )
        )

    def run(self, wait: Callable[[float], bool]) -> None:
        """Publish until `wait` tells to end. Errors: KafkaException for a producer that is lost."""
        try:
            while True:
                try:
                    pause = 0.0 if self.turn() else IDLE_SECONDS
                except SinkUnavailable as error:
                    logger.warning("the outbox does not answer: %s", error)
                    pause = AWAY_SECONDS
                if wait(pause):
                    return
        finally:
            self._outbox.close()

    def turn(self) -> int:
        """Publish what there is, up to a batch, and mark it; give how many.

        Errors: SinkUnavailable; KafkaException.
        """
        waiting = self._outbox.unpublished(BATCH)
        if not waiting:
            return 0
        published: list[int] = []
        for each in waiting:
            self._produce(each, published)
        self._producer.flush()
        if published:
            self._outbox.mark_published(published)
        return len(published)

    def _produce(self, each: UnpublishedAcknowledgement, published: list[int]) -> None:
        event = each.event

        def report(error: KafkaError | None, _message: Any) -> None:
            if error is None:
                published.append(each.number)
            elif error.fatal():
                raise KafkaException(error)
            else:
                logger.warning("an acknowledgement is to be published again: %s", error)

        self._producer.produce(
            TOPIC,
            self._codec.encode(TOPIC, event),
            event.listing_id.encode(),
            headers=self._codec.headers(  # type: ignore[arg-type]
                event, event.listing_id, event.acknowledged_at_milliseconds
            ),
            timestamp=self._clock.now_milliseconds(),
            on_delivery=report,
        )
