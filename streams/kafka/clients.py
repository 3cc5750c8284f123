"""Configurations of all Kafka clients (librdkafka's names), made in one place."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any, Final, NamedTuple

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient

from schemas.topic_names import PREFIX
from streams.kafka.security import identity

RECONNECT_MILLISECONDS = 1_000
"""The longest pause before a broker that was away is tried again."""

METADATA_TIMEOUT_SECONDS = 10.0

NAMES_ON_THE_CLUSTER: Final = frozenset({"group.id", "transactional.id"})

FETCH_WAIT_MILLISECONDS = 100
"""How long a broker holds an empty fetch. What comes meanwhile is answered at once, so a short wait
only costs requests; but a partition added or resumed waits for the fetch under way."""


def client_settings(
    bootstrap_servers: str, settings: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a client's configuration: how any client reaches the brokers, and its own settings.

    Names that it has on the cluster get the prefix that those of topics have.
    """
    own = dict(settings or {})
    for name in NAMES_ON_THE_CLUSTER.intersection(own):
        own[name] = PREFIX + own[name]
    return {
        "bootstrap.servers": bootstrap_servers,
        "reconnect.backoff.max.ms": RECONNECT_MILLISECONDS,
        **identity().client_settings(),
        **own,
    }


def consumer_settings(
    bootstrap_servers: str, group: str, settings: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a consumer's configuration: committed records, from the first; it commits nothing."""
    return client_settings(
        bootstrap_servers,
        {
            "group.id": group,
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            **(settings or {}),
        },
    )


def producer_settings(
    bootstrap_servers: str, settings: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a producer's configuration: idempotent, and partitioned as Java's clients do."""
    return client_settings(
        bootstrap_servers,
        {
            "enable.idempotence": True,
            "partitioner": "murmur2_random",
            "linger.ms": 5,
            "compression.type": "lz4",
            **(settings or {}),
        },
    )


def admin_client(bootstrap_servers: str, settings: Mapping[str, Any] | None = None) -> AdminClient:
    """Return a client for topics and groups."""
    return AdminClient(client_settings(bootstrap_servers, settings))


def commit_thread() -> Executor:
    """Return a thread that waits for commits."""
    return ThreadPoolExecutor(1, "commit")


class ClientMakers(NamedTuple):
    """What makes a process's clients of Kafka, and the thread in which it commits."""

    consumer: Callable[[dict[str, Any]], Any] = Consumer
    producer: Callable[[dict[str, Any]], Any] = Producer
    admin: Callable[[str], Any] = admin_client
    commit_thread: Callable[[], Executor] = commit_thread


KAFKA_CLIENTS: Final = ClientMakers()


def ask_leaders(consumer: Any, topics: Iterable[str]) -> None:
    """Have a consumer know who leads the partitions of topics, before they are assigned to it.

    Else the client asks by a timer of its own, up to a second later. Errors: KafkaException.
    """
    for topic in topics:
        consumer.list_topics(topic, timeout=METADATA_TIMEOUT_SECONDS)
