"""Whether the archive that was written beside the day has all topics, and gives the day again."""

from collections.abc import Iterable
from hashlib import blake2b
from io import BytesIO
from typing import NamedTuple

from pyarrow import parquet

from ops.errors import OperatorError
from ops.local.patience import wait_for
from ops.tools.replay import archive_comparisons
from ops.trials.simulation.agreement import Agreement
from ops.trials.simulation.services import Services
from replay.archive_log import ArchiveLog
from replay.log import KafkaLog, Log
from schemas.catalog import load_topics
from schemas.wire.delivered import Source
from sinks.archive.layout import ArchiveFile, by_partition, cover_of
from sinks.archive.storage import Storage, storage_at
from streams.kafka.log_ends import LogEnds
from streams.kafka.records import InputRecord

MAXIMUM_SHOWN = 3

Prints = dict[int, bytes]
"""Of each record of a partition a hash, by offset."""


class Difference(NamedTuple):
    """Offsets of a partition that only one of two logs has, and such as differ."""

    lost: list[int]
    invented: list[int]
    otherwise: list[int]


def check_archive(services: Services) -> Agreement:
    """End the archiver when it has all, and compare what it wrote with the topics, record by
    record. Errors: OperatorError, ReplayError, KafkaException."""
    servers = services.addresses[0]
    storage = storage_at(str(services.archive))
    committed = committed_prints(servers)
    ends = {source: max(prints) for source, prints in committed.items()}

    def is_whole() -> bool:
        services.keep()
        return not _behind(storage, ends)

    wait_for("the archive", is_whole, lambda: _behind(storage, ends), lambda: "it is not whole")
    services.stop("archiver")
    archive = ArchiveLog(storage)
    problems: list[str] = []
    count = 0
    for source, prints in committed.items():
        archived = prints_of(archive, source)
        count += len(archived)
        problems += told_of(source, difference(prints, archived))
    files = by_partition(_files(storage))
    unneeded = []
    for (topic, number), found in sorted(files.items()):
        needed = {piece.file for piece in cover_of(found).pieces}
        unneeded += [each.name for each in found if each not in needed]
        problems += [f"{each.name} has others' offsets" for each in needed if strays(storage, each)]
        if (topic, number) not in committed:
            problems.append(f"{topic} {number}: only the archive has it")
    line = (
        f"{count:,} records archived, as the topics have them by offset, each once; the archiver "
        f"was killed {services.kills['archiver']} times while it wrote"
    )
    told = [f"files of which others hold all: {', '.join(unneeded)}"] if unneeded else []
    return Agreement((line, *told), tuple(problems))


def check_replay(services: Services) -> Agreement:
    """Make all decisions again from the archive, and compare byte for byte. Errors:
    OperatorError."""
    lines, problems = [], []
    found = archive_comparisons(str(services.archive), services.addresses[1])
    for topic, comparison in found.items():
        same, different = comparison.same, comparison.different
        line = f"{topic}: {same:,} keys the same byte for byte, {different:,} not"
        lines.append(line)
        if comparison.different:
            problems.append(f"replay of {line}: {comparison.examples[:MAXIMUM_SHOWN]}")
    return Agreement(tuple(lines), tuple(problems))


def committed_prints(bootstrap_servers: str) -> dict[Source, Prints]:
    """Return what all topics have. Errors: ReplayError, KafkaException."""
    log, ends = KafkaLog(bootstrap_servers), LogEnds(bootstrap_servers)
    found = {}
    for topic in load_topics():
        first, last = ends.ask(topic, log.partitions(topic))
        for partition, end in last.items():
            # To open one costs more than to read what most have.
            if first[partition] < end and (prints := prints_of(log, (topic, partition))):
                found[topic, partition] = prints
    return found


def prints_of(log: Log, source: Source) -> Prints:
    """Return what a log has of a partition. Errors: ReplayError where an offset is there twice."""
    found: Prints = {}
    for record in log.read(*source):
        if record.offset in found:
            raise OperatorError(f"{source[0]} {source[1]}: offset {record.offset} is there twice")
        found[record.offset] = _print(record)
    return found


def difference(committed: Prints, archived: Prints) -> Difference:
    """Tell in what an archive's partition is another than the topic's."""
    both = committed.keys() & archived.keys()
    return Difference(
        sorted(committed.keys() - archived.keys()),
        sorted(archived.keys() - committed.keys()),
        sorted(offset for offset in both if committed[offset] != archived[offset]),
    )


def strays(storage: Storage, file: ArchiveFile) -> int:
    """Return how many records a file has that its name doesn't tell of."""
    content = BytesIO(storage.read(file.name))
    offsets = parquet.read_table(content, columns=["offset"])["offset"].to_numpy()
    return int(((offsets < file.first) | (offsets > file.last)).sum())


def told_of(source: Source, found: Difference) -> Iterable[str]:
    """Yield a line for each kind of difference."""
    topic, partition = source
    compacted = load_topics()[topic].cleanup == "compact"
    for what, offsets in found._asdict().items():
        # The archive keeps what compaction takes.
        if offsets and not (compacted and what == "invented"):
            shown = ", ".join(map(str, offsets[:MAXIMUM_SHOWN]))
            yield f"{topic} {partition}: {len(offsets):,} records {what}, such as {shown}"


def _print(record: InputRecord) -> bytes:
    told = (record.key, record.value, list(record.headers or ()), record.timestamp_milliseconds)
    return blake2b(repr(told).encode(), digest_size=16).digest()


def _files(storage: Storage) -> list[ArchiveFile]:
    return [file for topic in load_topics() for file in storage.files(topic)]


def _behind(storage: Storage, ends: dict[Source, int]) -> int:
    """Return how many partitions' last records no file has yet."""
    reached = {
        source: cover_of(found).next_offset
        for source, found in by_partition(_files(storage)).items()
    }
    return sum(1 for source, last in ends.items() if reached.get(source, 0) <= last)
