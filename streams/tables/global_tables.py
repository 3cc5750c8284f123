"""Tables that each worker holds whole: trademarks, parties, standings and rule sets.

They are kept in the local state with the position up to which their topics were read, so that a
restart reads only what is new. A batch of records is applied in one write, so a decision sees all
of it or nothing.
"""

import logging
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from processors.bitemporal import History
from processors.identifiers import registry_reference
from processors.policies.service_policy import ServicePolicy
from processors.rules.rule_set import RuleSet, RuleSetRefused
from schemas.events.batches import TablePosition, VersionRecorded
from schemas.events.parties import PartyRecorded
from schemas.events.rules import RuleSetPublished, ServicePolicyPublished
from schemas.events.standings import StandingChanged
from schemas.events.trademarks import TrademarkRecorded
from schemas.topic_names import PARTIES_STATE, RULES_STATE, STANDINGS_STATE, TRADEMARKS_EVENTS
from schemas.wire.codec import Codec, DecodeError
from streams.kafka.output_records import standing_key
from streams.kafka.records import InputRecord
from streams.policies.versions import VersionInvalid, service_policy_of
from streams.state.cache import Cache
from streams.state.frames import framed, unframed
from streams.state.local_state import POSITIONS, TABLES, Change, LocalState
from streams.tables.table_events import table_event, with_standing, with_version

logger = logging.getLogger(__name__)

Pending = dict[bytes, bytes | None]
"""Changes to the tables that a batch has gathered, by key."""

_POLICY = b"L"


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
        self._positions: dict[tuple[str, int], int] = {}
        for key, value in state.scan(POSITIONS, b"table:"):
            _, topic, partition = key.decode().split(":")
            self._positions[topic, int(partition)] = int.from_bytes(value, "big")
        self.positions = _table_positions(self._positions)
        self.rule_set: RuleSet = built_in
        self.shadow_rule_set: RuleSet | None = None
        self.service_policy: ServicePolicy | None = None
        stored = state.get(TABLES, _POLICY)
        if stored is not None:
            try:
                self.service_policy = _policy_of(codec.decode(RULES_STATE, stored, None))
            except (DecodeError, VersionInvalid) as error:
                # Published for another version of this software; its settings give the times.
                logger.error("the published policy is not used: %s", error)
        for _, value in state.scan(TABLES, b"R"):
            try:
                self._use_rules(codec.decode(RULES_STATE, value, None))
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
        party = None if value is None else self._codec.decode(PARTIES_STATE, value, None)
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
        return self._positions.get((topic, partition), 0)

    def apply(self, records: Iterable[InputRecord]) -> TableUpdate:
        """Take in records of the tables' topics, in one write with their positions."""
        pending: Pending = {}
        positions: dict[tuple[str, int], int] = {}
        references: set[str] = set()
        refused: list[tuple[InputRecord, DecodeError]] = []
        rules: list[RuleSetPublished] = []
        for record in records:
            positions[record.topic, record.partition] = record.offset + 1
            try:
                references.update(self._take(record, pending, rules))
            except DecodeError as error:
                refused.append((record, error))
            except UnicodeDecodeError as error:
                refused.append((record, DecodeError("invalid_utf8", f"the key: {error}")))
        changes = [Change(TABLES, key, value) for key, value in pending.items()]
        changes += [
            Change(POSITIONS, _position_key(*source), offset.to_bytes(8, "big"))
            for source, offset in positions.items()
        ]
        self._state.write(changes)
        self._positions.update(positions)
        self.positions = _table_positions(self._positions)
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
        event = table_event(self._codec, record)
        if isinstance(event, TrademarkRecorded):
            yield from self._take_trademark(event, pending)
        elif isinstance(event, PartyRecorded):
            self._on_party(self.party(event.party_id), event, pending)
            pending[b"P" + event.party_id.encode()] = self._codec.encode(PARTIES_STATE, event)
            self._parties.drop(event.party_id)
        elif isinstance(event, StandingChanged):
            name = standing_key(event.role, event.party_id)
            versions = with_standing(self._read_standings(name, pending), event)
            pending[b"N" + name.encode()] = framed(
                self._codec.encode(STANDINGS_STATE, version) for version in versions
            )
            self._standings.drop(name)
        elif isinstance(event, RuleSetPublished):
            try:
                _compiled(event)
            except RuleSetRefused as error:
                raise DecodeError("rule_set_refused", str(error)) from error
            pending[b"R" + event.role.encode()] = self._codec.encode(RULES_STATE, event)
            rules.append(event)
        elif isinstance(event, ServicePolicyPublished):
            try:
                policy = _policy_of(event)
            except VersionInvalid as error:
                raise DecodeError("service_policy_refused", str(error)) from error
            pending[_POLICY] = self._codec.encode(RULES_STATE, event)
            self.service_policy = policy
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
        if record.topic != PARTIES_STATE or record.key is None:
            raise DecodeError("tombstone_refused", f"{record.topic} takes no tombstone")
        pending[b"P" + record.key] = None
        self._parties.drop(record.key.decode())

    def _take_trademark(self, event: TrademarkRecorded, pending: Pending) -> Iterator[str]:
        reference = registry_reference(event.office, "application", event.application_number)
        name = reference.encode()
        before = self._read_history(name, pending)
        history = with_version(before, event)
        self._on_trademark(reference, before, history, pending)
        pending[b"T" + name] = framed(
            self._codec.encode(TRADEMARKS_EVENTS, version) for version in history
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
        return tuple(
            self._codec.decode(TRADEMARKS_EVENTS, frame, None) for frame in unframed(frames)
        )

    def _read_standings(self, name: str, pending: Pending) -> tuple[StandingChanged, ...]:
        key = b"N" + name.encode()
        frames = pending[key] if key in pending else self._state.get(TABLES, key)
        return tuple(self._codec.decode(STANDINGS_STATE, frame, None) for frame in unframed(frames))

    def _use_rules(self, published: RuleSetPublished) -> None:
        compiled = _compiled(published)
        if published.role == "shadow":
            self.shadow_rule_set = compiled
        elif compiled is not None:
            self.rule_set = compiled


def _policy_of(published: ServicePolicyPublished) -> ServicePolicy:
    """Return the policy of an event. Errors: VersionInvalid."""
    version = VersionRecorded("service_policy", published.policy_hash, published.content)
    return service_policy_of(version)


def _compiled(published: RuleSetPublished) -> RuleSet | None:
    """Compile a rule set; None for a shadow set without rules. Errors: RuleSetRefused."""
    if published.role == "shadow" and not published.rules:
        return None
    return RuleSet.compile(published)


def _table_positions(positions: dict[tuple[str, int], int]) -> tuple[TablePosition, ...]:
    """Return positions by topic, each with those of its partitions from 0 on."""
    counts: dict[str, int] = {}
    for topic, partition in positions:
        counts[topic] = max(counts.get(topic, 0), partition + 1)
    return tuple(
        TablePosition(topic, tuple(positions.get((topic, n), 0) for n in range(count)))
        for topic, count in sorted(counts.items())
    )


def _position_key(topic: str, partition: int) -> bytes:
    return f"table:{topic}:{partition}".encode()
