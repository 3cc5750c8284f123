"""Errors of Kafka's client, as models raise them."""

from collections.abc import Callable
from typing import Final

from confluent_kafka import KafkaError, KafkaException

RETRIABLE = (False, True, False)
ABORTABLE = (False, False, True)
FATAL = (True, False, False)

_OF_REFUSALS: Final = {
    "fenced": (KafkaError._FENCED, FATAL),
    "fenced_instance": (KafkaError.FENCED_INSTANCE_ID, FATAL),
    "invalid_txn_state": (KafkaError.INVALID_TXN_STATE, FATAL),
    "unknown_member": (KafkaError.UNKNOWN_MEMBER_ID, ABORTABLE),
    "illegal_generation": (KafkaError.ILLEGAL_GENERATION, ABORTABLE),
}


def kafka_error(code: int, kind: tuple[bool, bool, bool] = RETRIABLE) -> KafkaError:
    """Return an error of a kind, as the client marks it."""
    make: Callable[..., KafkaError] = KafkaError
    return make(code, "simulated", *kind)


def timed_out() -> KafkaException:
    """Return what the client says where nobody answers in time."""
    return KafkaException(kafka_error(KafkaError._TIMED_OUT))


def aborted() -> KafkaException:
    """Return what the client says where a transaction is to be aborted."""
    return KafkaException(kafka_error(KafkaError.NOT_ENOUGH_REPLICAS, ABORTABLE))


def refusal(word: str) -> KafkaException:
    """Return what the client says of a request that a broker refused."""
    return KafkaException(kafka_error(*_OF_REFUSALS[word]))
