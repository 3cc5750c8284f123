"""The AsyncAPI 3.0 document of the pipeline, made from topics.yaml and the declared events."""

from importlib.metadata import version
from typing import Any

import yaml

from schemas.avro_schema import described_schema
from schemas.catalog import EVENT_TYPES, Topic, load_topics
from schemas.distribution import DISTRIBUTION
from schemas.durations import HOUR_MILLISECONDS

SCHEMA_FORMAT = "application/vnd.apache.avro+json;version=1.9.0"
RECEIVED_ROLES = frozenset({"input", "global_table"})

PARTITIONER = (
    "Producers to inputs partition by murmur2 of the key, as Java's clients do by default; clients "
    "made of librdkafka (Python, Go, C#, Node) are set to partitioner=murmur2_random. A record in "
    "another partition than its key's ends as a dead letter, wrong_partition."
)
HEADERS: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0 attributes, Kafka binding, binary content mode.",
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "description": "the same for an event that is sent again"},
        "ce_source": {"type": "string", "format": "uri-reference"},
        "ce_type": {"type": "string", "description": "ip. and the event's name"},
        "ce_subject": {"type": "string", "description": "the record's key"},
        "ce_time": {"type": "string", "format": "date-time"},
        "content-type": {"type": "string", "const": "application/avro"},
    },
}


def render() -> str:
    """Return the document as YAML."""
    text: str = yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=100)
    return text


def document() -> dict[str, Any]:
    """Return the document as plain values."""
    topics = [topic for topic in load_topics().values() if topic.events]
    events = sorted({event for topic in topics for event in topic.events})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "IP takedown streams",
            "version": version(DISTRIBUTION),
            "description": (
                f"{PARTITIONER} "
                "Complaints and takedowns on marketplaces, as events on Apache Kafka."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/avro",
        "channels": {_name(topic): _channel(topic) for topic in topics},
        "operations": {_operation_name(topic): _operation(topic) for topic in topics},
        "components": {
            "messages": {event: _message(event) for event in events},
            "messageTraits": {"cloudEvents": {"headers": HEADERS}},
        },
    }


def _name(topic: Topic) -> str:
    return topic.name.replace(".", "_").replace("-", "_")


def _channel(topic: Topic) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "cleanup.policy": [topic.cleanup],
        "max.message.bytes": topic.max_message_bytes,
    }
    if topic.retention_hours is not None:
        hours = topic.retention_hours
        settings["retention.ms"] = -1 if hours < 0 else hours * HOUR_MILLISECONDS
    return {
        "address": topic.name,
        "description": f"{topic.description} Key: {topic.key}.{_partitioner_of(topic)}",
        "messages": {event: {"$ref": f"#/components/messages/{event}"} for event in topic.events},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": settings,
                "bindingVersion": "0.5.0",
            }
        },
    }


def _partitioner_of(topic: Topic) -> str:
    return " Partition: murmur2 of the key." if topic.role in ("input", "internal_input") else ""


def _operation_name(topic: Topic) -> str:
    return f"{_action(topic)}_{_name(topic)}"


def _action(topic: Topic) -> str:
    return "receive" if topic.role in RECEIVED_ROLES else "send"


def _operation(topic: Topic) -> dict[str, Any]:
    channel = f"#/channels/{_name(topic)}"
    return {
        "action": _action(topic),
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{event}"} for event in topic.events],
    }


def _message(event: str) -> dict[str, Any]:
    schema = described_schema(EVENT_TYPES[event])
    return {
        "name": f"ip.{event}",
        "title": event,
        "summary": schema["doc"],
        "contentType": "application/avro",
        "traits": [{"$ref": "#/components/messageTraits/cloudEvents"}],
        "bindings": {
            "kafka": {
                "key": {"type": "string"},
                "schemaIdLocation": "payload",
                "schemaIdPayloadEncoding": "confluent",
                "bindingVersion": "0.5.0",
            }
        },
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": schema},
    }
