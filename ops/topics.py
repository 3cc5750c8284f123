"""Topics made as schemas/topics.yaml declares them, and checked against it."""

from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    ConfigResource,
    NewTopic,
    OffsetSpec,
    ResourceType,
)

from ops.local.patience import wait_for
from schemas.catalog import Topic, load_topics
from schemas.durations import HOUR_MILLISECONDS
from streams.kafka.clients import admin_client
from streams.kafka.topic_facts import LEAST_COPIES_IN_STEP
from streams.state.restore import TOMBSTONES_KEPT_MILLISECONDS
from streams.topology import CO_PARTITIONED

TIMEOUT_SECONDS = 30.0
NOT_YET_KNOWN = (
    *(KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE),
    KafkaError.UNKNOWN_TOPIC_OR_PART,
)
UNBOUNDED_MILLISECONDS = (1 << 63) - 1
CHANGELOG_SETTINGS = {
    # Small segments are cleaned sooner, and what is clean is quick to restore from.
    "segment.bytes": "67108864",
    "min.cleanable.dirty.ratio": "0.3",
    "delete.retention.ms": str(TOMBSTONES_KEPT_MILLISECONDS),
}


def settings_of(topic: Topic, copies: int) -> dict[str, str]:
    """Return a topic's settings as Kafka names them, for so many copies."""
    settings = {
        "cleanup.policy": topic.cleanup,
        "max.message.bytes": str(topic.max_message_bytes),
        LEAST_COPIES_IN_STEP: str(least_copies_in_step(copies)),
        "message.timestamp.after.max.ms": str(topic.timestamp_after_hours * HOUR_MILLISECONDS),
        "message.timestamp.before.max.ms": str(
            UNBOUNDED_MILLISECONDS
            if topic.timestamp_before_hours is None
            else topic.timestamp_before_hours * HOUR_MILLISECONDS
        ),
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


def least_copies_in_step(copies: int) -> int:
    """Return how many copies are to have a record before it counts: one broker may be lost."""
    return max(1, copies - 1)


def partitions_of(topic: Topic, shared_partitions: int | None) -> int:
    """Return a topic's partition count; `shared_partitions` replaces that of co-partitioned
    ones.
    """
    if shared_partitions is not None and topic.name in CO_PARTITIONED:
        return shared_partitions
    return topic.partitions


def renew_topics(bootstrap_servers: str, shared_partitions: int, replication_factor: int) -> None:
    """Make all topics empty: those that hold records, or have other partitions, are made anew.

    Errors: KafkaException; OperatorError where they do not end or appear.
    """
    admin = admin_client(bootstrap_servers)

    def present() -> dict[str, Any]:
        found = admin.list_topics(timeout=TIMEOUT_SECONDS).topics
        return {name: found[name] for name in load_topics() if name in found}

    topics = present()
    places = [TopicPartition(name, n) for name, topic in topics.items() for n in topic.partitions]
    old = topics_with_records(admin, places)
    for name, topic in topics.items():
        wanted = partitions_of(load_topics()[name], shared_partitions)
        copies = {len(each.replicas) for each in topic.partitions.values()}
        if len(topic.partitions) != wanted or copies != {replication_factor}:
            old.add(name)
    if old:
        deleted = admin.delete_topics(sorted(old), operation_timeout=TIMEOUT_SECONDS)
        for future in deleted.values():
            future.result(TIMEOUT_SECONDS)
        wait_for("the end of topics", lambda: not old & present().keys())
    create_topics(bootstrap_servers, shared_partitions, replication_factor)


def topics_with_records(admin: AdminClient, places: list[TopicPartition]) -> set[str]:
    """Return which topics hold records, or held some. Errors: KafkaException, OperatorError."""
    latest: Any = OffsetSpec.latest()  # type: ignore[no-untyped-call]
    found: set[str] = set()

    def is_answered() -> bool:
        ends = admin.list_offsets(dict.fromkeys(places, latest)) if places else {}
        try:
            found.update(place.topic for place, end in ends.items() if end.result().offset)
        except KafkaException as error:
            # Of a topic just made, not every broker knows.
            if error.args[0].code() not in NOT_YET_KNOWN:
                raise
            return False
        return True

    wait_for("the ends of topics", is_answered)
    return found


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
            config=settings_of(topic, replication_factor),
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
    names = {topic.topic for topic in wanted}
    # What the controller made is known to a broker a little later.
    wait_for("leaders of topics", lambda: names <= _led(admin), lambda: len(_led(admin)))
    return sorted(created)


def _led(admin: AdminClient) -> set[str]:
    topics = admin.list_topics(timeout=TIMEOUT_SECONDS).topics
    return {
        name
        for name, topic in topics.items()
        if topic.partitions and all(each.leader >= 0 for each in topic.partitions.values())
    }


def differences(
    bootstrap_servers: str, shared_partitions: int | None = None, replication_factor: int = 1
) -> list[str]:
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
        copies = min((len(each.replicas) for each in metadata.partitions.values()), default=0)
        if copies != replication_factor:
            found.append(f"{topic.name} has {copies} copies, not {replication_factor}")
        actual = _settings(admin, topic.name)
        for name, value in settings_of(topic, replication_factor).items():
            if actual.get(name) != value:
                found.append(f"{topic.name}: {name} is {actual.get(name)}, not {value}")
    return found


def _settings(admin: AdminClient, name: str) -> dict[str, str]:
    resource = ConfigResource(ResourceType.TOPIC, name)
    entries: dict[str, Any] = admin.describe_configs([resource])[resource].result(TIMEOUT_SECONDS)
    return {key: entry.value for key, entry in entries.items()}
