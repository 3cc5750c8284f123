"""Events sent one at a time, keyed as marketplaces' producers are to key them."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from schemas.declaration import key_of, topic_of
from schemas.wire.codec import Codec
from streams.kafka.clients import producer_settings
from streams.kafka.records import InputRecord

QUEUED_MESSAGES = 200_000


class Keyed(NamedTuple):
    """An event with its topic and key."""

    topic: str
    key: str
    event: Any


def keyed(event: Any) -> Keyed:
    """Return an event with the topic and key that are declared for it."""
    return Keyed(topic_of(type(event)), key_of(event), event)


class EventProducer(Producer):
    """A producer as those of marketplaces are to be set: idempotent, keyed alike.

    What brokers refuse is told when all is to be delivered, unless the record had a callback of its
    own.
    """

    def __init__(self, bootstrap_servers: str) -> None:
        self._refused: list[KafkaError] = []
        # A callback that knew the producer would keep it until garbage is collected.
        note = partial(_note_refused, self._refused)
        own = {"queue.buffering.max.messages": QUEUED_MESSAGES, "on_delivery": note}
        super().__init__(producer_settings(bootstrap_servers, own))

    def flush(self, timeout: float = -1) -> int:
        """Wait until all is delivered; give how many records are not. Errors: KafkaException, the
        first of a record that brokers refused since it was told last."""
        waiting = super().flush(timeout)
        refused = self._refused.copy()
        self._refused.clear()
        if refused:
            raise KafkaException(refused[0])
        return int(waiting)


def _note_refused(refused: list[KafkaError], error: KafkaError | None, _message: Message) -> None:
    if error is not None:
        refused.append(error)


def send(
    producer: Producer, codec: Codec, keyed: Keyed, at_milliseconds: int | None = None
) -> None:
    """Send one event as of a time, or now, waiting while the producer's queue is full."""
    topic, key, event = keyed
    value = codec.encode(topic, event)
    at = time.time_ns() // 1_000_000 if at_milliseconds is None else at_milliseconds
    headers: list[tuple[str, str | bytes | None]] = [*codec.headers(event, key, at)]
    while True:
        try:
            producer.produce(topic, value, key.encode(), headers=headers, timestamp=at)
        except BufferError:
            producer.poll(0.1)
        else:
            return


def send_copy(
    producer: Any,
    topic: str,
    partition: int,
    record: InputRecord,
    on_delivery: Callable[[Any, Any], None],
) -> None:
    """Send a record to a place with the key, value, headers and time that it has, as soon as there
    is room for it. Errors: KafkaException."""
    while True:
        try:
            producer.produce(
                topic,
                record.value,
                record.key,
                partition,
                headers=list(record.headers or ()),
                timestamp=record.timestamp_milliseconds,
                on_delivery=on_delivery,
            )
        except BufferError:
            producer.poll(0.1)
        else:
            return
