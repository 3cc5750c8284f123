"""Where a benchmark runs, and logs prepared for it: made from a seed, the same in each run."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from confluent_kafka.admin import NewTopic

from ops.topics import create_topics, make_topics
from ops.trials.build import OWN, Build
from ops.trials.load import complaints, listing_changes, reference_events
from schemas.catalog import load_topics
from schemas.topic_names import COMPLAINTS_EVENTS, LISTINGS_EVENTS
from schemas.wire.registry import connect
from streams.kafka.clients import admin_client
from streams.kafka.producing import EventProducer, Keyed, send

PARTITIONS = 4
INPUTS = (LISTINGS_EVENTS, COMPLAINTS_EVENTS)
PEER_TOPICS = ("bench.bytes", "bench.changelog", "bench.joined")
BYTES, PEER_CHANGELOG, JOINED = PEER_TOPICS
CORE = 1
"""What is measured runs on this core; the broker and the clients share the others."""

HEAD = 0.2
"""Share of the records at the start that isn't measured, while caches and queues fill."""

RUN_TIMEOUT_SECONDS = 600.0
TOPICS_TIMEOUT_SECONDS = 30.0


class Setting(NamedTuple):
    """Where a benchmark runs: addresses of Kafka and registry, a directory, listings, and the
    build that is measured."""

    addresses: tuple[str, str]
    directory: Path
    listings: int
    build: Build = OWN


class Log(NamedTuple):
    """What stands on the input topics: its name, and listing changes and complaints in number."""

    name: str
    changes: int
    complaints: int

    @property
    def records(self) -> int:
        """Records on the input topics together."""
        return self.changes + self.complaints


def prepare(setting: Setting, log: Log) -> None:
    """Make all topics anew, and put a log of changes, with complaints among them, on them."""
    fresh_topics(setting)
    produce(setting, reference_events())
    produce(setting, _interleaved(log, setting.listings))


def fresh_topics(setting: Setting) -> None:
    """Make all topics anew. Errors: KafkaException, OperatorError."""
    admin = admin_client(setting.addresses[0])
    names = {*load_topics(), *PEER_TOPICS}
    present = set(admin.list_topics(timeout=TOPICS_TIMEOUT_SECONDS).topics) & names
    if present:
        deleted = admin.delete_topics(sorted(present), operation_timeout=TOPICS_TIMEOUT_SECONDS)
        for future in deleted.values():
            future.result()
        while set(admin.list_topics(timeout=TOPICS_TIMEOUT_SECONDS).topics) & present:
            time.sleep(0.1)
    create_topics(setting.addresses[0], PARTITIONS, 1)
    make_topics(admin, [NewTopic(name, PARTITIONS, 1) for name in PEER_TOPICS])


def produce(setting: Setting, events: Iterable[Keyed]) -> int:
    """Produce events; return how many there were."""
    codec = connect(setting.addresses[1], register=True)
    producer = EventProducer(setting.addresses[0])
    count = 0
    for keyed in events:
        send(producer, codec, keyed)
        count += 1
        if count % 1_000 == 0:
            producer.poll(0)
    producer.flush()
    return count


def _interleaved(log: Log, listings: int) -> Iterator[Keyed]:
    filed = complaints(log.complaints, listings, 11)
    every = max(1, log.changes // log.complaints) if log.complaints else log.changes + 1
    for index, keyed in enumerate(listing_changes(log.changes, listings, 7)):
        yield keyed
        if index % every == every - 1 and (complaint := next(filed, None)) is not None:
            yield complaint
    yield from filed
