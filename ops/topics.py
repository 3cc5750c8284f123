"""Topics made as schemas/topics.yaml declares them, and checked against it."""

import time
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from ops.errors import OperatorError
from schemas.catalog import Topic, load_topics
from schemas.durations import HOUR_MILLISECONDS
from streams.kafka.clients import admin_client

TIMEOUT_SECONDS = 30.0
POLL_SECONDS = 0.05
SHARED_ROLES = (
    *("input", "output", "internal_input", "internal_table"),
    *("changelog", "journal", "dead_letters"),
)
"""Roles whose topics have one partition count, since partition n of one goes with n of another."""

CHANGELOG_SETTINGS = {
    # Small segments are cleaned sooner, and what is clean is quick to restore from.
    "segment.bytes": "67108864",
    "min.cleanable.dirty.ratio": "0.3",
    "delete.retention.ms": str(24 * HOUR_MILLISECONDS),
}


def settings_of(topic: Topic) -> dict[str, str]:
    """Return a topic's settings as Kafka names them."""
    settings = {
        "cleanup.policy": topic.cleanup,
        "max.message.bytes": str(topic.max_message_bytes),
    }
    if topic.retention_hours is not None:
        hours = topic.retention_hours
        settings["retention.ms"] = str(-1 if hours < 0 else hours * HOUR_MILLISECONDS)
    if topic.compaction_lag_hours:
        lag = topic.compaction_lag_hours * HOUR_MILLISECONDS
        settings["min.compaction.lag.ms"] = str(lag)
    if topic.role == "changelog":
        settings |= CHANGELOG_SETTINGS
    return settings


def partitions_of(topic: Topic, shared_partitions: int | None) -> int:
    """Return a topic's partition count; `shared_partitions` replaces that of co-partitioned
    ones.
    """
    if shared_partitions is not None and topic.role in SHARED_ROLES:
        return shared_partitions
    return topic.partitions


def create_topics(
    bootstrap_servers: str, shared_partitions: int | None = None, replication_factor: int = 1
) -> list[str]:
    """Make the topics that are missing; give their names. Errors: KafkaException,
    OperatorError where they do not appear."""
    admin = admin_client(bootstrap_servers)
    wanted = [
        NewTopic(
            topic.name,
            num_partitions=partitions_of(topic, shared_partitions),
            replication_factor=replication_factor,
            config=settings_of(topic),
        )
        for topic in load_topics().values()
    ]
    return make_topics(admin, wanted)


def make_topics(admin: AdminClient, wanted: list[NewTopic]) -> list[str]:
    """Make the topics that are missing; give their names. Errors: as `create_topics`."""
    created = []
    for name, future in admin.create_topics(wanted, operation_timeout=TIMEOUT_SECONDS).items():
        try:
            future.result(TIMEOUT_SECONDS)
            created.append(name)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
    _await(admin, {topic.topic for topic in wanted})
    return sorted(created)


def _await(admin: AdminClient, names: set[str]) -> None:
    """Wait until a broker tells of topics with the leader of each partition.

    What the controller made is known to it a little later. Errors: OperatorError.
    """
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while names - _led(admin):
        if time.monotonic() > deadline:
            raise OperatorError(f"the broker does not tell of topics in {TIMEOUT_SECONDS} s")
        time.sleep(POLL_SECONDS)


def _led(admin: AdminClient) -> set[str]:
    topics = admin.list_topics(timeout=TIMEOUT_SECONDS).topics
    return {
        name
        for name, topic in topics.items()
        if topic.partitions and all(each.leader >= 0 for each in topic.partitions.values())
    }


def differences(bootstrap_servers: str, shared_partitions: int | None = None) -> list[str]:
    """Give, as sentences, where the cluster's topics differ from what is declared."""
    admin = admin_client(bootstrap_servers)
    present = admin.list_topics(timeout=TIMEOUT_SECONDS).topics
    found = []
    for topic in load_topics().values():
        metadata = present.get(topic.name)
        if metadata is None:
            found.append(f"{topic.name} is missing")
            continue
        wanted = partitions_of(topic, shared_partitions)
        if len(metadata.partitions) != wanted:
            found.append(f"{topic.name} has {len(metadata.partitions)} partitions, not {wanted}")
        actual = _settings(admin, topic.name)
        for name, value in settings_of(topic).items():
            if actual.get(name) != value:
                found.append(f"{topic.name}: {name} is {actual.get(name)}, not {value}")
    return found


def _settings(admin: AdminClient, name: str) -> dict[str, str]:
    resource = ConfigResource(ResourceType.TOPIC, name)
    entries: dict[str, Any] = admin.describe_configs([resource])[resource].result(TIMEOUT_SECONDS)
    return {key: entry.value for key, entry in entries.items()}
