"""What brings files in as events: each is sent and awaited, and what is refused is written down."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from tqdm import tqdm

from ops.errors import OperatorError
from schemas.wire.codec import Codec
from schemas.wire.foreign_schemas import SchemaRefused, SchemaRegistryUnavailable
from schemas.wire.registry import connect
from streams.kafka.clients import producer_settings
from streams.kafka.producing import keyed

DELIVERY_TIMEOUT_MILLISECONDS = 120_000
"""After which a record that no broker took counts as failed."""

FLUSH_SECONDS = 130.0
"""How long to wait for deliveries after the last record; longer than a delivery may take."""


class Sender:
    """Sends events and counts those that were not delivered; `time_field` has an event's time."""

    def __init__(
        self, bootstrap_servers: str, codec: Codec, time_field: str = "recorded_at_milliseconds"
    ) -> None:
        self.undelivered = 0
        self.last_error = ""
        self._codec = codec
        self._time_field = time_field
        self._producer = Producer(
            producer_settings(
                bootstrap_servers,
                {"linger.ms": 20, "delivery.timeout.ms": DELIVERY_TIMEOUT_MILLISECONDS},
            )
        )

    def send(self, event: Any) -> None:
        """Send an event; waits while the producer's queue is full."""
        topic, key, _ = keyed(event)
        value = self._codec.encode(topic, event)
        headers = self._codec.headers(event, key, getattr(event, self._time_field))
        while True:
            try:
                self._producer.produce(
                    topic,
                    value,
                    key.encode(),
                    headers=cast(Any, headers),
                    on_delivery=self._delivered,
                )
                break
            except BufferError:
                self._producer.poll(1.0)
            except KafkaException as error:
                self._failed(str(error))
                break
        self._producer.poll(0)

    def close(self) -> int:
        """Wait for deliveries; give the number of events that were not delivered."""
        waiting = self._producer.flush(FLUSH_SECONDS)
        if waiting:
            self.undelivered += waiting
            self.last_error = f"{waiting} without an answer after {FLUSH_SECONDS:.0f} s"
        return self.undelivered

    def _delivered(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self._failed(str(error))

    def _failed(self, error: str) -> None:
        self.undelivered += 1
        self.last_error = error


def codec_of(address: str) -> Codec:
    """Return a codec of what is registered. Errors: OperatorError."""
    try:
        return connect(address, register=True)
    except (SchemaRefused, SchemaRegistryUnavailable) as error:
        raise OperatorError(f"schema registry {address}: {error}") from error


@contextmanager
def rejected_lines(path: Path | None) -> Iterator[Callable[[str], object]]:
    """Return what writes a rejected record's line: to a file, or past the bar to standard error."""
    if path is None:
        yield lambda line: tqdm.write(line, file=sys.stderr, end="")
        return
    file: IO[str]
    with path.open("w", encoding="utf-8") as file:
        yield file.write
