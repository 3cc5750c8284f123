"""The log as it was: committed records of the topics, from the beginning to the present end."""

import heapq
from collections.abc import Iterator

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from streams.kafka_records import record_of
from streams.records import InputRecord
from streams.topology import GLOBAL_TABLES, INPUTS

TIMEOUT_SECONDS = 10.0
BATCH_RECORDS = 1_000


class ReplayError(Exception):
    """The log can't be read; the message says why."""


def partitions_of(bootstrap_servers: str, topic: str) -> list[int]:
    """Give a topic's partition numbers. Errors: ReplayError."""
    consumer = Consumer({"bootstrap.servers": bootstrap_servers, "group.id": "replay"})
    try:
        metadata = consumer.list_topics(topic, timeout=TIMEOUT_SECONDS).topics[topic]
        if metadata.error is not None:
            raise ReplayError(f"{topic}: {metadata.error}")
        return sorted(metadata.partitions)
    except KafkaException as error:
        raise ReplayError(f"{topic}: {error.args[0]}") from error
    finally:
        consumer.close()


def read_partition(bootstrap_servers: str, topic: str, partition: int) -> Iterator[InputRecord]:
    """Give the committed records of a partition in order. Errors: ReplayError.

    The reader is in no group and commits nothing, so it does not disturb live workers.
    """
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            "group.id": "replay",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "queued.max.messages.kbytes": 16_384,
        }
    )
    try:
        consumer.assign([TopicPartition(topic, partition, 0)])
        while True:
            messages = consumer.consume(BATCH_RECORDS, 0.2)
            for message in messages:
                error = message.error()
                if error is None:
                    yield record_of(message)
                elif error.code() == KafkaError._PARTITION_EOF:
                    return
                elif not error.retriable():
                    raise ReplayError(f"{topic} {partition}: {error}")
    finally:
        consumer.close()


def read_inputs(bootstrap_servers: str, partition: int) -> Iterator[InputRecord]:
    """Give the inputs of a partition number, its topics merged by the records' times."""
    logs = [read_partition(bootstrap_servers, topic, partition) for topic in INPUTS]
    return heapq.merge(*logs, key=lambda record: record.timestamp_milliseconds)


def read_tables(bootstrap_servers: str) -> Iterator[InputRecord]:
    """Give the records of the global tables."""
    for topic in GLOBAL_TABLES:
        for partition in partitions_of(bootstrap_servers, topic):
            yield from read_partition(bootstrap_servers, topic, partition)
