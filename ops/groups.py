"""Consumer groups: who is in one, and where it goes on."""

from collections.abc import Mapping

from confluent_kafka import (
    OFFSET_INVALID,
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient

from ops.topics import TIMEOUT_SECONDS
from schemas.wire.delivered import Source
from streams.kafka.clients import client_settings


def members_of(admin: AdminClient, group: str) -> int:
    """Return how many members a group has; none where there is no such group.

    Errors: KafkaException.
    """
    [asked] = admin.describe_consumer_groups([group]).values()
    try:
        return len(asked.result(TIMEOUT_SECONDS).members)
    except KafkaException as error:
        if error.args[0].code() == KafkaError.GROUP_ID_NOT_FOUND:
            return 0
        raise


def partitions_of_members(admin: AdminClient, group: str, topic: str) -> list[frozenset[int]]:
    """Return which partitions of a topic each member of a group has. Errors: KafkaException."""
    [asked] = admin.describe_consumer_groups([group]).values()
    return [
        frozenset(
            each.partition for each in member.assignment.topic_partitions if each.topic == topic
        )
        for member in asked.result(TIMEOUT_SECONDS).members
    ]


def offsets_of(bootstrap_servers: str, group: str, sources: list[Source]) -> dict[Source, int]:
    """Return where a group goes on, in those topic partitions of which it has committed anything.

    Errors: KafkaException.
    """
    settings = client_settings(bootstrap_servers)
    # The whole name, as it may be that of another prefix.
    settings["group.id"] = group
    consumer = Consumer(settings)
    try:
        asked = [TopicPartition(*source) for source in sources]
        found = consumer.committed(asked, TIMEOUT_SECONDS)
        return {(t.topic, t.partition): t.offset for t in found if t.offset != OFFSET_INVALID}
    finally:
        consumer.close()


def place_group(admin: AdminClient, group: str, offsets: Mapping[Source, int]) -> None:
    """Have a group without members go on from offsets. Errors: KafkaException."""
    places = [TopicPartition(*source, offset) for source, offset in offsets.items()]
    asked = [ConsumerGroupTopicPartitions(group, places)]
    for future in admin.alter_consumer_group_offsets(asked).values():
        future.result(TIMEOUT_SECONDS)
