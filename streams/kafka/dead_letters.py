"""Dead letters: records that could not be processed, unchanged, with headers that say why.

Headers are named as Kafka Connect names its own, so that tools that know those read these too.
"""

from hashlib import sha256

from schemas.fields import EARLIEST_RECORD_MILLISECONDS, LATEST_RECORD_MILLISECONDS
from schemas.topic_names import DEAD_LETTERS
from schemas.wire.codec import GivenHeaders
from streams.kafka.records import InputRecord, OutputRecord

_PREFIX = "__connect.errors."
MAXIMUM_DETAIL_CHARACTERS = 1_000
OUTPUT_REFUSED = "output_refused"
"""Reason code of a record to which a broker took no answer, perhaps for its time."""

AT_WRITING = 0
"""As its time the client takes that of writing: no broker takes one that can't be."""

MAXIMUM_VALUE_BYTES = 1 << 20
"""A longer value (it came compressed) is cut to be kept; its hash and size are noted."""

MAXIMUM_KEY_BYTES = 64 << 10
"""So is a longer key."""

MAXIMUM_HEADERS_BYTES = 256 << 10
"""Headers that take more are left out, and their size is noted."""


def dead_letter(
    record: InputRecord, reason_code: str, detail: str, partitions: int
) -> OutputRecord:
    """Return the dead letter of a record: as it came, with where, why and the original headers."""
    why = {
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "exception.class.name": reason_code,
        "exception.message": detail[:MAXIMUM_DETAIL_CHARACTERS],
    }
    at = record.timestamp_milliseconds
    is_possible = EARLIEST_RECORD_MILLISECONDS <= at < LATEST_RECORD_MILLISECONDS
    if not is_possible or reason_code == OUTPUT_REFUSED:
        why["timestamp.milliseconds"] = str(at)
        at = AT_WRITING
    value = record.value
    if value is not None and len(value) > MAXIMUM_VALUE_BYTES:
        why |= {"value.bytes": str(len(value)), "value.sha256": sha256(value).hexdigest()}
        value = value[:MAXIMUM_VALUE_BYTES]
    key = record.key
    if key is not None and len(key) > MAXIMUM_KEY_BYTES:
        why |= {"key.bytes": str(len(key)), "key.sha256": sha256(key).hexdigest()}
        key = key[:MAXIMUM_KEY_BYTES]
    given = list(record.headers or [])
    size = sum(len(name) + len(content or b"") for name, content in given)
    if size > MAXIMUM_HEADERS_BYTES:
        why["headers.bytes"] = str(size)
        given = []
    headers = [(_PREFIX + name, text.encode()) for name, text in why.items()]
    return OutputRecord(
        DEAD_LETTERS,
        record.partition % partitions,
        key,
        value,
        [*given, *headers],
        at,
    )


def reason_of(headers: GivenHeaders) -> str:
    """Return the reason code of a dead letter from its headers; empty if it has none."""
    return field_of(headers, "exception.class.name")


def field_of(headers: GivenHeaders, name: str) -> str:
    """Return what a dead letter's headers say of 'topic', 'offset' and so on; empty if nothing.

    The last counts, as a record that was buried before carries the headers of that time too.
    """
    wanted = _PREFIX + name
    told = (value.decode() for key, value in reversed(headers) if key == wanted and value)
    return next(told, "")


def as_it_came(headers: GivenHeaders) -> GivenHeaders:
    """Return a dead letter's headers without those that say why it is one."""
    return [(name, content) for name, content in headers if not name.startswith(_PREFIX)]
