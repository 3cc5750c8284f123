"""A lost cluster made again from its archive: the same log, at the same offsets, and it goes on."""

import time

import pytest
from archive.feeding import archive_of, feed
from confluent_kafka import Producer
from world import complaint

from ops.__main__ import main
from ops.topics import differences, renew_topics
from ops.trials.chaos.test_bed import PARTITIONS, TestBed
from ops.trials.chaos.verify import verify
from ops.trials.load import complaints, listing_changes
from ops.trials.worker_processes import end_worker
from replay.archive_log import ArchiveLog
from replay.log import KafkaLog
from schemas.catalog import load_topics
from schemas.topic_names import (
    COMPLAINTS_EVENTS,
    PARTIES_STATE,
    SURVEYS_EVENTS,
    TAKEDOWNS_COMMANDS,
    TRADEMARKS_EVENTS,
)
from schemas.wire.registry import connect, offline_codec
from sinks.archive.storage import storage_at
from sinks.contract import Span
from sinks.database.database import advance_positions
from sinks.database.database import connect as connect_database
from streams.kafka.clients import producer_settings
from streams.kafka.log_ends import LogEnds
from streams.kafka.records import InputRecord
from streams.topology import CO_PARTITIONED

LEFT_OUT = 5
TABLES = (TRADEMARKS_EVENTS, PARTIES_STATE)


@pytest.fixture
def field(kafka, schema_registry, tmp_path):
    addresses = (kafka.bootstrap_servers, schema_registry.address)
    return TestBed(addresses, tmp_path, f"test-{time.time_ns()}", 1, 200)


def filled(servers):
    """Return the topic partitions that have anything."""
    ends = LogEnds(servers)
    found = {topic: ends.ask(topic, range(PARTITIONS))[1] for topic in CO_PARTITIONED}
    return [(topic, number) for topic in found for number, end in found[topic].items() if end]


def records(log, sources):
    return {
        source: [
            (each.offset, each.key, each.value, list(each.headers or ()), each[6])
            for each in log.read(*source)
        ]
        for source in sources
    }


def surveys(servers):
    """Fill a topic in transactions, some of which are aborted."""
    settings = {"transactional.id": f"surveys-{time.time_ns()}"}
    producer = Producer(producer_settings(servers, settings))
    producer.init_transactions(60)
    for number in range(12):
        producer.begin_transaction()
        for each in range(number % 4 + 1):
            producer.produce(SURVEYS_EVENTS, f"{number}-{each}", b"k", 0)
        producer.flush()
        (producer.abort_transaction if number % 3 == 1 else producer.commit_transaction)(60)


def decide(field, instance, seed):
    """Have a worker take complaints, and end it."""
    progress = field.progress()
    field.send(complaints(200, 100, seed))
    worker = field.start(instance)
    progress.wait_for_all(worker)
    end_worker(worker)
    progress.close()


def archived(field, codec):
    """Archive all topics; of one the beginning is no more."""
    log = KafkaLog(field.addresses[0])
    tables = [(name, number) for name in TABLES for number in range(PARTITIONS)]
    found = {
        source: list(log.read(*source))
        for source in {*filled(field.addresses[0]), *tables, (SURVEYS_EVENTS, 0)}
    }
    del found[SURVEYS_EVENTS, 0][:LEFT_OUT]
    storage = storage_at(str(field.directory / "archive"))
    beginnings = {(SURVEYS_EVENTS, 0): found[SURVEYS_EVENTS, 0][0].offset}
    writer = archive_of(storage, codec, beginnings=beginnings)
    feed(writer, {source: each for source, each in found.items() if each}, batch_records=500)
    writer.close()
    return storage


def restore(field, *arguments):
    words = ["--bootstrap-servers", field.addresses[0], "--schema-registry", field.addresses[1]]
    archive = ["--archive", str(field.directory / "archive"), "--group", field.group]
    monitors = ["--monitor-group", f"{field.group}-monitors"]
    return main(["archive", "restore", *archive, *words, *monitors, *arguments])


def test_a_lost_log_is_there_again_and_goes_on(field, database, capsys):
    servers = field.addresses[0]
    field.clear()
    field.send(listing_changes(400, 100, 1))
    surveys(servers)
    decide(field, "before", 1)
    storage = archived(field, connect(field.addresses[1], register=True))
    with connect_database(database) as connection:
        read_on = {(COMPLAINTS_EVENTS, 0): Span(0, 900)}
        advance_positions(connection, "case_store", read_on)
    renew_topics(servers, PARTITIONS, 1)
    assert restore(field, "--database", database) == 0
    log = ArchiveLog(storage)
    sources = {
        (file.topic, file.partition) for topic in load_topics() for file in storage.files(topic)
    }
    expected = records(log, sources)
    assert records(KafkaLog(servers), sources) == expected
    assert set(filled(servers)) <= sources | {(COMPLAINTS_EVENTS, 0)}
    assert differences(servers, PARTITIONS, 1) == []
    assert f"{sum(map(len, expected.values())):,} records in " in capsys.readouterr().out
    decide(field, "after", 2)
    verdict = verify(field, ())
    assert not verdict.problems
    before = sum(
        len(found) for (topic, _), found in expected.items() if topic == TAKEDOWNS_COMMANDS
    )
    assert verdict.commands > before > 0
    # What comes now lies behind what a sink had read of the lost cluster.
    later = [each.offset for each in KafkaLog(servers).read(COMPLAINTS_EVENTS, 0)]
    assert min(later[len(expected[COMPLAINTS_EVENTS, 0]) :]) >= 900
    assert restore(field) == 2
    assert "is not empty" in capsys.readouterr().err


def test_a_registry_that_knows_other_schemas_is_told(field, topics, capsys):
    codec = offline_codec()
    value = codec.encode(COMPLAINTS_EVENTS, complaint())[:5] + b"\xff" * 40
    found = InputRecord(COMPLAINTS_EVENTS, 0, 0, b"k", value, None, 1_800_000_000_000)

    class Lenient:
        def decode(self, *_):
            return complaint()

    writer = archive_of(storage_at(str(field.directory / "archive")), Lenient())
    feed(writer, {(COMPLAINTS_EVENTS, 0): [found]})
    writer.close()
    assert restore(field) == 2
    assert "does not know ComplaintFiled by the id that records have" in capsys.readouterr().err
