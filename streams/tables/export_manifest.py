"""What an export of tables says of itself: its form, where it comes from, and its files."""

import json
import os
from pathlib import Path
from typing import Final, NamedTuple

from streams.tables.export_origin import TablesOrigin

TABLE_FORMAT: Final = 1
"""How keys and values of the tables are made; another number is another form."""

MANIFEST: Final = "manifest.json"


class ExportRefused(Exception):
    """Tables can't be exported, or an export can't be used; the text says why."""


class ExportedFile(NamedTuple):
    """A file of an export, its content by hash, and how much there is."""

    name: str
    sha256: str
    file_bytes: int
    entries: int


class ExportedTables(NamedTuple):
    """What a manifest says. Positions are by topic, a partition after another.

    Samples are an event of each kind for each schema's prefix, in hexadecimal digits.
    """

    table_format: int
    software_version: str
    cluster_id: str
    topic_ids: dict[str, str]
    positions: dict[str, list[int]]
    samples: dict[str, dict[str, str]]
    files: list[ExportedFile]


def read_manifest(source: Path) -> ExportedTables:
    """Return what an export's manifest says. Errors: ExportRefused."""
    try:
        said = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
        exported = ExportedTables(**said)
        files = [ExportedFile(*each) for each in exported.files]
    except (OSError, ValueError, TypeError) as error:
        raise ExportRefused(f"{source} holds no export of tables: {error}") from error
    if exported.table_format != TABLE_FORMAT:
        raise ExportRefused(
            f"{source} has tables of format {exported.table_format}, written by version "
            f"{exported.software_version}; this version reads format {TABLE_FORMAT}"
        )
    if any(Path(each.name).name != each.name for each in files):
        raise ExportRefused(f"{source} names files elsewhere")
    return exported._replace(files=files)


def write_manifest(target: Path, exported: ExportedTables) -> None:
    """Write the manifest; with it the export is there."""
    new = target / f"{MANIFEST}.new"
    with new.open("w", encoding="utf-8") as file:
        json.dump(exported._asdict(), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(target / MANIFEST)


def check_origin(exported: ExportedTables, origin: TablesOrigin) -> None:
    """See that one can go on from the positions. Errors: ExportRefused."""
    if exported.cluster_id != origin.cluster_id:
        raise ExportRefused(
            f"the tables are of cluster {exported.cluster_id}, and this is {origin.cluster_id}"
        )
    for topic, offsets in exported.positions.items():
        present = origin.topics.get(topic)
        if present is None or exported.topic_ids.get(topic) != present.topic_id:
            raise ExportRefused(f"{topic} was made anew since the tables were read from it")
        if len(offsets) > len(present.bounds):
            raise ExportRefused(f"{topic} has fewer partitions than the tables were read from")
        for number, (offset, (low, high)) in enumerate(zip(offsets, present.bounds, strict=False)):
            if offset < low:
                raise ExportRefused(
                    f"the tables are too old: they were read up to offset {offset} of {topic}, "
                    f"partition {number}, which begins at {low} now"
                )
            if offset > high:
                raise ExportRefused(
                    f"{topic}, partition {number}, ends at {high}, and the tables were read up "
                    f"to {offset}"
                )
