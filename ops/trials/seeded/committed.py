"""What readers of committed records see in the end, as a replay reads it, and by event."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ops.trials.seeded.broker import Broker
from schemas.wire.codec import Codec
from streams.kafka.records import InputRecord


class Told(NamedTuple):
    """An event that was committed: by which key, and when it was appended."""

    event: Any
    key: str
    partition: int
    appended_at_milliseconds: int


class CommittedLog:
    """The log of a model's broker, with its committed records."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def partitions(self, topic: str) -> list[int]:
        """Return a topic's partition numbers, ascending."""
        return self._broker.partitions(topic)

    def read(self, topic: str, partition: int, *, first_offset: int = 0) -> Iterator[InputRecord]:
        """Yield the committed records of a partition in order."""
        log = self._broker.log(topic, partition)
        for offset, entry in log.committed(0, len(log.entries)):
            yield InputRecord(
                *(topic, partition, offset, entry.key, entry.value, entry.headers),
                entry.timestamp_milliseconds,
            )

    def told(self, topic: str, codec: Codec) -> Iterator[Told]:
        """Yield a topic's events, by partition, then in order."""
        for partition in self.partitions(topic):
            log = self._broker.log(topic, partition)
            for _, entry in log.committed(0, len(log.entries)):
                event = codec.decode(topic, entry.value or b"", entry.headers)
                key = (entry.key or b"").decode()
                yield Told(event, key, partition, entry.appended_at_milliseconds)
