"""Events sent one at a time, keyed as marketplaces' producers are to key them."""

import time
from typing import Any, NamedTuple

from confluent_kafka import Producer

from schemas.declaration import key_of, topic_of
from schemas.wire.codec import Codec
from streams.kafka.clients import producer_settings

QUEUED_MESSAGES = 200_000


class Keyed(NamedTuple):
    """An event with its topic and key."""

    topic: str
    key: str
    event: Any


def keyed(event: Any) -> Keyed:
    """Return an event with the topic and key that are declared for it."""
    return Keyed(topic_of(type(event)), key_of(event), event)


def producer_to(bootstrap_servers: str) -> Producer:
    """Return a producer as those of marketplaces are to be set: idempotent, keyed alike."""
    return Producer(
        producer_settings(bootstrap_servers, {"queue.buffering.max.messages": QUEUED_MESSAGES})
    )


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
