"""Events to bytes and back: Confluent's wire format, with CloudEvents attributes as headers.

A value is the magic byte 0, the schema's id as a 32-bit big-endian integer, and the Avro body.
Read, but not written, is the newer form too: the schema's GUID in the header `__value_schema_id`
(magic byte 1 and 16 bytes) and the bare body as value. And so is Avro's single-object encoding,
which needs no registry.
"""

import struct
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from io import BytesIO
from typing import Any, Final, NamedTuple
from uuid import UUID

import fastavro
from fastavro.types import Schema

from schemas.catalog import EVENT_TYPES, load_schema, load_topics
from schemas.handled_errors import note_handled
from schemas.identity import event_id
from schemas.record import as_avro, record_of
from schemas.wire.foreign_schemas import (
    UNKNOWN_SCHEMA,
    ForeignSchemas,
    SchemaNotFound,
    SchemaRegistryUnavailable,
    SchemaSource,
    SchemaUnusable,
)
from schemas.wire.generated import UNUSUAL, EventFunctions, event_functions
from schemas.wire.hostile import check_schema, without_logical_types
from schemas.wire.single_object import HEADER_BYTES, MARKER, known_headers

Headers = list[tuple[str, bytes]]
GivenHeaders = Sequence[tuple[str, bytes | None]]
"""Headers of others, who may write them without a content, as Kafka allows."""

HeadersSource = GivenHeaders | Callable[[], GivenHeaders | None] | None

PREFIX_BYTES = 5
GUID_HEADER = "__value_schema_id"
MAXIMUM_SCHEMA_ID = (1 << 31) - 1
"""Registries count in signed numbers."""

ROLES_OF_OTHERS: Final = ("input", "global_table")
"""Roles of topics to which others than our services write."""

SOURCE = "urn:ip-takedown-streams"
MONITOR_SOURCE = f"{SOURCE}:monitor"
"""Monitors write to topics of the workers; by their source the two are told apart."""


class DecodeError(Exception):
    """A record is not an event of its topic; the reason code and the detail say why."""

    def __init__(self, reason_code: str, detail: str) -> None:
        super().__init__(f"{reason_code}: {detail}")
        self.reason_code = reason_code
        self.detail = detail


class SchemaNotKnown(DecodeError):
    """The registry did not know a record's schema, and may know it later."""


class _Reader(NamedTuple):
    event_name: str
    writer_schema: Schema
    reader_schema: Schema | None
    make: Callable[[dict[str, Any]], Any]
    decode: Callable[[bytes, int], Any] | None = None


class Codec:
    """Encodes and decodes the events of all topics; ids as registered, by topic and event."""

    def __init__(
        self,
        schema_ids: dict[tuple[str, str], int],
        source: SchemaSource,
        monotonic_seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        topics = load_topics()
        self._source = source
        self._parsed = {name: _parsed(name) for name in EVENT_TYPES}
        self._functions = {name: _functions(name) for name in EVENT_TYPES}
        self._allowed = {t.name: frozenset(t.events) for t in topics.values()}
        self._written_by_others = {t.name for t in topics.values() if t.role in ROLES_OF_OTHERS}
        self._maximum_bytes = {t.name: t.max_message_bytes for t in topics.values()}
        self._prefixes = {
            (topic, EVENT_TYPES[event]): (
                struct.pack(">bI", 0, schema_id),
                self._functions[event].encode,
                self._parsed[event],
            )
            for (topic, event), schema_id in schema_ids.items()
        }
        self._foreign = ForeignSchemas(self._foreign_reader, source.may_lag, monotonic_seconds)
        self._readers: dict[bytes, _Reader] = {
            struct.pack(">bI", 0, schema_id): self._own_reader(event)
            for (_, event), schema_id in schema_ids.items()
        }

    def prefix(self, topic: str, event_type: type[Any]) -> bytes:
        """Return the bytes before the body of an event on a topic."""
        return self._prefixes[topic, event_type][0]

    def maximum_bytes(self, topic: str) -> int:
        """Return how long a record's value on a topic may be."""
        return self._maximum_bytes[topic]

    def encode(self, topic: str, event: Any) -> bytes:
        """Return the bytes of an event. Errors: KeyError where the topic does not carry it."""
        prefix, encode, schema = self._prefixes[topic, type(event)]
        try:
            return prefix + encode(event)
        except UNUSUAL:
            # fastavro manages, or says what is wrong with the event.
            pass
        buffer = BytesIO()
        buffer.write(prefix)
        fastavro.schemaless_writer(buffer, schema, as_avro(event))
        return buffer.getvalue()

    def decode(self, topic: str, value: bytes, headers: HeadersSource) -> Any:
        """Return the event of a record.

        Headers are looked at only where the value does not begin with an id that is known: a bare
        body can't begin like that, as its first field would be empty text.

        Errors: DecodeError; SchemaRegistryUnavailable while the registry does not answer, and
        while it may be behind with a schema of our services, whose records are never passed over.
        """
        reader = self._readers.get(value[:PREFIX_BYTES])
        start = PREFIX_BYTES
        if type(reader) is not _Reader:
            try:
                reader, start = self._find(value, headers() if callable(headers) else headers)
            except SchemaNotKnown as error:
                if topic in self._written_by_others or not self._source.may_lag:
                    raise
                raise SchemaRegistryUnavailable(f"{topic}: {error.detail}") from error
        if reader.event_name not in self._allowed.get(topic, ()):
            raise DecodeError("unexpected_event", f"{topic} does not carry {reader.event_name}")
        if len(value) > self._maximum_bytes[topic]:
            raise DecodeError("message_too_large", f"{len(value)} bytes")
        return self._read(reader, value, start)

    def written_by(self, value: bytes, headers: HeadersSource) -> tuple[dict[str, Any], int]:
        """Return the schema by which a record was written, and where its body begins.

        Errors: as `decode`.
        """
        reader, start = self._readers.get(value[:PREFIX_BYTES]), PREFIX_BYTES
        if reader is None:
            reader, start = self._find(value, headers() if callable(headers) else headers)
        if reader.reader_schema is None:
            return load_schema(reader.event_name), start
        plain: Any = reader.writer_schema
        return {name: each for name, each in plain.items() if not name.startswith("__")}, start

    @staticmethod
    def headers(event: Any, key: str, time_milliseconds: int, source: str = SOURCE) -> Headers:
        """Return the CloudEvents attributes of an event (Kafka binding, binary mode)."""
        kind: Any = type(event)
        return [
            ("ce_specversion", b"1.0"),
            ("ce_id", event_id(event, key, time_milliseconds).encode()),
            _source_header(source),
            _type_header(kind),
            ("ce_subject", key.encode()),
            _time_header(time_milliseconds),
            ("content-type", b"application/avro"),
        ]

    def _read(self, reader: _Reader, value: bytes, start: int) -> Any:
        if reader.decode is not None:
            try:
                return reader.decode(value, start)
            except UNUSUAL:
                # fastavro manages, or says what is wrong with the body.
                pass
        buffer = BytesIO(value)
        buffer.seek(start)
        try:
            datum = fastavro.schemaless_reader(buffer, reader.writer_schema, reader.reader_schema)
            if buffer.tell() != len(value):
                raise DecodeError("trailing_bytes", f"{len(value) - buffer.tell()} bytes left over")
            return reader.make(datum)  # type: ignore[arg-type]
        except DecodeError:
            raise
        except (EOFError, IndexError) as error:
            raise DecodeError("truncated", "the body ends before its record does") from error
        except UnicodeDecodeError as error:
            raise DecodeError("invalid_utf8", str(error)) from error
        except Exception as error:
            raise DecodeError("not_avro", f"{type(error).__name__}: {error}") from error

    def _find(self, value: bytes, headers: GivenHeaders | None) -> tuple[_Reader, int]:
        """Return the reader of a record's schema, and where its body starts."""
        guids = [
            content
            for name, content in headers or ()
            if name == GUID_HEADER and content is not None
        ]
        if guids:
            return self._find_by_guid(guids[-1]), 0
        if value.startswith(MARKER):
            return self._find_by_fingerprint(value), HEADER_BYTES
        return self._find_by_prefix(value), PREFIX_BYTES

    def _find_by_fingerprint(self, value: bytes) -> _Reader:
        header = value[:HEADER_BYTES]
        if header not in known_headers():
            raise DecodeError(UNKNOWN_SCHEMA, f"no event has the fingerprint {header.hex()}")
        name, schema = known_headers()[header]
        if schema == load_schema(name):
            return self._own_reader(name)
        return self._foreign_reader(schema)

    def _find_by_prefix(self, value: bytes) -> _Reader:
        prefix = value[:PREFIX_BYTES]
        if len(prefix) < PREFIX_BYTES or prefix[0] != 0:
            raise DecodeError("not_avro", "no magic byte and schema id at the start")
        schema_id = int.from_bytes(prefix[1:], "big")
        if schema_id > MAXIMUM_SCHEMA_ID:
            raise DecodeError(UNKNOWN_SCHEMA, f"schema id {schema_id} can't be")
        return self._found(f"id {schema_id}", partial(self._source.by_id, schema_id))

    def _find_by_guid(self, content: bytes) -> _Reader:
        if len(content) != 17 or content[0] != 1:
            raise DecodeError(UNKNOWN_SCHEMA, f"{GUID_HEADER} holds no GUID")
        guid = UUID(bytes=content[1:])
        return self._found(f"GUID {guid}", partial(self._source.by_guid, guid))

    def _found(self, name: str, look_up: Callable[[], dict[str, Any] | None]) -> _Reader:
        try:
            return self._foreign.reader(name, look_up)
        except SchemaNotFound as error:
            detail = f"the registry knows no schema {name}"
            raise SchemaNotKnown(error.reason_code, detail) from error
        except SchemaUnusable as error:
            shown = f"schema {name} is no schema that can be read as an event"
            raise DecodeError(error.reason_code, shown) from error

    def _own_reader(self, event_name: str) -> _Reader:
        make = partial(record_of, EVENT_TYPES[event_name])
        decode = self._functions[event_name].decode
        return _Reader(event_name, self._parsed[event_name], None, make, decode)

    def _foreign_reader(self, schema: dict[str, Any]) -> _Reader:
        """Return the reader of another's schema. Errors: SchemaUnusable."""
        event_name = str(schema.get("name", "")).rpartition(".")[2]
        if event_name not in EVENT_TYPES:
            raise SchemaUnusable(UNKNOWN_SCHEMA)
        try:
            check_schema(schema)
            writer_schema = _parse(schema)
        except Exception as error:
            # Whatever its shape makes the parser raise, others' schemas are not to end us.
            note_handled("foreign_schema", error)
            raise SchemaUnusable("hostile_schema") from error
        make = partial(record_of, EVENT_TYPES[event_name])
        return _Reader(event_name, writer_schema, self._parsed[event_name], make)


@cache
def _parsed(event_name: str) -> Schema:
    return _parse(load_schema(event_name))


@cache
def _functions(event_name: str) -> EventFunctions:
    return event_functions(EVENT_TYPES[event_name], load_schema(event_name))


def _parse(schema: dict[str, Any]) -> Schema:
    # Without logical types a timestamp stays a number: no time zone to lose, and four times faster.
    return fastavro.parse_schema(without_logical_types(schema), named_schemas={})


@cache
def _source_header(source: str) -> tuple[str, bytes]:
    return "ce_source", source.encode()


@cache
def _type_header(kind: Any) -> tuple[str, bytes]:
    return "ce_type", f"ip.{kind.__name__}".encode()


@lru_cache(maxsize=1_000)
def _time_header(milliseconds: int) -> tuple[str, bytes]:
    # The outputs of one step share their time.
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    shown = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return "ce_time", shown.encode()


__all__ = [
    "UNKNOWN_SCHEMA",
    "Codec",
    "DecodeError",
    "GivenHeaders",
    "Headers",
    "HeadersSource",
    "SchemaNotKnown",
    "SchemaRegistryUnavailable",
]
