"""Where tables come from: the cluster, its topics by their own ids, and which offsets they hold."""

from typing import NamedTuple

from confluent_kafka import Consumer, TopicCollection, TopicPartition

from streams.kafka.clients import admin_client, client_settings
from streams.topology import GLOBAL_TABLES

_TIMEOUT_SECONDS = 10.0


class TopicOrigin(NamedTuple):
    """A topic's id, which is another when it is made anew, and the first offset and the end of
    each partition."""

    topic_id: str
    bounds: tuple[tuple[int, int], ...]


class TablesOrigin(NamedTuple):
    """The cluster's id, and the topics of the tables."""

    cluster_id: str
    topics: dict[str, TopicOrigin]


def ask_origin(bootstrap_servers: str) -> TablesOrigin:
    """Ask the brokers. Errors: KafkaException."""
    admin = admin_client(bootstrap_servers)
    metadata = admin.list_topics(timeout=_TIMEOUT_SECONDS)
    described = admin.describe_topics(TopicCollection(list(GLOBAL_TABLES)))
    ids = {name: str(future.result().topic_id) for name, future in described.items()}
    consumer = Consumer(client_settings(bootstrap_servers, {"group.id": "ip-tables-origin"}))
    try:
        topics = {
            name: TopicOrigin(
                ids[name],
                tuple(
                    consumer.get_watermark_offsets(TopicPartition(name, number), _TIMEOUT_SECONDS)
                    for number in sorted(metadata.topics[name].partitions)
                ),
            )
            for name in GLOBAL_TABLES
        }
    finally:
        consumer.close()
    return TablesOrigin(str(metadata.cluster_id), topics)
