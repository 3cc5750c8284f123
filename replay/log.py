"""The log as it was: committed records of the topics, from the beginning to the present end."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from numpy.typing import NDArray

from streams.kafka.clients import consumer_settings
from streams.kafka.messages import record_of
from streams.kafka.records import InputRecord

TIMEOUT_SECONDS = 10.0
BATCH_RECORDS = 1_000


class ReplayError(Exception):
    """The log can't be read, or lacks what a replay needs; the message says why."""


class Log(Protocol):
    """Topics and their committed records, wherever they are kept."""

    def partitions(self, topic: str) -> list[int]:
        """Return a topic's partition numbers, ascending. Errors: ReplayError."""

    def read(self, topic: str, partition: int, *, first_offset: int = 0) -> Iterator[InputRecord]:
        """Yield the committed records of a partition in order, from an offset on.

        Errors: ReplayError.
        """


class ListingLog(Log, Protocol):
    """A log of which some listings can be read alone."""

    def read(
        self,
        topic: str,
        partition: int,
        keys: frozenset[bytes] | None = None,
        first_offset: int = 0,
    ) -> Iterator[InputRecord]:
        """Yield the committed records of a partition in order, of some keys or of all, from an
        offset on. Errors: ReplayError."""

    def offsets(self, topic: str, partition: int) -> NDArray[np.int64]:
        """Return the offsets of a partition's records, ascending. Errors: ReplayError."""


class KafkaLog:
    """The log of a cluster. Its readers are in no group and commit nothing, so that they do not
    disturb live workers."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._bootstrap_servers = bootstrap_servers

    def partitions(self, topic: str) -> list[int]:
        """Return a topic's partition numbers, ascending. Errors: ReplayError."""
        consumer = self._consumer()
        try:
            metadata = consumer.list_topics(topic, timeout=TIMEOUT_SECONDS).topics[topic]
            if metadata.error is not None:
                raise ReplayError(f"{topic}: {metadata.error}")
            return sorted(metadata.partitions)
        except KafkaException as error:
            raise ReplayError(f"{topic}: {error.args[0]}") from error
        finally:
            consumer.close()

    def read(self, topic: str, partition: int, first_offset: int = 0) -> Iterator[InputRecord]:
        """Yield the committed records of a partition in order, from an offset on.

        Errors: ReplayError.
        """
        consumer = self._consumer()
        try:
            _, present_end = consumer.get_watermark_offsets(
                TopicPartition(topic, partition), TIMEOUT_SECONDS
            )
            consumer.assign([TopicPartition(topic, partition, first_offset)])
            while True:
                messages = consumer.consume(BATCH_RECORDS, 0.02)
                for message in messages:
                    error = message.error()
                    if error is None:
                        yield record_of(message)
                    elif error.code() == KafkaError._PARTITION_EOF:
                        # An end that was told while records were still to come is none.
                        if (message.offset() or 0) >= present_end:
                            return
                    elif not error.retriable():
                        raise ReplayError(f"{topic} {partition}: {error}")
        except KafkaException as error:
            raise ReplayError(f"{topic} {partition}: {error.args[0]}") from error
        finally:
            consumer.close()

    def read_all(self, topic: str) -> Iterator[InputRecord]:
        """Yield the committed records of a topic, by partition, then in order.

        Errors: ReplayError.
        """
        for partition in self.partitions(topic):
            yield from self.read(topic, partition)

    def _consumer(self) -> Consumer:
        return Consumer(
            consumer_settings(
                self._bootstrap_servers,
                "replay",
                {
                    "enable.partition.eof": True,
                    "queued.max.messages.kbytes": 16_384,
                    # The end of a partition is told by an empty fetch, not to be waited for.
                    "fetch.wait.max.ms": 10,
                },
            )
        )
