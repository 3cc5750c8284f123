"""The archiver on real Kafka, killed again and again: its rows are the topics, each once."""

import random
import subprocess
import sys

import pytest
from confluent_kafka import Producer
from world import complaint, listing

from ops.local.patience import wait_for
from replay.archive_log import ArchiveLog
from replay.log import KafkaLog
from schemas.catalog import load_topics
from schemas.topic_names import COMPLAINTS_EVENTS, LISTINGS_EVENTS
from schemas.wire.registry import connect
from sinks.archive.query import open_archive, table_name
from sinks.archive.storage import storage_at
from streams.kafka.clients import producer_settings

KILLS = 3
ROUND_RECORDS = 1_500


@pytest.fixture
def start(topics, schema_registry, tmp_path):
    """Start an archiver, as an operator would; all end with the test."""
    started = []

    def begin(*arguments):
        line = [
            *(sys.executable, "-m", "ops", "--verbose", "archiver"),
            *("--bootstrap-servers", topics, "--schema-registry", schema_registry.address),
            *("--archive", str(tmp_path / "archive"), "--file-seconds", "0.1"),
            *("--session-timeout-milliseconds", "6000", *arguments),
        ]
        with (tmp_path / "log").open("ab") as log:
            started.append(subprocess.Popen(line, stderr=log))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


def produce(servers, codec, name):
    """Write some records in transactions of all sizes, some of them aborted, and return how many
    are committed."""
    events = (
        (LISTINGS_EVENTS, lambda key: listing(listing_id=key)),
        (COMPLAINTS_EVENTS, lambda key: complaint(complaint_id=key, listing_id=key)),
    )
    producer = Producer(producer_settings(servers, {"transactional.id": name}))
    producer.init_transactions(60)
    sizes = random.Random(name)
    number = committed = 0
    while number < ROUND_RECORDS:
        producer.begin_transaction()
        size = sizes.randrange(1, 200)
        for _ in range(size):
            topic, make = events[number % 2]
            key = f"{name}-{number}"
            producer.produce(topic, codec.encode(topic, make(key)), key)
            number += 1
        assert producer.flush(60) == 0
        if sizes.random() < 0.3:
            producer.abort_transaction(60)
        else:
            producer.commit_transaction(60)
            committed += size
    return committed


def rows(log):
    """Return all records of a log by topic and partition."""
    return {
        (topic, partition): [
            (each.offset, each.key, each.value, list(each.headers or ()))
            for each in log.read(topic, partition)
        ]
        for topic in load_topics()
        for partition in log.partitions(topic)
    }


def records_of(log):
    return {source: found for source, found in rows(log).items() if found}


@pytest.mark.broker
@pytest.mark.timeout(600)
def test_what_is_archived_is_each_record_once_through_kills(
    topics, schema_registry, start, tmp_path
):
    codec = connect(schema_registry.address, register=True)
    storage = storage_at(str(tmp_path / "archive"))

    def file_count():
        return sum(len(storage.files(topic)) for topic in load_topics())

    total = 0
    for number in range(KILLS):
        process = start("--group", f"archiver-{number}")
        before = file_count()
        total += produce(topics, codec, f"round-{number}")
        wait_for("a file", lambda before=before: file_count() > before, file_count)
        assert process.poll() is None
        process.kill()
        process.wait()
    last = start("--group", "archiver-last")

    def is_whole(log):
        return sum(map(len, records_of(log).values())) >= total

    # Brokers answer a commit before all partitions show its records.
    wait_for("what is committed", lambda: is_whole(KafkaLog(topics)))
    expected = records_of(KafkaLog(topics))
    wait_for("the whole log", lambda: is_whole(ArchiveLog(storage)), file_count)
    last.terminate()
    assert last.wait(60) == 0
    assert records_of(ArchiveLog(storage)) == expected
    connection = open_archive(storage)
    for topic in (LISTINGS_EVENTS, COMPLAINTS_EVENTS):
        (counted,) = connection.sql(
            f'SELECT count(*), count(DISTINCT ("partition", "offset")) FROM {table_name(topic)}'
        ).fetchall()
        count = sum(len(found) for (name, _), found in expected.items() if name == topic)
        assert counted == (count, count)
        assert count > KILLS * 300


@pytest.mark.broker
def test_a_topic_that_is_none_is_told(start):
    process = start("--without", "ip.none")
    assert process.wait(60) == 2
