"""Messages of the Kafka client as plain records."""

from typing import Any

from streams.kafka.records import InputRecord

_new = tuple.__new__


def record_of(message: Any) -> InputRecord:
    """Return the record of a message that carries no error. Hot: it is called for each."""
    return _new(
        InputRecord,
        (
            message.topic(),
            message.partition(),
            message.offset(),
            message.key(),
            message.value(),
            message.headers,
            message.timestamp()[1],
        ),
    )
