"""One event that a command publishes, and whether the brokers have it."""

from confluent_kafka import KafkaException

from ops.errors import OperatorError
from schemas.wire.codec import SchemaRegistryUnavailable
from schemas.wire.foreign_schemas import SchemaRefused
from schemas.wire.registry import connect
from streams.kafka.producing import EventProducer, Keyed, send

TIMEOUT_SECONDS = 30.0


def publish(
    bootstrap_servers: str, schema_registry: str, keyed: Keyed, at_milliseconds: int
) -> None:
    """Send an event as of a time. Errors: OperatorError where it is not delivered."""
    try:
        codec = connect(schema_registry, register=True)
        producer = EventProducer(bootstrap_servers)
        send(producer, codec, keyed, at_milliseconds)
    except (KafkaException, SchemaRefused, SchemaRegistryUnavailable) as error:
        raise OperatorError(str(error)) from error
    try:
        waiting = producer.flush(TIMEOUT_SECONDS)
    except KafkaException as error:
        raise OperatorError(f"not delivered: {error}") from error
    if waiting:
        raise OperatorError("not delivered: no answer from Kafka")
