"""The peer of the benchmark in Python: a keyed join in transactions, with nothing else around it.

Listings go to RocksDB and to a changelog; each complaint is joined with its listing to one output.
"""

import argparse
import json
import signal
import struct
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
import httpx
from confluent_kafka import Consumer, Producer, TopicPartition
from fastavro.types import Schema
from rocksdict import Options, Rdict, WriteBatch

from schemas.topic_names import COMPLAINTS_EVENTS, LISTINGS_EVENTS
from streams.kafka.clients import client_settings

PARTITIONS = range(4)
PREFIX_BYTES = 5
LINGER_SECONDS = 0.05
JOINED: Schema = fastavro.parse_schema(
    {
        "type": "record",
        "name": "Joined",
        "fields": [
            {"name": "complaint_id", "type": "string"},
            {"name": "listing_id", "type": "string"},
            {"name": "ground", "type": "string"},
            {"name": "seller_id", "type": ["null", "string"]},
            {"name": "title", "type": ["null", "string"]},
        ],
    }
)
JOINED_PREFIX = struct.pack(">bI", 0, 0x7FFFFFFF)


def main() -> None:
    """Join until the process is told to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bootstrap-servers", required=True)
    parser.add_argument("--schema-registry", required=True)
    parser.add_argument("--group", required=True)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--batch-records", type=int, required=True)
    parser.add_argument("--changelog", required=True)
    parser.add_argument("--output", required=True)
    options = parser.parse_args()
    loop = BareLoop(options)
    signal.signal(signal.SIGTERM, loop.stop)
    loop.run()


class BareLoop:
    """One process on all partitions; the offsets are committed with the outputs."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        servers = client_settings(options.bootstrap_servers)
        self._consumer = Consumer(
            servers
            | {
                "group.id": options.group,
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 100,
                "fetch.message.max.bytes": 4 << 20,
            }
        )
        self._producer = Producer(
            servers
            | {
                "transactional.id": options.group,
                "linger.ms": 5,
                "batch.size": 1 << 20,
                "compression.type": "lz4",
                "queue.buffering.max.messages": 500_000,
            }
        )
        self._decode = decoder(options.schema_registry)
        self._rows = Rdict(str(options.directory), Options(raw_mode=True))
        self._stopping = False

    def stop(self, *_signal: Any) -> None:
        """Ask the loop to end after the transaction under way."""
        self._stopping = True

    def run(self) -> None:
        """Join until `stop` is called. Errors: KafkaException, which ends the benchmark."""
        self._producer.init_transactions()
        inputs = [
            TopicPartition(t, n, 0)
            for t in (LISTINGS_EVENTS, COMPLAINTS_EVENTS)
            for n in PARTITIONS
        ]
        self._consumer.assign(inputs)
        while not self._stopping:
            messages = self._consumer.consume(self._options.batch_records, LINGER_SECONDS)
            if messages:
                self._commit(messages)
        self._consumer.close()
        self._rows.close()

    def _commit(self, messages: list[Any]) -> None:
        self._producer.begin_transaction()
        fresh = self._join(messages)
        last = {(m.topic(), m.partition()): m.offset() + 1 for m in messages}
        self._producer.send_offsets_to_transaction(
            [TopicPartition(topic, number, offset) for (topic, number), offset in last.items()],
            self._consumer.consumer_group_metadata(),
        )
        self._producer.commit_transaction()
        batch = WriteBatch(raw_mode=True)
        for key, value in fresh.items():
            batch.put(key, value)
        self._rows.write(batch)

    def _join(self, messages: list[Any]) -> dict[bytes, bytes]:
        """Take messages in order; return the rows that changed."""
        complained = list({m.key() for m in messages if m.topic() == COMPLAINTS_EVENTS})
        stored = dict(zip(complained, self._stored(complained), strict=True))
        fresh: dict[bytes, bytes] = {}
        for message in messages:
            key, value, partition = message.key(), message.value(), message.partition()
            if message.topic() == LISTINGS_EVENTS:
                self._decode(value)
                fresh[key] = value
                self._producer.produce(self._options.changelog, value, key, partition)
            else:
                listing = fresh.get(key) or stored[key]
                joined = join(self._decode(value), self._decode(listing) if listing else None)
                self._producer.produce(self._options.output, joined, key, partition)
        return fresh

    def _stored(self, keys: list[bytes]) -> list[bytes | None]:
        found: Any = self._rows.get(keys) if keys else []  # type: ignore[arg-type]
        rows: list[bytes | None] = found
        return rows


def join(complaint: dict[str, Any], listing: dict[str, Any] | None) -> bytes:
    """Return the bytes of the output of a complaint and its listing."""
    names = ("complaint_id", "listing_id", "ground")
    joined = {name: complaint[name] for name in names}
    joined |= {name: listing and listing[name] for name in ("seller_id", "title")}
    buffer = BytesIO()
    buffer.write(JOINED_PREFIX)
    fastavro.schemaless_writer(buffer, JOINED, joined)
    return buffer.getvalue()


def decoder(registry: str) -> Callable[[bytes], Any]:
    """Return what decodes values by the schemas that a registry has."""

    @lru_cache
    def schema(prefix: bytes) -> Schema:
        schema_id = int.from_bytes(prefix[1:], "big")
        body = httpx.get(f"{registry}/schemas/ids/{schema_id}").raise_for_status().json()
        return fastavro.parse_schema(plain(json.loads(body["schema"])))

    def decode(value: bytes) -> Any:
        buffer = BytesIO(value)
        buffer.seek(PREFIX_BYTES)
        return fastavro.schemaless_reader(buffer, schema(value[:PREFIX_BYTES]), None)

    return decode


def plain(schema: Any) -> Any:
    """Return a schema without logical types, so that times are read as numbers."""
    if isinstance(schema, list):
        return [plain(each) for each in schema]
    if isinstance(schema, dict):
        return {name: plain(each) for name, each in schema.items() if name != "logicalType"}
    return schema


if __name__ == "__main__":
    main()
