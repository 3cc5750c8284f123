"""Dead letters as they are looked at: where each came from, why it is here, and what it is."""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from processors.validity import invalid_fields
from replay.log import KafkaLog, Log
from schemas.catalog import load_topics
from schemas.declaration import declaration_of, key_of
from schemas.events.redrives import DeadLetterRedriven
from schemas.topic_names import DEAD_LETTERS, REDRIVES_EVENTS
from schemas.wire.codec import Codec, DecodeError, GivenHeaders
from streams.kafka.dead_letters import as_it_came, field_of
from streams.kafka.records import InputRecord
from streams.topology import ALL_INPUTS, GLOBAL_TABLES

REDRIVABLE: Final = frozenset(
    {
        *ALL_INPUTS,
        *(name for name in GLOBAL_TABLES if load_topics()[name].role == "global_table"),
    }
)
"""Topics to which dead letters are sent again: what comes in, never what workers decide."""

_PLACE = re.compile(r"(\d{1,9}):(\d{1,18})")


class Place(NamedTuple):
    """Where a dead letter lies."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"


class Letter(NamedTuple):
    """A dead letter."""

    place: Place
    topic: str
    source_partition: int
    source_offset: int
    reason_code: str
    detail: str
    key: bytes | None
    value: bytes | None
    headers: GivenHeaders
    """As they came, without those that say why it was buried."""
    is_whole: bool
    """Whether nothing of it was cut."""
    at_milliseconds: int


def place_of(text: str) -> Place:
    """Return a place by its name, such as 2:17. Errors: ValueError."""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no place of a dead letter, such as 2:17")
    return Place(int(found[1]), int(found[2]))


def letters(log: Log) -> Iterator[Letter]:
    """Yield all dead letters, by partition, then in order. Errors: ReplayError."""
    for partition in log.partitions(DEAD_LETTERS):
        for record in log.read(DEAD_LETTERS, partition):
            yield letter_of(record)


def letter_at(log: KafkaLog, place: Place) -> Letter | None:
    """Return the letter at a place, or None where there is none any more. Errors: ReplayError."""
    if place.partition not in log.partitions(DEAD_LETTERS):
        return None
    record = next(log.read(DEAD_LETTERS, place.partition, place.offset), None)
    return letter_of(record) if record is not None and record.offset == place.offset else None


def letter_of(record: InputRecord) -> Letter:
    """Return a record of the dead letters' topic as what it tells."""
    headers = record.headers or []
    cut = ("value.bytes", "key.bytes", "headers.bytes")
    return Letter(
        place=Place(record.partition, record.offset),
        topic=field_of(headers, "topic"),
        source_partition=_number(field_of(headers, "partition")),
        source_offset=_number(field_of(headers, "offset")),
        reason_code=field_of(headers, "exception.class.name"),
        detail=field_of(headers, "exception.message"),
        key=record.key,
        value=record.value,
        headers=as_it_came(headers),
        is_whole=not any(field_of(headers, name) for name in cut),
        at_milliseconds=record.timestamp_milliseconds,
    )


def redriven(log: Log, codec: Codec) -> dict[Place, DeadLetterRedriven]:
    """Return what was sent again, by place. Errors: ReplayError, DecodeError."""
    found = {}
    for partition in log.partitions(REDRIVES_EVENTS):
        for record in log.read(REDRIVES_EVENTS, partition):
            event = codec.decode(REDRIVES_EVENTS, record.value or b"", record.headers)
            found[Place(event.letter_partition, event.letter_offset)] = event
    return found


def event_of_letter(letter: Letter, codec: Codec) -> Any:
    """Return a letter's event. Errors: DecodeError where it is none of its topic."""
    if letter.topic not in load_topics():
        raise DecodeError("unknown_topic", f"{letter.topic!r} is no topic of the pipeline")
    return codec.decode(letter.topic, letter.value or b"", letter.headers)


def hindrance(letter: Letter, codec: Codec) -> str | None:
    """Return why a letter would be buried again if it were sent as it came, as far as its content
    tells; None where nothing does. Errors: SchemaRegistryUnavailable."""
    if letter.topic not in REDRIVABLE:
        return f"{letter.topic or 'what no record asked for'} is not sent again"
    if not letter.is_whole:
        return "it was too long, and is kept in part only"
    if letter.value is None:
        return None if load_topics()[letter.topic].cleanup == "compact" else "it has no value"
    return _fault(letter, codec)


def superseded(letter: Letter, log: KafkaLog) -> bool:
    """Tell whether a table has a newer record of the letter's key, over which it must not go.

    Errors: ReplayError.
    """
    if load_topics()[letter.topic].role != "global_table":
        return False
    newer = log.read(letter.topic, letter.source_partition, letter.source_offset + 1)
    return any(record.key == letter.key for record in newer)


def _fault(letter: Letter, codec: Codec) -> str | None:
    """Return what is wrong with a letter's event, or with its key; None for nothing."""
    try:
        event = event_of_letter(letter, codec)
    except DecodeError as error:
        return f"{error.reason_code}: {error.detail}"
    invalid = invalid_fields(event)
    if invalid:
        return ", ".join(invalid)
    if declaration_of(type(event)).key and letter.key != key_of(event).encode():
        return f"key_mismatch: the key is to be {key_of(event)!r}"
    return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
