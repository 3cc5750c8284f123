"""A bundle's case made again, findings and all, by the software that is here."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from replay.bundle.verify_bundle import HEADERS, KEY, Bundle
from replay.cases import CaseReplay
from replay.log import ReplayError
from replay.period import EVER
from schemas.catalog import load_schema
from schemas.events.decisions import ComplaintDecided
from schemas.topic_names import DECISIONS_EVENTS
from schemas.wire.codec import Codec
from schemas.wire.hostile import without_logical_types
from schemas.wire.registry import offline_ids
from streams.kafka.records import InputRecord

_OTHER_IDS = 1 << 30
"""From here on are ids of what the bundle has no record of."""


class Again(NamedTuple):
    """A decision of the bundle, and whether it is made again byte for byte."""

    number: int
    outcome: str
    same_bytes: bool
    software_version: str


class BundleLog:
    """The records of a verified bundle as a log."""

    def __init__(self, bundle: Bundle) -> None:
        """Errors: ReplayError where records are withheld."""
        withheld = [each.told["name"] for each in bundle.records if not each.whole]
        if withheld:
            raise ReplayError(f"{withheld[0]} is withheld: the case can't be made again")
        self._manifest = bundle.manifest
        self._records: dict[tuple[str, int], list[InputRecord]] = {}
        for each in bundle.records:
            told = each.told
            headers = [(name, content.encode()) for name, content in each.fields[HEADERS]]
            place = told["topic"], told["partition"]
            key = each.fields[KEY].encode()
            value = None if told["tombstone"] else bundle.files[told["name"]]
            record = InputRecord(
                *(*place, told["offset"], key, value, headers), told["timestamp_milliseconds"]
            )
            self._records.setdefault(place, []).append(record)

    def partitions(self, topic: str) -> list[int]:
        """Return a topic's partition numbers, ascending."""
        return list(range(self._manifest["partitions"].get(topic, 0)))

    def read(
        self,
        topic: str,
        partition: int,
        keys: frozenset[bytes] | None = None,
        first_offset: int = 0,
    ) -> Iterator[InputRecord]:
        """Yield the records of a partition in order, of some keys or of all."""
        for record in self._records.get((topic, partition), ()):
            if record.offset >= first_offset and (keys is None or record.key in keys):
                yield record

    def offsets(self, topic: str, _partition: int) -> NDArray[np.int64]:
        """Return the offsets of the inputs that the batches took, ascending."""
        spans = self._manifest["runs"].get(topic, ())
        found = [np.arange(first, last + 1, dtype=np.int64) for first, last in spans]
        return np.concatenate([np.empty(0, np.int64), *found])


class _BundledSchemas:
    """The schemas of a bundle by the ids under which its records were written."""

    may_lag = False

    def __init__(self, schemas: dict[int, dict[str, Any]]) -> None:
        self._schemas = schemas

    def by_id(self, schema_id: int) -> dict[str, Any] | None:
        return self._schemas.get(schema_id)

    def by_guid(self, guid: UUID) -> dict[str, Any] | None:
        """Return nothing: a bundle has schemas by id."""


def codec_of(bundle: Bundle) -> Codec:
    """Return a codec that writes as the bundle's records were written, and reads them."""
    schemas: dict[int, dict[str, Any]] = {}
    ids = {each: _OTHER_IDS + number for each, number in offline_ids().items()}
    for each in bundle.records:
        told, value = each.told, bundle.files[each.told["name"]]
        if not told["schema"] or value[:1] != b"\x00":
            continue
        schema_id = int.from_bytes(value[1:5], "big")
        schema = schemas[schema_id] = json.loads(bundle.files[told["schema"]])
        event = told["event_type"]
        if without_logical_types(schema) == without_logical_types(load_schema(event)):
            ids[told["topic"], event] = schema_id
    return Codec(ids, _BundledSchemas(schemas))


def decisions_again(bundle: Bundle, directory: Path) -> list[Again]:
    """Make the decisions of a bundle's case again; `directory` is for scratch state.

    Errors: ReplayError.
    """
    log, codec = BundleLog(bundle), codec_of(bundle)
    manifest = bundle.manifest
    listings = {manifest["partition"]: frozenset({manifest["listing_id"].encode()})}
    replayed = CaseReplay(log, codec, listings, EVER, directory)
    case_id = manifest["case_id"]
    try:
        made = {
            event.decision_number: codec.encode(DECISIONS_EVENTS, event)
            for event in replayed.run()
            if isinstance(event, ComplaintDecided) and event.case_id == case_id
        }
    finally:
        replayed.close()
    found = []
    for each in bundle.records:
        if "decision" in each.told["roles"]:
            value = bundle.files[each.told["name"]]
            event = codec.decode(DECISIONS_EVENTS, value, None)
            number = event.decision_number
            same, version = made.get(number) == value, event.capsule.software_version
            found.append(Again(number, event.outcome, same, version))
    return found
