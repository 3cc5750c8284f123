"""Whether records wait for a group, asked of the brokers by clients that know nothing of before."""

from collections.abc import Callable, Iterable

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, TopicPartition

from streams.kafka.clients import consumer_settings
from streams.kafka.consuming import records_of

Source = tuple[str, int]
"""A topic and a partition."""

TIMEOUT_SECONDS = 5.0
FETCHED_BYTES = 1 << 16


Positions = Callable[[Consumer, list[TopicPartition]], list[TopicPartition]]
"""What tells from where partitions are still to be read. Errors: KafkaException."""


def committed(consumer: Consumer, places: list[TopicPartition]) -> list[TopicPartition]:
    """Return where a group stands by what it committed. Errors: KafkaException."""
    found = consumer.committed(places, TIMEOUT_SECONDS)
    for each in found:
        if each.error is not None:
            raise KafkaException(each.error)
    return found


class WaitingInput:
    """Finds the topic partitions of which a committed record waits behind where a group stands.

    A record is read, as the ends of logs would not tell: behind the last record there may be the
    mark of a transaction, and before it what an open transaction holds back from all readers.
    """

    def __init__(
        self, bootstrap_servers: str, group: str, positions: Positions = committed
    ) -> None:
        self._positions = positions
        self._configuration = consumer_settings(
            bootstrap_servers,
            group,
            {
                "enable.partition.eof": True,
                "fetch.message.max.bytes": FETCHED_BYTES,
                "queued.min.messages": 1,
            },
        )

    def __call__(self, sources: Iterable[Source]) -> frozenset[Source]:
        """Return those of which a record waits. Errors: KafkaException where nobody tells."""
        consumer = Consumer(self._configuration)
        try:
            return self._waiting(consumer, [TopicPartition(*source) for source in sources])
        finally:
            consumer.close()

    def _waiting(self, consumer: Consumer, places: list[TopicPartition]) -> frozenset[Source]:
        begins = self._positions(consumer, places)
        for each in begins:
            each.offset = each.offset if each.offset >= 0 else OFFSET_BEGINNING
        consumer.assign(begins)
        unknown = {(each.topic, each.partition) for each in begins}
        waiting: set[Source] = set()
        while unknown and (messages := consumer.consume(len(places), TIMEOUT_SECONDS)):
            for record in records_of(messages, lambda *end: unknown.discard(end)):
                waiting.add((record.topic, record.partition))
            for source in waiting & unknown:
                consumer.incremental_unassign([TopicPartition(*source)])
                unknown.discard(source)
        return frozenset(waiting)
