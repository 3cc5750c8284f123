"""The tables of one worker or monitor as files, from which another one goes on.

A directory holds sorted files of the tables' family and a manifest, which is written last: without
it there is no export. What does not fit the cluster, the topics or this software is refused, and
files are taken in only with the content that the manifest says.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from schemas.topic_names import (
    PARTIES_STATE,
    RULES_STATE,
    STANDINGS_STATE,
    TRADEMARKS_EVENTS,
)
from schemas.wire.codec import PREFIX_BYTES, Codec, DecodeError
from streams.state.frames import LENGTH_BYTES, unframed
from streams.state.local_state import POSITIONS, TABLES, Change, LocalState, write_sorted
from streams.state.other_state import OtherState
from streams.tables.export_manifest import (
    TABLE_FORMAT,
    ExportedFile,
    ExportedTables,
    ExportRefused,
    check_origin,
    read_manifest,
    write_manifest,
)
from streams.tables.export_origin import TablesOrigin
from streams.tables.table_names import (
    ALIAS,
    HOLDER,
    HOLDERS_FORM,
    MARK,
    MARK_NUMBERS_FORM,
    MARK_TERM,
    MARK_TERMS_FOLDING,
    OFFENCES,
    PARTY,
    POLICY,
    RULES,
    STANDING,
    TABLE_POSITIONS,
    UNREAD_RECORD,
    WATCHED_FOLDING,
    WATCHED_TERM,
    position_key,
    position_of,
    unread_place,
)
from streams.topology import GLOBAL_TABLES, MONITOR_TABLES

FILE_BYTES: Final = 256 << 20
"""Of keys and values in one file, before they are compressed."""

_COPIED_BYTES = 4 << 20


class HeldTables(NamedTuple):
    """What a kind of process holds: from which topics, and by how keys begin the topic whose events
    stand there."""

    topics: frozenset[str]
    kinds: Mapping[bytes, str | None]


OF_WORKERS: Final = HeldTables(
    frozenset(GLOBAL_TABLES),
    {
        ALIAS: None,
        MARK: TRADEMARKS_EVENTS,
        MARK_NUMBERS_FORM: None,
        MARK_TERM: None,
        MARK_TERMS_FOLDING: None,
        PARTY: PARTIES_STATE,
        POLICY: RULES_STATE,
        RULES: RULES_STATE,
        STANDING: STANDINGS_STATE,
    },
)
OF_MONITORS: Final = HeldTables(
    frozenset(MONITOR_TABLES),
    {
        ALIAS: None,
        HOLDER: None,
        HOLDERS_FORM: None,
        MARK: TRADEMARKS_EVENTS,
        MARK_NUMBERS_FORM: None,
        OFFENCES: None,
        PARTY: PARTIES_STATE,
        WATCHED_FOLDING: None,
        WATCHED_TERM: None,
    },
)
_FRAMED: Final = (MARK, STANDING)

Samples = dict[str, dict[str, str]]


def export_tables(
    state_directory: Path, target: Path, origin: TablesOrigin, software_version: str
) -> ExportedTables:
    """Write the tables of a worker or monitor, which may be working.

    Errors: ExportRefused, StateCorrupted.
    """
    if target.exists() and any(target.iterdir()):
        raise ExportRefused(f"{target} is not empty")
    target.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as scratch,
        closing(OtherState(state_directory, Path(scratch))) as state,
    ):
        held = OF_MONITORS if any(state.scan(TABLES, WATCHED_FOLDING)) else OF_WORKERS
        positions = _positions_in(state, held)
        if not positions:
            raise ExportRefused(f"{state_directory} has no tables")
        samples: Samples = {}
        files = list(_write_files(state, held, target, samples))
    exported = ExportedTables(
        TABLE_FORMAT,
        software_version,
        origin.cluster_id,
        {name: topic.topic_id for name, topic in origin.topics.items()},
        positions,
        samples,
        files,
    )
    check_origin(exported, origin)
    write_manifest(target, exported)
    return exported


def import_tables(
    source: Path,
    state: LocalState,
    codec: Codec,
    origin: TablesOrigin,
    held: HeldTables = OF_WORKERS,
) -> ExportedTables | None:
    """Take an export's tables in; None where the state has tables of its own, which stay.

    The positions come last: what is cut off begins anew. Errors: ExportRefused, StateCorrupted.
    """
    if any(state.scan(POSITIONS, TABLE_POSITIONS)):
        return None
    exported = read_manifest(source)
    check_origin(exported, origin)
    _check_samples(exported, codec, held)
    paths = [_copied(source / each.name, each, state.incoming) for each in exported.files]
    if paths:
        state.ingest(TABLES, paths)
    state.write(
        Change(POSITIONS, position_key(topic, number), offset.to_bytes(8, "big"))
        for topic, offsets in exported.positions.items()
        for number, offset in enumerate(offsets)
    )
    return exported


def _positions_in(state: OtherState, held: HeldTables) -> dict[str, list[int]]:
    found: dict[str, dict[int, int]] = {}
    for key, value in state.scan(POSITIONS, TABLE_POSITIONS):
        topic, partition = position_of(key)
        if topic in held.topics:
            found.setdefault(topic, {})[partition] = int.from_bytes(value, "big")
    for key, _ in state.scan(POSITIONS, UNREAD_RECORD):
        # Whoever goes on from here is to read from such a record on.
        topic, partition, offset = unread_place(key)
        if topic in found:
            found[topic][partition] = min(found[topic][partition], offset)
    return {
        topic: [offsets.get(number, 0) for number in range(max(offsets) + 1)]
        for topic, offsets in found.items()
    }


def _write_files(
    state: OtherState, held: HeldTables, target: Path, samples: Samples
) -> Iterator[ExportedFile]:
    entries = chain.from_iterable(
        _entries(state, kind, topic is not None, samples)
        for kind, topic in sorted(held.kinds.items())
    )
    first = next(entries, None)
    number = 0
    while first is not None:
        path = target / f"tables-{number:05d}.sst"
        part = _Part(chain([first], entries))
        write_sorted(path, part)
        content = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(_COPIED_BYTES):
                content.update(block)
            os.fsync(file.fileno())
        yield ExportedFile(path.name, content.hexdigest(), path.stat().st_size, part.entries)
        number += 1
        first = next(entries, None)


class _Part:
    """As many entries as one file takes."""

    def __init__(self, entries: Iterator[tuple[bytes, bytes]]) -> None:
        self._source = entries
        self.entries = 0

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        held = 0
        for key, value in self._source:
            self.entries += 1
            held += len(key) + len(value)
            yield key, value
            if held >= FILE_BYTES:
                return


def _entries(
    state: OtherState, kind: bytes, of_events: bool, samples: Samples
) -> Iterator[tuple[bytes, bytes]]:
    start = LENGTH_BYTES if kind in _FRAMED else 0
    end = start + PREFIX_BYTES
    found: dict[bytes, bytes] = {}
    for key, value in state.scan(TABLES, kind):
        if of_events and value[start:end] not in found:
            found[value[start:end]] = next(unframed(value)) if start else value
        yield key, value
    samples[kind.decode()] = {prefix.hex(): event.hex() for prefix, event in found.items()}


def _check_samples(exported: ExportedTables, codec: Codec, held: HeldTables) -> None:
    """See that the tables are those of such a process, and that the registry gives the schemas' ids
    to the same events. Errors: ExportRefused."""
    for kind, found in exported.samples.items():
        if kind.encode() not in held.kinds:
            raise ExportRefused("workers and monitors have tables of their own, and these are not")
        topic = held.kinds[kind.encode()]
        for prefix, event in found.items():
            try:
                codec.decode(topic or "", bytes.fromhex(event), None)
            except DecodeError as error:
                raise ExportRefused(
                    f"events that begin with {prefix} can't be read with this registry: {error}"
                ) from error


def _copied(path: Path, said: ExportedFile, directory: Path) -> Path:
    """Copy a file beside the state. Errors: ExportRefused where its content is another."""
    target = directory / path.name
    content = hashlib.sha256()
    try:
        with path.open("rb") as source, target.open("wb") as copy:
            while block := source.read(_COPIED_BYTES):
                content.update(block)
                copy.write(block)
    except OSError as error:
        raise ExportRefused(f"{path} can't be copied into {directory}: {error}") from error
    if content.hexdigest() != said.sha256:
        raise ExportRefused(f"{path} has another content than its manifest says")
    return target
