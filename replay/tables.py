"""The global tables as any batch saw them: each record by its offset, and a view up to offsets."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from processors.bitemporal import History
from processors.policies.service_policy import ServicePolicy
from processors.registers.references import (
    formed_reference,
    history_found,
    other_references,
    own_reference,
)
from processors.rules.rollout import Rollout
from processors.rules.rule_set import RuleSet
from replay.log import BATCH_RECORDS, Log, ReplayError
from schemas.events.batches import TablePosition, TableRecord
from schemas.events.conduct import ConductRole
from schemas.events.parties import PartyRecorded
from schemas.events.standings import StandingChanged
from schemas.events.trademarks import TrademarkRecorded
from schemas.topic_names import PARTIES_STATE, STANDINGS_STATE, TRADEMARKS_EVENTS
from schemas.wire.codec import Codec, DecodeError
from streams.kafka.output_records import standing_key
from streams.kafka.records import InputRecord
from streams.state.cache import Cache
from streams.state.local_state import TABLES, Change, LocalState
from streams.tables.mark_terms import named_term
from streams.tables.table_events import table_event, with_standing, with_version

_SEPARATOR = b"\x00"
_MARK, _ALIAS, _PARTY, _STANDING, _NAME = b"T", b"A", b"P", b"N", b"M"
_TOPICS = {
    _MARK: TRADEMARKS_EVENTS,
    _ALIAS: TRADEMARKS_EVENTS,
    _PARTY: PARTIES_STATE,
    _STANDING: STANDINGS_STATE,
    _NAME: TRADEMARKS_EVENTS,
}

Entry = tuple[int, int, Any]
"""A record's partition and offset, and what it says."""


class RulesAsOf(NamedTuple):
    """Rules that decide, and those that are compared."""

    rule_set: RuleSet
    shadow_rule_set: RuleSet | None
    shadow_rule_sets: tuple[RuleSet, ...]
    rollout: Rollout | None


class TablesAsOf:
    """All versions of marks, parties and standings, in a scratch state. It is the `Reference` of
    the steps: what `see` says is what they see."""

    def __init__(self, state: LocalState, codec: Codec) -> None:
        self._state = state
        self._codec = codec
        self._entries: Cache[list[Entry]] = Cache()
        self._positions: dict[str, tuple[int, ...]] = {}
        self._unread: frozenset[TableRecord] = frozenset()
        self._rule_set: RuleSet | None = None
        self.shadow_rule_set: RuleSet | None = None
        self.shadow_rule_sets: tuple[RuleSet, ...] = ()
        self.rollout: Rollout | None = None
        self.service_policy: ServicePolicy | None = None

    @property
    def rule_set(self) -> RuleSet:
        """Rules that decided. Errors: ReplayError before `see` named them."""
        if self._rule_set is None:
            raise ReplayError("no rules were named yet")
        return self._rule_set

    def load(self, log: Log) -> None:
        """Take in all records of the tables' topics. Errors: ReplayError."""
        for topic in (TRADEMARKS_EVENTS, PARTIES_STATE, STANDINGS_STATE):
            for partition in log.partitions(topic):
                records = log.read(topic, partition)
                while batch := list(islice(records, BATCH_RECORDS)):
                    self._state.write(list(chain.from_iterable(map(self._changes, batch))))

    def see(
        self,
        positions: tuple[TablePosition, ...],
        unread: tuple[TableRecord, ...],
        rules: RulesAsOf,
        service_policy: ServicePolicy | None,
    ) -> None:
        """Show the tables as read up to these offsets, but for some records, with these rules and
        this policy."""
        self._unread = frozenset(unread)
        self._positions = {each.topic: each.next_offsets for each in positions}
        self._rule_set, self.shadow_rule_set, self.shadow_rule_sets, self.rollout = rules
        self.service_policy = service_policy

    def trademark_history(self, registry_reference: str) -> History:
        """Return all versions of the mark under one of its two numbers; empty when unknown."""
        reference = formed_reference(registry_reference)
        names = (reference, *self._seen(_ALIAS, reference))
        return history_found(reference, {name: self._history(name) for name in names})

    def marks_named(self, terms: Sequence[str]) -> tuple[TrademarkRecorded, ...]:
        """Return the newest records of the marks in force that had one of these terms."""
        names = sorted({name for term in terms for name in self._seen(_NAME, term)})
        histories = map(self._history, names)
        wanted = frozenset(terms)
        return tuple(history[-1] for history in histories if named_term(history) in wanted)

    def party(self, party_id: str) -> PartyRecorded | None:
        """Return a party as it was known."""
        seen = self._seen(_PARTY, party_id)
        party: PartyRecorded | None = seen[-1] if seen else None
        return party

    def standing_history(
        self, party_id: str, role: ConductRole = "complainant"
    ) -> tuple[StandingChanged, ...]:
        """Return how a complainant, mark or rule came to stand, oldest first; empty when nothing
        was recorded."""
        history: tuple[StandingChanged, ...] = ()
        for event in self._seen(_STANDING, standing_key(role, party_id)):
            history = with_standing(history, event)
        return history

    def _changes(self, record: InputRecord) -> Iterator[Change]:
        place = record.partition.to_bytes(2, "big") + record.offset.to_bytes(8, "big")

        def change(kind: bytes, name: str, value: bytes) -> Change:
            return Change(TABLES, kind + name.encode() + _SEPARATOR + place, value)

        try:
            if record.value is None:
                if record.topic == PARTIES_STATE and record.key is not None:
                    yield change(_PARTY, record.key.decode(), b"")
                return
            event = table_event(self._codec, record)
        except (DecodeError, UnicodeDecodeError):
            # The workers buried it.
            return
        if isinstance(event, TrademarkRecorded):
            own = own_reference(event)
            yield change(_MARK, own, self._codec.encode(TRADEMARKS_EVENTS, event))
            term = named_term((event,))
            if term:
                yield change(_NAME, term, own.encode())
            for other in other_references(event):
                yield change(_ALIAS, other, own.encode())
        elif isinstance(event, PartyRecorded):
            yield change(_PARTY, event.party_id, self._codec.encode(PARTIES_STATE, event))
        elif isinstance(event, StandingChanged) and event.role != "seller":
            name = standing_key(event.role, event.party_id)
            yield change(_STANDING, name, self._codec.encode(STANDINGS_STATE, event))

    def _history(self, name: str) -> History:
        history: History = ()
        for event in self._seen(_MARK, name):
            history = with_version(history, event)
        return history

    def _seen(self, kind: bytes, name: str) -> list[Any]:
        """Return what records under a name said, those that had been read, by offset."""
        topic = _TOPICS[kind]
        ends = self._positions.get(topic, ())
        seen = [
            entry
            for entry in self._all(kind, name)
            if entry[0] < len(ends)
            and entry[1] < ends[entry[0]]
            and (topic, *entry[:2]) not in self._unread
        ]
        self._seen_entries(topic, seen)
        return [said for _, _, said in seen]

    def _seen_entries(self, topic: str, entries: Sequence[Entry]) -> None:
        """Take note of what is shown; who gathers it does."""

    def _all(self, kind: bytes, name: str) -> list[Entry]:
        key = kind.decode() + name
        entries = self._entries.get(key)
        if entries is None:
            prefix = kind + name.encode() + _SEPARATOR
            read = self._reader(kind)
            entries = [
                (
                    int.from_bytes(found[-10:-8], "big"),
                    int.from_bytes(found[-8:], "big"),
                    read(value),
                )
                for found, value in self._state.scan(TABLES, prefix)
                if len(found) == len(prefix) + 10
            ]
            self._entries.put(key, entries)
        return entries

    def _reader(self, kind: bytes) -> Callable[[bytes], Any]:
        if kind in (_ALIAS, _NAME):
            return bytes.decode
        topic = _TOPICS[kind]
        return lambda value: self._codec.decode(topic, value, None) if value else None
