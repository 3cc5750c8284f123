"""Dead letters, and whether they are the records that they were."""

from hashlib import sha256

from streams.kafka.dead_letters import field_of
from streams.kafka.records import InputRecord

Place = tuple[str, int, int]
"""Topic, partition and offset of a record."""


def place_of(letter: InputRecord) -> Place:
    """Return where the record of a dead letter stands."""
    headers = letter.headers or []
    topic, number, offset = (field_of(headers, name) for name in ("topic", "partition", "offset"))
    return topic, int(number), int(offset)


def is_as_it_came(letter: InputRecord, key: bytes | None, value: bytes | None) -> bool:
    """Tell whether a dead letter has its record's key and value, or the hashes of long ones."""
    headers = letter.headers or []
    for name, came, buried in (("key", key, letter.key), ("value", value, letter.value)):
        hashed = field_of(headers, f"{name}.sha256")
        if hashed != sha256(came or b"").hexdigest() if hashed else came != buried:
            return False
    return True
