"""Configurations of all Kafka clients (librdkafka's names), made in one place."""

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from typing import Any, Final, NamedTuple

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient

from schemas.topic_names import PREFIX
from streams.kafka.security import identity

RECONNECT_MILLISECONDS = 1_000
"""The longest pause before a broker that was away is tried again."""

METADATA_TIMEOUT_SECONDS = 10.0
LAST_COMMIT_SECONDS = 60.0
"""Longer than a commit takes, and before a supervisor loses patience with an end."""

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


class CommitThread(Executor):
    """A thread that waits for commits. A process ends without one whose client never answers."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="commit", daemon=True)
        self._thread.start()

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Have a call made after those before."""
        end: Future[Any] = Future()

        def make() -> None:
            try:
                end.set_result(call(*arguments, **named))
            except BaseException as error:
                end.set_exception(error)

        self._calls.put(make)
        return end

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls, and wait for the last one's end, but not for ever."""
        self._calls.put(None)
        if wait:
            self._thread.join(LAST_COMMIT_SECONDS)

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            call()


class ClientMakers(NamedTuple):
    """What makes a process's clients of Kafka, and the thread in which it commits."""

    consumer: Callable[[dict[str, Any]], Any] = Consumer
    producer: Callable[[dict[str, Any]], Any] = Producer
    admin: Callable[[str], Any] = admin_client
    commit_thread: Callable[[], Executor] = CommitThread


KAFKA_CLIENTS: Final = ClientMakers()


def ask_leaders(consumer: Any, topics: Iterable[str]) -> None:
    """Have a consumer know who leads the partitions of topics, before they are assigned to it.

    Else the client asks by a timer of its own, up to a second later. Errors: KafkaException.
    """
    for topic in topics:
        consumer.list_topics(topic, timeout=METADATA_TIMEOUT_SECONDS)
