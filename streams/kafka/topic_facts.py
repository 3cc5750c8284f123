"""What a cluster says of topics: whether they are there, by which id, how divided and copied."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from streams.kafka.clients import admin_client

TIMEOUT_SECONDS = 10.0
LEAST_COPIES_IN_STEP = "min.insync.replicas"
LONGEST_RECORD = "max.message.bytes"


class TopicFacts(NamedTuple):
    """A topic's id, which is another when it is made anew; its partitions, the fewest copies of any
    of them, how many of these are to have a record before it counts, and how long one may be."""

    topic_id: str
    partitions: int
    copies: int
    least_in_step: int
    longest_bytes: int


class ClusterFacts(NamedTuple):
    """The cluster's id, how many brokers it has, and of topics those that are there."""

    cluster_id: str
    brokers: int
    topics: dict[str, TopicFacts]


def ask_cluster(bootstrap_servers: str, topics: Iterable[str]) -> ClusterFacts:
    """Ask the brokers. Errors: KafkaException."""
    admin = admin_client(bootstrap_servers)
    metadata = admin.list_topics(timeout=TIMEOUT_SECONDS)
    names = list(topics)
    described = admin.describe_topics(TopicCollection(names), request_timeout=TIMEOUT_SECONDS)
    found = {name: _unless_missing(future) for name, future in described.items()}
    present = [name for name in names if found[name] is not None]
    settings = _settings(admin, present)
    facts = {
        name: TopicFacts(
            str(found[name].topic_id),
            len(found[name].partitions),
            min((len(each.replicas) for each in found[name].partitions), default=0),
            int(settings[name][LEAST_COPIES_IN_STEP].value),
            int(settings[name][LONGEST_RECORD].value),
        )
        for name in present
    }
    return ClusterFacts(str(metadata.cluster_id), len(metadata.brokers), facts)


def _unless_missing(future: Any) -> Any:
    try:
        return future.result(TIMEOUT_SECONDS)
    except KafkaException as error:
        if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return None
        raise
    except TimeoutError as error:
        raise KafkaException(KafkaError(KafkaError._TIMED_OUT, "describe_topics")) from error


def _settings(admin: AdminClient, topics: list[str]) -> dict[str, Any]:
    if not topics:
        return {}
    resources = [ConfigResource(ResourceType.TOPIC, name) for name in topics]
    answers = admin.describe_configs(resources, request_timeout=TIMEOUT_SECONDS)
    try:
        return {r.name: a.result(TIMEOUT_SECONDS) for r, a in answers.items()}
    except TimeoutError as error:
        raise KafkaException(KafkaError(KafkaError._TIMED_OUT, "describe_configs")) from error
