"""What a consumer brought, as records; and what is done about its errors, the same for all."""

from collections.abc import Callable, Iterable
from typing import Any

from confluent_kafka import KafkaError, KafkaException

from schemas.handled_errors import note_handled
from streams.kafka.errors import ends_client
from streams.kafka.messages import record_of
from streams.kafka.records import InputRecord

AtEnd = Callable[[str, int], object]
"""Is told the topic and partition that was read to its end."""


def ignore_end(_topic: str, _partition: int) -> None:
    """Take no notice of a partition's end."""


def records_of(
    messages: Iterable[Any], at_end: AtEnd = ignore_end, only_retriable: bool = False
) -> list[InputRecord]:
    """Return the records of what a consumer brought, in order.

    Errors: KafkaException for one that ends the client; with `only_retriable` for any that trying
    again won't mend, where a reader that goes on without a partition would be wrong. The client
    goes on after all others, which are logged and counted.
    """
    records = []
    for message in messages:
        error = message.error()
        if error is None:
            records.append(record_of(message))
        elif error.code() == KafkaError._PARTITION_EOF:
            at_end(message.topic(), message.partition())
        elif ends_client(error) or (only_retriable and not error.retriable()):
            raise KafkaException(error)
        else:
            note_handled("consumer", error)
    return records
