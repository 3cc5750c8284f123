"""Transactions against a real broker: where rows land, and what readers see."""

import pytest
from confluent_kafka import Consumer

from replay.log import KafkaLog
from streams.clock import SystemClock
from streams.kafka.records import OutputRecord
from streams.kafka.transactions import ProducerFatal, Transactions, offsets_of
from streams.topology import CHANGELOG
from streams.worker.settings import WorkerSettings

PARTITIONS = range(4)


@pytest.fixture
def settings(topics, tmp_path):
    return WorkerSettings(topics, tmp_path, "one", group="transactions")


@pytest.fixture
def consumer(settings):
    consumer = Consumer(settings.consumer())
    yield consumer
    consumer.close()


def rows(count, name):
    return [
        OutputRecord(CHANGELOG, number % 4, f"{name}-{number}".encode(), b"row", [], 0)
        for number in range(count)
    ]


def run(transactions, consumer, changelog, probe=lambda _step: None):
    metadata = consumer.consumer_group_metadata()
    return transactions.run(changelog, [], offsets_of([]), metadata, probe)


def opened(settings):
    transactions = Transactions(settings.producer(), SystemClock(), 10.0)
    transactions.open()
    return transactions


def committed(settings):
    return {
        number: [r.key for r in KafkaLog(settings.bootstrap_servers).read(CHANGELOG, number)]
        for number in PARTITIONS
    }


def test_rows_land_in_their_partition_and_the_last_offset_is_told(settings, consumer):
    transactions = opened(settings)
    changelog = rows(500, "first")
    last = run(transactions, consumer, changelog)
    last_again = run(transactions, consumer, rows(8, "second"))
    found = committed(settings)
    for number in PARTITIONS:
        wanted = [f"first-{n}".encode() for n in range(number, 500, 4)]
        wanted += [f"second-{n}".encode() for n in range(number, 8, 4)]
        assert found[number] == wanted
    assert set(last) == set(PARTITIONS)
    for number in PARTITIONS:
        records = list(KafkaLog(settings.bootstrap_servers).read(CHANGELOG, number))
        assert records[124].offset == last[number]
        assert records[-1].offset == last_again[number]
    transactions.discard()


def test_what_was_not_committed_is_not_read(settings, consumer):
    def stop(step):
        if step == "after_changelog_produce":
            raise KeyboardInterrupt

    transactions = opened(settings)
    run(transactions, consumer, rows(4, "kept"))
    with pytest.raises(KeyboardInterrupt):
        run(transactions, consumer, rows(40, "open"), stop)
    transactions.open()
    run(transactions, consumer, rows(4, "after"))
    for number, keys in committed(settings).items():
        assert keys == [f"kept-{number}".encode(), f"after-{number}".encode()]
    transactions.discard()


def test_a_producer_that_was_taken_over_is_fenced(settings, consumer):
    first = opened(settings)
    run(first, consumer, rows(4, "first"))
    second = opened(settings)
    with pytest.raises(ProducerFatal):
        run(first, consumer, rows(4, "zombie"))
    run(second, consumer, rows(4, "second"))
    for number, keys in committed(settings).items():
        assert keys == [f"first-{number}".encode(), f"second-{number}".encode()]
    first.discard()
    second.discard()
