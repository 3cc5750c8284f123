"""The first and last offsets of partitions, asked of the brokers."""

from collections.abc import Callable, Iterable
from typing import Any

from confluent_kafka import IsolationLevel, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from streams.kafka.clients import admin_client

TIMEOUT_SECONDS = 5.0


class LogEnds:
    """Asks for offsets, by a client that is made anew after each failure.

    The client keeps the leaders' epochs that it knows. After a broker was away it is answered
    FENCED_LEADER_EPOCH, and does not look for new ones however often it is asked.
    """

    def __init__(
        self, bootstrap_servers: str, make: Callable[[str], AdminClient] = admin_client
    ) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._make = make
        self._client: AdminClient | None = None

    def ask(self, topic: str, partitions: Iterable[int]) -> tuple[dict[int, int], dict[int, int]]:
        """Return for each partition its first offset, and its end as read uncommitted.

        Errors: KafkaException.
        """
        places = [TopicPartition(topic, partition) for partition in partitions]
        first, last = OffsetSpec.earliest(), OffsetSpec.latest()  # type: ignore[no-untyped-call]
        return self._offsets(places, first), self._offsets(places, last)

    def ask_since(
        self, topic: str, partitions: Iterable[int], milliseconds: int
    ) -> dict[int, int | None]:
        """Return for each partition the offset of its first record of a time or later; None where
        there is none. Errors: KafkaException.
        """
        places = [TopicPartition(topic, partition) for partition in partitions]
        found = self._offsets(places, OffsetSpec.for_timestamp(milliseconds))
        return {partition: None if offset < 0 else offset for partition, offset in found.items()}

    def _offsets(self, places: list[TopicPartition], spec: Any) -> dict[int, int]:
        try:
            return self._answers(places, spec)
        except KafkaException:
            self._client = None
            raise

    def _answers(self, places: list[TopicPartition], spec: Any) -> dict[int, int]:
        if self._client is None:
            self._client = self._make(self._bootstrap_servers)
        answers = self._client.list_offsets(
            dict.fromkeys(places, spec),
            isolation_level=IsolationLevel.READ_UNCOMMITTED,
            request_timeout=TIMEOUT_SECONDS,
        )
        try:
            return {p.partition: a.result(2 * TIMEOUT_SECONDS).offset for p, a in answers.items()}
        except TimeoutError as error:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT, "list_offsets")) from error
