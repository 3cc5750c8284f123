"""What of the archive is under legal hold: by case, the records on which it was decided."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from pydantic import BaseModel, ValidationError

from schemas.wire.delivered import Source
from sinks.archive.storage import Storage
from sinks.contract import SinkUnusable

HELD_DIRECTORY: Final = "held"
_RECORD: Final = ".json"


class HeldRecords(BaseModel):
    """The first record that a case needs, by topic and partition."""

    first_offsets: dict[str, dict[int, int]]


def bundle_name(case_id: str) -> str:
    """Return where the archive keeps a held case's bundle."""
    return f"{_name(case_id)}.zip"


def hold_records(storage: Storage, case_id: str, places: Iterable[tuple[str, int, int]]) -> None:
    """Keep records from expiring, given by topic, partition and offset. Errors: SinkUnavailable."""
    first: dict[str, dict[int, int]] = {}
    for topic, partition, offset in places:
        of_topic = first.setdefault(topic, {})
        of_topic[partition] = min(offset, of_topic.get(partition, offset))
    content = HeldRecords(first_offsets=first).model_dump_json()
    storage.write(f"{_name(case_id)}{_RECORD}", content.encode())


def release(storage: Storage, case_id: str) -> None:
    """End a case's hold. Errors: SinkUnavailable."""
    for name in (bundle_name(case_id), f"{_name(case_id)}{_RECORD}"):
        storage.delete(name)


def first_held(storage: Storage, topic: str) -> dict[Source, int]:
    """Return the first offset of each partition of a topic that some case needs.

    Errors: SinkUnavailable; SinkUnusable where a hold can't be read.
    """
    first: dict[Source, int] = {}
    for name in storage.names(HELD_DIRECTORY):
        if not name.endswith(_RECORD):
            continue
        try:
            held = HeldRecords.model_validate_json(storage.read(name))
        except ValidationError as error:
            raise SinkUnusable(f"{name} is no legal hold that can be read: {error}") from error
        for partition, offset in held.first_offsets.get(topic, {}).items():
            source = (topic, partition)
            first[source] = min(offset, first.get(source, offset))
    return first


def _name(case_id: str) -> str:
    return f"{HELD_DIRECTORY}/{sha256(case_id.encode()).hexdigest()}"
