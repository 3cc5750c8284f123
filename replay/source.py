"""The log as it was: committed records of the topics, from the beginning to the present end."""

import heapq
from collections.abc import Iterator, Mapping
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    OffsetSpec,
)

from streams.kafka.messages import record_of
from streams.kafka.records import InputRecord
from streams.topology import ALL_INPUTS, GLOBAL_TABLES, INPUTS, OUTPUTS, PARTY_INPUTS

TIMEOUT_SECONDS = 10.0
BATCH_RECORDS = 1_000
Ends = Mapping[tuple[str, int], int]
"""Offsets at which topic partitions are read no further; one without is read to its end."""


class ReplayError(Exception):
    """The log can't be read; the message says why."""


def partitions_of(bootstrap_servers: str, topic: str) -> list[int]:
    """Return a topic's partition numbers. Errors: ReplayError."""
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


def ends_of(bootstrap_servers: str, group: str) -> dict[tuple[str, int], int]:
    """Return how far a group of workers has taken its inputs. Errors: ReplayError."""
    consumer = Consumer({"bootstrap.servers": bootstrap_servers, "group.id": group})
    try:
        asked = _partitions(consumer, frozenset(ALL_INPUTS))
        committed = consumer.committed(asked, TIMEOUT_SECONDS)
    except KafkaException as error:
        raise ReplayError(f"group {group}: {error.args[0]}") from error
    finally:
        consumer.close()
    return {(each.topic, each.partition): max(0, each.offset) for each in committed}


def latest_timestamp(bootstrap_servers: str) -> int:
    """Return the time of the latest record that workers took in or wrote. Errors: ReplayError."""
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    newest = OffsetSpec.max_timestamp()  # type: ignore[no-untyped-call]
    try:
        asked = _partitions(admin, frozenset({*ALL_INPUTS, *OUTPUTS.values()}))
        answers = admin.list_offsets(dict.fromkeys(asked, newest), request_timeout=TIMEOUT_SECONDS)
        times = [int(answer.result(TIMEOUT_SECONDS).timestamp) for answer in answers.values()]
        return max(times)
    except KafkaException as error:
        raise ReplayError(f"times of the log: {error.args[0]}") from error


def read_partition(
    bootstrap_servers: str, topic: str, partition: int, end: int | None = None
) -> Iterator[InputRecord]:
    """Return the committed records of a partition in order, those below an offset if it is given.

    Errors: ReplayError.

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
            # The end of a partition is told by an empty fetch, which is not to be waited for.
            "fetch.wait.max.ms": 10,
        }
    )
    try:
        _, present_end = consumer.get_watermark_offsets(
            TopicPartition(topic, partition), TIMEOUT_SECONDS
        )
        consumer.assign([TopicPartition(topic, partition, 0)])
        while True:
            messages = consumer.consume(BATCH_RECORDS, 0.02)
            for message in messages:
                error = message.error()
                if error is None:
                    record = record_of(message)
                    if end is not None and record.offset >= end:
                        return
                    yield record
                elif error.code() == KafkaError._PARTITION_EOF:
                    # An end that was told while records were still to come is none.
                    if message.offset() >= present_end:
                        return
                elif not error.retriable():
                    raise ReplayError(f"{topic} {partition}: {error}")
    except KafkaException as error:
        raise ReplayError(f"{topic} {partition}: {error.args[0]}") from error
    finally:
        consumer.close()


def read_inputs(bootstrap_servers: str, partition: int, ends: Ends) -> Iterator[InputRecord]:
    """Return the inputs of a partition number that are keyed by listing, merged by their times."""
    return _merged(bootstrap_servers, tuple(INPUTS), partition, ends)


def read_party_inputs(bootstrap_servers: str, partition: int, ends: Ends) -> Iterator[InputRecord]:
    """Return the inputs of a partition number that are keyed by party, merged by their times."""
    return _merged(bootstrap_servers, tuple(PARTY_INPUTS), partition, ends)


def read_tables(bootstrap_servers: str) -> Iterator[InputRecord]:
    """Return the records of the global tables that are told from outside."""
    for topic in GLOBAL_TABLES:
        if topic in OUTPUTS.values():
            continue
        for partition in partitions_of(bootstrap_servers, topic):
            yield from read_partition(bootstrap_servers, topic, partition)


def _partitions(client: Any, topics: frozenset[str]) -> list[TopicPartition]:
    known = client.list_topics(timeout=TIMEOUT_SECONDS).topics
    return [TopicPartition(topic, n) for topic in sorted(topics) for n in known[topic].partitions]


def _merged(
    bootstrap_servers: str, topics: tuple[str, ...], partition: int, ends: Ends
) -> Iterator[InputRecord]:
    logs = [
        read_partition(bootstrap_servers, topic, partition, ends.get((topic, partition)))
        for topic in topics
    ]
    return heapq.merge(*logs, key=lambda record: record.timestamp_milliseconds)
