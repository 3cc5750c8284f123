"""Where tables come from: the cluster, its topics by their own ids, and which offsets they hold."""

from collections.abc import Iterable
from typing import NamedTuple

from confluent_kafka import Consumer, TopicCollection, TopicPartition
from confluent_kafka.admin import ClusterMetadata

from streams.kafka.clients import admin_client, client_settings
from streams.topology import GLOBAL_TABLES, MONITOR_TABLES

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


def ask_topic_ids(
    bootstrap_servers: str, topics: Iterable[str]
) -> tuple[ClusterMetadata, dict[str, str]]:
    """Ask the brokers for what is in their cluster, and topics' ids. Errors: KafkaException."""
    admin = admin_client(bootstrap_servers)
    metadata = admin.list_topics(timeout=_TIMEOUT_SECONDS)
    described = admin.describe_topics(TopicCollection(list(topics)))
    return metadata, {name: str(each.result().topic_id) for name, each in described.items()}


def ask_origin(bootstrap_servers: str) -> TablesOrigin:
    """Ask the brokers. Errors: KafkaException."""
    metadata, ids = ask_topic_ids(bootstrap_servers, {**GLOBAL_TABLES, **MONITOR_TABLES})
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
            for name in ids
        }
    finally:
        consumer.close()
    return TablesOrigin(str(metadata.cluster_id), topics)
