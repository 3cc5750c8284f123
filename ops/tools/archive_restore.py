"""`python -m ops archive restore`: write an archive into the empty topics of a new cluster."""

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)
from pyarrow import parquet
from pyarrow.compute import is_valid

from ops.errors import OperatorError
from ops.groups import place_group
from ops.shell.connections import DATABASE, KAFKA, REGISTRY, add_connection_arguments
from ops.topics import TIMEOUT_SECONDS, UNBOUNDED_MILLISECONDS, settings_of, topics_with_records
from replay.archive_log import ArchiveLog
from replay.log import ReplayError
from replay.restoration import Restoration, RestorationFailed, positions_of_workers
from schemas.catalog import load_topics
from schemas.topic_names import PREFIX
from schemas.wire.codec import Codec, DecodeError
from schemas.wire.delivered import Source
from schemas.wire.registry import connect
from sinks.archive.columns import EVENT_TYPE
from sinks.archive.layout import ArchiveFile, by_partition, cover_of
from sinks.archive.storage import Storage
from sinks.database.database import furthest_positions
from streams.kafka.clients import admin_client
from streams.kafka.topic_checks import TopicsUnfit, existing_topics
from streams.kafka.topic_facts import ClusterFacts
from streams.topology import ALL_INPUTS, LEAD_TOPIC

WHILE_RESTORED = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "message.timestamp.before.max.ms": str(UNBOUNDED_MILLISECONDS),
}
"""Settings of topics meanwhile: no record is too old, none is deleted or compacted away."""

Files = dict[Source, list[ArchiveFile]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    add_connection_arguments(parser, KAFKA, REGISTRY, DATABASE, optional=True)
    parser.add_argument("--group", default="ip-takedowns", help="of the workers")
    parser.add_argument("--monitor-group", default="ip-monitors")
    parser.set_defaults(act=restore)


def restore(options: argparse.Namespace, storage: Storage) -> None:
    """Write all topics, and where workers and monitors go on. Errors: OperatorError."""
    if not (options.bootstrap_servers and options.schema_registry):
        raise OperatorError("--bootstrap-servers and --schema-registry are needed")
    servers = options.bootstrap_servers
    files = by_partition(file for topic in load_topics() for file in storage.files(topic))
    if not files:
        raise OperatorError("there is no archive")
    codec = connect(options.schema_registry, register=False, may_lag=False)
    try:
        facts = existing_topics(servers, load_topics())
        admin = admin_client(servers)
        _check_empty(admin, facts, files)
        _check_schemas(storage, files, codec)
        ends = _ends(files, furthest_positions(options.database) if options.database else {})
        with _settings_lifted(admin, facts):
            firsts = _write(servers, ArchiveLog(storage), ends, admin)
        positions = positions_of_workers(ArchiveLog(storage), codec)
    except (TopicsUnfit, RestorationFailed, ReplayError, KafkaException) as error:
        raise OperatorError(str(error)) from error
    numbers = range(facts.topics[LEAD_TOPIC].partitions)
    _place(
        admin,
        options.group,
        {
            source: positions.get(source, firsts.get(source, 0))
            for source in ((topic, number) for topic in ALL_INPUTS for number in numbers)
        },
    )
    _place(admin, options.monitor_group, _last_day(files, facts))


def _check_empty(admin: AdminClient, facts: ClusterFacts, files: Files) -> None:
    places = [
        TopicPartition(topic, number)
        for topic, each in facts.topics.items()
        for number in range(each.partitions)
    ]
    for topic in sorted(topics_with_records(admin, places)):
        raise OperatorError(f"{topic} is not empty: a log is restored into new topics only")
    for topic, number in files:
        partitions = facts.topics[topic].partitions
        if number >= partitions:
            raise OperatorError(
                f"{topic} has {partitions} partitions, and the archive has number {number}: "
                f"make the topics with as many as they had"
            )


def _check_schemas(storage: Storage, files: Files, codec: Codec) -> None:
    """See that the registry knows the schemas by the ids that records name: of each partition by
    the first event of its first file and of its last."""
    for found in files.values():
        for file in {min(found), max(found)}:
            content = BytesIO(storage.read(file.name))
            table = parquet.read_table(content, columns=["value", EVENT_TYPE])
            events = table.filter(is_valid(table[EVENT_TYPE])).slice(0, 1).to_pylist()
            for each in events:
                known = _event_in(codec, file.topic, each["value"])
                if known != each[EVENT_TYPE]:
                    raise OperatorError(
                        f"{file.topic}: the registry does not know {each[EVENT_TYPE]} by the id "
                        f"that records have ({known}); restore the registry's own storage first"
                    )


def _event_in(codec: Codec, topic: str, value: bytes) -> str:
    try:
        return type(codec.decode(topic, value, None)).__name__
    except DecodeError as error:
        return str(error)


def _ends(files: Files, read: Mapping[Source, int]) -> dict[Source, int]:
    """Return up to where each partition is written: what comes afterwards is to lie behind all that
    was archived, and behind what sinks have read."""
    ends = {source: cover_of(found).next_offset for source, found in files.items()}
    return {source: max(ends.get(source, 0), read.get(source, 0)) for source in {*ends, *read}}


@contextmanager
def _settings_lifted(admin: AdminClient, facts: ClusterFacts) -> Iterator[None]:
    _configure(admin, dict.fromkeys(facts.topics, WHILE_RESTORED))
    declared = {
        name: {
            key: value
            for key, value in settings_of(load_topics()[name], each.copies).items()
            if key in WHILE_RESTORED
        }
        for name, each in facts.topics.items()
    }
    try:
        yield
    finally:
        _configure(admin, declared)


def _configure(admin: AdminClient, settings: Mapping[str, Mapping[str, str]]) -> None:
    resources = []
    for topic, wanted in settings.items():
        entries = [
            ConfigEntry(
                name,
                wanted.get(name),
                incremental_operation=AlterConfigOpType.SET
                if name in wanted
                else AlterConfigOpType.DELETE,
            )
            for name in WHILE_RESTORED
        ]
        resources.append(ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries))
    for future in admin.incremental_alter_configs(resources).values():
        future.result(TIMEOUT_SECONDS)


def _write(
    servers: str, log: ArchiveLog, ends: Mapping[Source, int], admin: AdminClient
) -> dict[Source, int]:
    restoration = Restoration(servers)
    firsts: dict[Source, int] = {}
    total = 0
    began = time.monotonic()
    for topic in sorted({topic for topic, _ in ends}):
        started = time.monotonic()
        done = restoration.write(log, {each: end for each, end in ends.items() if each[0] == topic})
        seconds = time.monotonic() - started
        sys.stdout.write(
            f"{topic}: {done.records:,} records, {done.passed_over:,} offsets without any, "
            f"{seconds:.1f} s\n"
        )
        sys.stdout.flush()
        firsts |= done.firsts
        total += done.records
    before = [TopicPartition(*source, first) for source, first in firsts.items() if first]
    if before:
        for future in admin.delete_records(before).values():
            future.result(TIMEOUT_SECONDS)
    minutes = (time.monotonic() - began) / 60
    sys.stdout.write(f"{total:,} records in {minutes:.1f} minutes\n")
    return firsts


def _last_day(files: Files, facts: ClusterFacts) -> dict[Source, int]:
    """Return where each partition's last archived day begins in the listings: what monitors find a
    second time has the id that it had."""
    begins = {}
    for number in range(facts.topics[LEAD_TOPIC].partitions):
        found = files.get((LEAD_TOPIC, number), [])
        days = {file.day for file in found}
        begins[LEAD_TOPIC, number] = min(
            (file.first for file in found if file.day == max(days)), default=0
        )
    return begins


def _place(admin: AdminClient, group: str, offsets: Mapping[Source, int]) -> None:
    place_group(admin, PREFIX + group, offsets)
    sys.stdout.write(f"{group} goes on in {len(offsets)} partitions\n")
