"""Tables that each worker holds whole: trademarks, parties, standings and rule sets.

They are kept in the local state with the position up to which their topics were read, so that a
restart reads only what is new. A batch of records is applied in one write, so a decision sees all
of it or nothing.
"""

import logging
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from processors.bitemporal import History, insert
from processors.identifiers import registry_reference, trademark_key
from processors.rules.rule_set import RuleSet, RuleSetRefused
from processors.validity import invalid_fields
from schemas.events.parties import PartyRecorded
from schemas.events.rules import RuleSetPublished
from schemas.events.standings import StandingChanged
from schemas.events.trademarks import TrademarkRecorded
from schemas.wire.codec import Codec, DecodeError
from streams.kafka.output_records import standing_key
from streams.kafka.records import InputRecord
from streams.state.cache import Cache
from streams.state.frames import framed, unframed
from streams.state.local_state import POSITIONS, TABLES, Change, LocalState

logger = logging.getLogger(__name__)

MAXIMUM_VERSIONS = 1_000
"""Versions kept of one mark; the oldest are forgotten beyond it."""

MAXIMUM_STANDINGS = 100
"""Standings kept of one party in one part; the oldest are forgotten beyond it."""

Pending = dict[bytes, bytes | None]
"""Changes to the tables that a batch has gathered, by key."""

TRADEMARKS, PARTIES, RULES = "ip.trademarks.events", "ip.parties.state", "ip.rules.state"
STANDINGS = "ip.standings.state"


class TableUpdate(NamedTuple):
    """What a batch of records did: marks with newer versions, and records that were refused."""

    registry_references: frozenset[str]
    refused: tuple[tuple[InputRecord, DecodeError], ...]


class GlobalTables:
    """Global tables in the local state. It is the `Reference` of the steps."""

    def __init__(self, state: LocalState, codec: Codec, built_in: RuleSet) -> None:
        self._state = state
        self._codec = codec
        self._trademarks: Cache[tuple[TrademarkRecorded, ...]] = Cache()
        self._parties: Cache[PartyRecorded | None] = Cache()
        self._standings: Cache[tuple[StandingChanged, ...]] = Cache()
        self.rule_set: RuleSet = built_in
        self.shadow_rule_set: RuleSet | None = None
        for _, value in state.scan(TABLES, b"R"):
            try:
                self._use_rules(codec.decode(RULES, value, None))
            except (DecodeError, RuleSetRefused) as error:
                # Published for another version of this software; the built-in rules decide.
                logger.error("published rules are not used: %s", error)

    def trademark_history(self, registry_reference: str) -> tuple[TrademarkRecorded, ...]:
        """Return all versions of the mark under one of its two numbers; empty when unknown."""
        history = self._trademarks.get(registry_reference)
        if history is None:
            history = self._read_history(registry_reference.encode(), {})
            self._trademarks.put(registry_reference, history)
        return history

    def party(self, party_id: str) -> PartyRecorded | None:
        """Return a party as now known."""
        if party_id in self._parties:
            return self._parties.get(party_id)
        value = self._state.get(TABLES, b"P" + party_id.encode())
        party = None if value is None else self._codec.decode(PARTIES, value, None)
        self._parties.put(party_id, party)
        return party

    def standing_history(self, complainant_id: str) -> tuple[StandingChanged, ...]:
        """Return how a complainant came to stand, oldest first; empty when nothing is recorded."""
        name = standing_key("complainant", complainant_id)
        history = self._standings.get(name)
        if history is None:
            history = self._read_standings(name, {})
            self._standings.put(name, history)
        return history

    def position(self, topic: str, partition: int) -> int:
        """Return the offset from which a table's topic is still to be read."""
        value = self._state.get(POSITIONS, _position_key(topic, partition))
        return 0 if value is None else int.from_bytes(value, "big")

    def apply(self, records: Iterable[InputRecord]) -> TableUpdate:
        """Take in records of the tables' topics, in one write with their positions."""
        pending: Pending = {}
        positions: dict[bytes, bytes] = {}
        references: set[str] = set()
        refused: list[tuple[InputRecord, DecodeError]] = []
        rules: list[RuleSetPublished] = []
        for record in records:
            key = _position_key(record.topic, record.partition)
            positions[key] = (record.offset + 1).to_bytes(8, "big")
            try:
                references.update(self._take(record, pending, rules))
            except DecodeError as error:
                refused.append((record, error))
            except UnicodeDecodeError as error:
                refused.append((record, DecodeError("invalid_utf8", f"the key: {error}")))
        changes = [Change(TABLES, key, value) for key, value in pending.items()]
        changes += [Change(POSITIONS, key, value) for key, value in positions.items()]
        self._state.write(changes)
        for reference in references:
            self._trademarks.drop(reference)
        for published in rules:
            self._use_rules(published)
        return TableUpdate(frozenset(references), tuple(refused))

    def _take(
        self,
        record: InputRecord,
        pending: Pending,
        rules: list[RuleSetPublished],
    ) -> Iterator[str]:
        if record.value is None:
            self._delete(record, pending)
            return
        event = self._codec.decode(record.topic, record.value, record.headers_source)
        if isinstance(event, TrademarkRecorded | PartyRecorded):
            invalid = invalid_fields(event)
            if invalid:
                raise DecodeError(invalid[0], "the record can't be used in a table")
        if isinstance(event, TrademarkRecorded):
            _check_key(record, trademark_key(event.office, event.application_number))
            # Nothing was recorded after it was written: a clock that runs ahead would hide it.
            known_at = min(event.recorded_at_milliseconds, record.timestamp_milliseconds)
            event = event._replace(recorded_at_milliseconds=known_at)
            yield from self._take_trademark(event, pending)
        elif isinstance(event, PartyRecorded):
            _check_key(record, event.party_id)
            self._on_party(self.party(event.party_id), event, pending)
            pending[b"P" + event.party_id.encode()] = self._codec.encode(PARTIES, event)
            self._parties.drop(event.party_id)
        elif isinstance(event, StandingChanged):
            name = standing_key(event.role, event.party_id)
            _check_key(record, name)
            at = event.changed_at_milliseconds
            earlier = self._read_standings(name, pending)
            history = [each for each in earlier if each.changed_at_milliseconds < at]
            versions = (*history[1 - MAXIMUM_STANDINGS :], event)
            pending[b"N" + name.encode()] = framed(
                self._codec.encode(STANDINGS, version) for version in versions
            )
            self._standings.drop(name)
        elif isinstance(event, RuleSetPublished):
            _check_key(record, event.role)
            try:
                _compiled(event)
            except RuleSetRefused as error:
                raise DecodeError("rule_set_refused", str(error)) from error
            pending[b"R" + event.role.encode()] = self._codec.encode(RULES, event)
            rules.append(event)
        else:
            self._on_other(event, pending)

    def _on_trademark(
        self, reference: str, before: History, after: History, pending: Pending
    ) -> None:
        """Add what else follows from a mark's newer history."""

    def _on_party(
        self, before: PartyRecorded | None, after: PartyRecorded, pending: Pending
    ) -> None:
        """Add what else follows from a party's newer record."""

    def _on_other(self, event: Any, pending: Pending) -> None:
        """Take in an event of a table that not every worker has."""
        raise DecodeError("unexpected_event", f"{type(event).__name__} stands in no table here")

    def _delete(self, record: InputRecord, pending: Pending) -> None:
        if record.topic != PARTIES or record.key is None:
            raise DecodeError("tombstone_refused", f"{record.topic} takes no tombstone")
        pending[b"P" + record.key] = None
        self._parties.drop(record.key.decode())

    def _take_trademark(self, event: TrademarkRecorded, pending: Pending) -> Iterator[str]:
        reference = registry_reference(event.office, "application", event.application_number)
        name = reference.encode()
        before = self._read_history(name, pending)
        history = insert(before, event)[-MAXIMUM_VERSIONS:]
        self._on_trademark(reference, before, history, pending)
        pending[b"T" + name] = framed(
            self._codec.encode(TRADEMARKS, version) for version in history
        )
        yield reference
        if event.registration_number:
            other = registry_reference(event.office, "registration", event.registration_number)
            pending[b"A" + other.encode()] = name
            yield other

    def _read_history(self, name: bytes, pending: Pending) -> tuple[TrademarkRecorded, ...]:
        def read(key: bytes) -> bytes | None:
            return pending[key] if key in pending else self._state.get(TABLES, key)

        frames = read(b"T" + name)
        if frames is None:
            target = read(b"A" + name)
            frames = None if target is None else read(b"T" + target)
        return tuple(self._codec.decode(TRADEMARKS, frame, None) for frame in unframed(frames))

    def _read_standings(self, name: str, pending: Pending) -> tuple[StandingChanged, ...]:
        key = b"N" + name.encode()
        frames = pending[key] if key in pending else self._state.get(TABLES, key)
        return tuple(self._codec.decode(STANDINGS, frame, None) for frame in unframed(frames))

    def _use_rules(self, published: RuleSetPublished) -> None:
        compiled = _compiled(published)
        if published.role == "shadow":
            self.shadow_rule_set = compiled
        elif compiled is not None:
            self.rule_set = compiled


def _compiled(published: RuleSetPublished) -> RuleSet | None:
    """Compile a rule set; None for a shadow set without rules. Errors: RuleSetRefused."""
    if published.role == "shadow" and not published.rules:
        return None
    return RuleSet.compile(published)


def _position_key(topic: str, partition: int) -> bytes:
    return f"table:{topic}:{partition}".encode()


def _check_key(record: InputRecord, expected: str) -> None:
    if record.key != expected.encode():
        raise DecodeError("key_mismatch", f"key is {record.key!r}, the record's own is {expected}")
