"""Hostile records of every event that comes in; half name what a seed's world knows."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import fastavro

from ops.trials.hostile.values import HostileValues, Named, names_in
from processors.rules.rule_set import rule_set_hash
from schemas.catalog import EVENT_TYPES, load_schema, load_versions
from schemas.declaration import declaration_of, key_of
from schemas.durations import DAY_MILLISECONDS, HOUR_MILLISECONDS
from schemas.events.rules import Rule
from schemas.record import as_avro, record_of
from schemas.wire.codec import Codec
from schemas.wire.hostile import without_logical_types
from schemas.wire.single_object import known_headers
from streams.topology import GLOBAL_TABLES, INPUTS, PARTY_INPUTS

EXAMPLES: Final = Path(__file__).parents[3] / "schemas" / "examples"
CARRIED: Final = {**INPUTS, **PARTY_INPUTS, **GLOBAL_TABLES}
KINDS: Final = tuple((topic, name) for topic, names in CARRIED.items() for name in names)
"""Each event of an input or a global table, with its topic."""

CONTEXT_FIELDS: Final = ("listing_id", "party_id", "application_number", "rule_set_hash")
"""By the first of these that an event has, it belongs with others."""

KNOWN_ENDINGS: Final = ("_id", "_hash", "_number", "_key", "office", "marketplace", "_version")
ODD_TIMES: Final = (-(2**63), -1, 0, 1, 2**31, 4_102_444_800_000, 253_402_300_800_000, 2**63 - 1)
CONSISTENT_SHARE, FORMER_SHARE, FALSE_KEY_SHARE, ODD_TIME_SHARE = 0.5, 0.15, 0.02, 0.03


class HostileRecord(NamedTuple):
    """A record to send, with a time where it has one of its own."""

    topic: str
    event_name: str
    key: bytes
    value: bytes
    at_milliseconds: int | None
    is_consistent: bool


class HostileWorld:
    """What a seed's run has told so far, and records made of it."""

    def __init__(self, chance: Random, codec: Codec) -> None:
        self._chance = chance
        self._codec = codec
        self._contexts: dict[str, dict[str, dict[str, list[Any]]]] = {}
        self._known: dict[str, list[str]] = {}
        self._values = HostileValues(chance, self._known)
        self._made = 0

    def learn(self, event: Any) -> None:
        """Take in what an event names, to name it again."""
        told = {
            name: value
            for name, value in zip(event._fields, tuple(event), strict=True)
            if name.endswith(KNOWN_ENDINGS) and isinstance(value, str | int) and value != ""
        }
        for alias, other in (("case_id", "complaint_id"), ("complaint_id", "case_id")):
            if alias in told:
                told.setdefault(other, told[alias])
        for field in CONTEXT_FIELDS:
            if field in told:
                context = self._contexts.setdefault(field, {}).setdefault(str(told[field]), {})
                for name, value in told.items():
                    _add(context.setdefault(name, []), value)
        for name, value in told.items():
            if isinstance(value, str):
                _add(self._known.setdefault(name, []), value)

    def records(self, each_kind: int) -> Iterator[tuple[str, str]]:
        """Return so many of each kind by topic and event, in an order by chance."""
        kinds = [kind for kind in KINDS for _ in range(each_kind)]
        self._chance.shuffle(kinds)
        yield from kinds

    def record(self, topic: str, event_name: str, now_milliseconds: int) -> HostileRecord:
        """Return a hostile record of an event."""
        chance = self._chance
        self._made += 1
        is_consistent = chance.random() < CONSISTENT_SHARE
        if is_consistent:
            datum = self._consistent(event_name, now_milliseconds)
        else:
            datum = self._values.of(*_schema(event_name))
            if chance.random() < 0.3:
                # In the partition of a listing or party that is there, at least.
                datum.update(self._context(event_name).items())
        key = key_of(record_of(EVENT_TYPES[event_name], datum)).encode()
        if chance.random() < FALSE_KEY_SHARE:
            key = self._values.text().encode()
        at = chance.choice(ODD_TIMES) if chance.random() < ODD_TIME_SHARE else None
        value = self._encoded(topic, event_name, datum)
        if len(value) > self._codec.maximum_bytes(topic):
            # No broker takes it; another is drawn.
            return self.record(topic, event_name, now_milliseconds)
        return HostileRecord(topic, event_name, key, value, at, is_consistent)

    def _consistent(self, event_name: str, now_milliseconds: int) -> dict[str, Any]:
        """Return an example with known ids, and a place or a few in it made hostile."""
        chance = self._chance
        datum = dict(chance.choice(_examples(event_name)))
        schema, named = _schema(event_name)
        for name, value in datum.items():
            if name.endswith("_at_milliseconds") and value is not None and chance.random() < 0.8:
                datum[name] = now_milliseconds - chance.choice((0, 0, HOUR_MILLISECONDS))
            if name.endswith("_milliseconds") and chance.random() < 0.1:
                datum[name] = now_milliseconds + chance.choice((0, -1, 1, DAY_MILLISECONDS))
        datum.update(self._context(event_name))
        types = {each["name"]: each["type"] for each in schema["fields"]}
        for name in declaration_of(EVENT_TYPES[event_name]).identity:
            is_own = name not in (*CONTEXT_FIELDS, "case_id") and types.get(name) == "string"
            if is_own and chance.random() < 0.7:
                datum[name] = f"{name}-{self._made}"
        if event_name == "ListingChanged":
            datum["version"] = self._made + 100
        harms = chance.choices((0, 1, 2, 4), (3, 10, 5, 2))[0]
        for _ in range(harms):
            datum = self._values.harm(schema, datum, named)
        if event_name == "RuleSetPublished" and chance.random() < 0.7:
            datum["rule_set_hash"] = rule_set_hash(
                [record_of(Rule, each) for each in datum["rules"]]
            )
            datum["slot"] = ""
        return datum

    def _context(self, event_name: str) -> dict[str, Any]:
        """Return values for an event's fields that belong together."""
        chance = self._chance
        fields = EVENT_TYPES[event_name]._fields
        found = next((f for f in CONTEXT_FIELDS if f in fields and f in self._contexts), None)
        if found is None:
            return {}
        contexts = self._contexts[found]
        context = contexts[chance.choice(list(contexts))]
        types = {each["name"]: each["type"] for each in _schema(event_name)[0]["fields"]}
        return {
            name: chance.choice(context[name])
            for name in fields
            if name in context and types[name] in ("string", "long", "int", ["null", "string"])
        }

    def _encoded(self, topic: str, event_name: str, datum: dict[str, Any]) -> bytes:
        buffer = BytesIO()
        if self._chance.random() < FORMER_SHARE:
            header, schema = self._chance.choice(_former(event_name))
            buffer.write(header)
            try:
                fastavro.schemaless_writer(buffer, schema, datum)
            except (ValueError, TypeError, KeyError):
                # The former version had no such word, or wanted what is there no more.
                buffer = BytesIO()
            else:
                return buffer.getvalue()
        buffer.write(self._codec.prefix(topic, EVENT_TYPES[event_name]))
        fastavro.schemaless_writer(buffer, _parsed(event_name), datum)
        return buffer.getvalue()


def _add(values: list[Any], value: Any) -> None:
    if value not in values:
        values.append(value)


@cache
def _examples(event_name: str) -> list[Mapping[str, Any]]:
    paths = sorted((EXAMPLES / event_name).glob("*.json"))
    told = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return [as_avro(record_of(EVENT_TYPES[event_name], each)) for each in told]


@cache
def _schema(event_name: str) -> tuple[dict[str, Any], Named]:
    schema = without_logical_types(load_schema(event_name))
    return schema, names_in(schema)


@cache
def _parsed(event_name: str) -> Any:
    return fastavro.parse_schema(_schema(event_name)[0], named_schemas={})


@cache
def _former(event_name: str) -> list[tuple[bytes, Any]]:
    """Return the versions of an event by how a value of Avro's single-object encoding begins."""
    headers = [(header, schema) for header, (name, schema) in known_headers().items()]
    versions = load_versions(event_name)
    return [
        (header, fastavro.parse_schema(without_logical_types(schema), named_schemas={}))
        for header, schema in headers
        if schema in versions and schema["name"] == event_name
    ]
