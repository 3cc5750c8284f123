"""What an error of a Kafka client means for the client."""

from confluent_kafka import KafkaError


def ends_client(error: KafkaError) -> bool:
    """Tell whether a client can't go on after an error.

    The client tells a consumer's fatal error as an event with a code of its own, in which the flag
    for fatal errors isn't set.
    """
    return error.fatal() or error.code() == KafkaError._FATAL
