"""What a case was decided on: the records that its replay takes, and those that it led to."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from replay.archive_log import ArchiveLog
from replay.bundle.named_records import records_with
from replay.cases import CaseReplay
from replay.decision import committed_decisions
from replay.period import EVER
from replay.remake import BATCHES, Taken
from replay.tables import Entry, TablesAsOf
from replay.versions import TOPIC as VERSIONS
from schemas.events.batches import DecisionBasis
from schemas.events.complaints import ClarificationProvided, ComplaintFiled
from schemas.events.decisions import ComplaintDecided
from schemas.events.private_texts import PrivateText
from schemas.topic_names import DECISIONS_EVENTS
from schemas.wire.codec import Codec, DecodeError
from streams.kafka.records import InputRecord
from streams.topology import GLOBAL_TABLES, INPUTS, OUTPUTS

GATHERED_TOPICS = frozenset({BATCHES, VERSIONS, *OUTPUTS.values(), *GLOBAL_TABLES})
"""Topics whose records are looked up by offset or key."""

Place = tuple[str, int, int]
"""Topic, partition and offset."""


class Part(NamedTuple):
    """A record, what it is to the case, and its event; None where it can't be read."""

    record: InputRecord
    roles: tuple[str, ...]
    event: Any


class CaseParts(NamedTuple):
    """All that a case was decided on, and what it led to."""

    case_id: str
    listing_id: str
    partition: int
    """Of the listing."""
    parts: tuple[Part, ...]
    partitions: dict[str, int]
    """How many a topic has, of those that are read by partition."""
    runs: dict[str, list[tuple[int, int]]]
    """Offsets of inputs in the batches, from one to another, by topic; others' inputs too, of
    which only the offsets are told."""

    def decisions(self) -> Iterator[tuple[InputRecord, ComplaintDecided]]:
        """Yield the case's decisions, in order."""
        for part in self.parts:
            if "decision" in part.roles:
                yield part.record, part.event


class NotingTables(TablesAsOf):
    """Tables that note which of their records were seen."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.noted: set[Place] = set()

    def _seen_entries(self, topic: str, entries: Sequence[Entry]) -> None:
        self.noted.update((topic, partition, offset) for partition, offset, _ in entries)


def gather(
    archive: duckdb.DuckDBPyConnection,
    log: ArchiveLog,
    codec: Codec,
    case_id: str,
    directory: Path,
) -> CaseParts:
    """Gather a case from the archive; `directory` is for scratch state. Errors: ReplayError."""
    committed = committed_decisions(archive, codec, case_id)
    first = committed[0]
    listing, partition = first.decided.listing_id, first.partition
    taken: list[Taken] = []
    inputs: list[InputRecord] = []

    def follow(batch: Taken, records: Sequence[InputRecord]) -> None:
        taken.append(batch)
        inputs.extend(records)

    listings = {partition: frozenset({listing.encode()})}
    replayed = CaseReplay(log, codec, listings, EVER, directory, NotingTables)
    try:
        for _ in replayed.run(followed=follow):
            pass
        noted: set[Place] = getattr(replayed.tables, "noted", set())
    finally:
        replayed.close()
    found: dict[Place, tuple[InputRecord, set[str]]] = {}

    def add(role: str, records: Iterable[InputRecord]) -> None:
        for each in records:
            place = (each.topic, each.partition, each.offset)
            found.setdefault(place, (each, set()))[1].add(role)

    add("input", inputs)
    offsets = {each.offset for each in taken} | {each.basis_offset for each in taken}
    add("journal", records_with(archive, BATCHES, "offset", offsets, partition))
    for topic in {topic for topic, _, _ in noted}:
        for number in {number for named, number, _ in noted if named == topic}:
            wanted = {offset for *place, offset in noted if place == [topic, number]}
            add("table", records_with(archive, topic, "offset", wanted, number))
    versions = {version.encode() for each in taken for version in _versions(each.basis)}
    add("version", records_with(archive, VERSIONS, "key", versions))
    add("decision", _of_case(archive, codec, DECISIONS_EVENTS, case_id, _keys(first.decided)))
    for topic in sorted(set(OUTPUTS.values()) - {DECISIONS_EVENTS}):
        add("output", _of_case(archive, codec, topic, case_id, _keys(first.decided)))
    parts = [
        Part(record, tuple(sorted(roles)), _event(codec, record))
        for _, (record, roles) in sorted(found.items())
    ]
    topics = {*INPUTS, BATCHES, VERSIONS, *(part.record.topic for part in parts)}
    return CaseParts(
        case_id,
        listing,
        partition,
        tuple(parts),
        {topic: len(log.partitions(topic)) for topic in sorted(topics)},
        _runs(log, partition, taken),
    )


def documents_of(parts: CaseParts) -> Iterator[tuple[str, str, str | None]]:
    """Yield id, kind and SHA-256 of each document that was filed in the case."""
    for part in parts.parts:
        event = part.event
        if isinstance(event, ComplaintFiled):
            case_id = event.complaint_id
        elif isinstance(event, ClarificationProvided):
            case_id = event.case_id
        else:
            continue
        if case_id == parts.case_id:
            yield from (tuple(each) for each in event.evidence)


def private_texts_of(parts: CaseParts) -> list[str]:
    """Return the hashes of the texts that the case's parties wrote."""
    found: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, PrivateText):
            found.add(value.sha256)
        elif isinstance(value, tuple):
            for each in value:
                look(each)

    for part in parts.parts:
        event = part.event
        if parts.case_id in (getattr(event, "case_id", ""), getattr(event, "complaint_id", "")):
            look(event)
    return sorted(found)


def _versions(basis: DecisionBasis) -> Iterator[str]:
    yield basis.rule_set_hash
    yield basis.service_level_hash
    yield basis.service_policy_hash
    yield basis.shadow_rule_set_hash or ""
    yield from basis.shadow_rule_set_hashes
    yield basis.rollout_rule_set_hash


def _keys(decided: ComplaintDecided) -> set[bytes]:
    """Return the keys under which a case's records may stand: its listing, and its parties."""
    named = (
        decided.listing_id,
        decided.complainant_id,
        decided.rights_holder_id,
        decided.seller_id or "",
    )
    return {each.encode() for each in named if each}


def _of_case(
    archive: duckdb.DuckDBPyConnection, codec: Codec, topic: str, case_id: str, keys: set[bytes]
) -> Iterator[InputRecord]:
    for record in records_with(archive, topic, "key", keys):
        if getattr(_event(codec, record), "case_id", None) == case_id:
            yield record


def _event(codec: Codec, record: InputRecord) -> Any:
    try:
        return codec.decode(record.topic, record.value or b"", record.headers)
    except DecodeError:
        return None


def _runs(log: ArchiveLog, partition: int, taken: list[Taken]) -> dict[str, list[tuple[int, int]]]:
    """Return which offsets the batches' inputs have, as spans without gaps."""
    wanted: dict[str, set[tuple[int, int]]] = {}
    for each in taken:
        for run in each.batch.inputs:
            wanted.setdefault(run.topic, set()).add((run.first_offset, run.record_count))
    found: dict[str, list[tuple[int, int]]] = {}
    for topic, runs in sorted(wanted.items()):
        offsets = log.offsets(topic, partition)
        spans = found[topic] = []
        for first, count in sorted(runs):
            begin = int(offsets.searchsorted(first))
            for offset in map(int, offsets[begin : begin + count]):
                if spans and offset == spans[-1][1] + 1:
                    spans[-1] = (spans[-1][0], offset)
                else:
                    spans.append((offset, offset))
    return found
