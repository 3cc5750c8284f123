"""Tables that each worker holds whole: trademarks, parties, standings and rule sets.

They are kept in the local state with the position up to which their topics were read, so that a
restart reads only what is new. What was gathered is put in place between two batches, the positions
last: what is cut off is done again from there, to the same end.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from processors.bitemporal import History
from processors.policies.service_policy import ServicePolicy
from processors.registers.references import formed_reference, history_found
from processors.rules.rollout import Rollout
from processors.rules.rule_set import RuleSet, RuleSetRefused
from schemas.declaration import key_of
from schemas.events.batches import TableRecord
from schemas.events.conduct import ConductRole
from schemas.events.parties import PartyRecorded
from schemas.events.rules import (
    ROLLOUT_KEY,
    GateRecorded,
    RolloutChanged,
    RuleSetPublished,
    ServicePolicyPublished,
)
from schemas.events.standings import StandingChanged
from schemas.events.trademarks import TrademarkRecorded
from schemas.topic_names import PARTIES_STATE, RULES_STATE, STANDINGS_STATE, TRADEMARKS_EVENTS
from schemas.wire.codec import (
    UNKNOWN_SCHEMA,
    Codec,
    DecodeError,
    SchemaNotKnown,
    SchemaRegistryUnavailable,
)
from streams.kafka.output_records import standing_key
from streams.kafka.records import InputRecord
from streams.policies.versions import VersionInvalid
from streams.state.cache import Cache
from streams.state.frames import framed, unframed
from streams.state.local_state import POSITIONS, SST_THRESHOLD_ROWS, TABLES, Change, LocalState
from streams.tables.gathered_records import (
    GatheredRecords,
    Pending,
    Refused,
    TableUpdate,
    table_positions,
)
from streams.tables.mark_aliases import MarkAliases
from streams.tables.mark_histories import SETTLED_MARKS, MarkHistories
from streams.tables.mark_names import MarkNames
from streams.tables.published_rules import policy_published
from streams.tables.rule_tables import ACTIVE, RuleTables, check_rules
from streams.tables.seen_names import SeenNames
from streams.tables.table_events import table_event, with_standing
from streams.tables.table_names import (
    MARK,
    PARTY,
    POLICY,
    RULES,
    STANDING,
    TABLE_POSITIONS,
    position_key,
    position_of,
)
from streams.tables.unread_records import UnreadRecords

logger = logging.getLogger(__name__)


class GlobalTables:
    """Global tables in the local state. It is the `Reference` of the steps."""

    def __init__(
        self,
        state: LocalState,
        codec: Codec,
        built_in: RuleSet,
        built_in_policy: ServicePolicy | None = None,
    ) -> None:
        self._state = state
        self._codec = codec
        self._histories: Cache[History] = Cache()
        self._parties: Cache[PartyRecorded | None] = Cache()
        self._standings: Cache[tuple[StandingChanged, ...]] = Cache()
        seen = None if any(state.scan(TABLES, MARK)) else SeenNames()
        self._aliases = MarkAliases(state, codec, seen)
        self._aliases.bring_up_to_date()
        self._marks = MarkHistories(state, codec, self._aliases, seen)
        self._gathered = GatheredRecords()
        self._names = self._mark_names()
        self._positions: dict[tuple[str, int], int] = {}
        for key, value in state.scan(POSITIONS, TABLE_POSITIONS):
            self._positions[position_of(key)] = int.from_bytes(value, "big")
        self.positions = table_positions(self._positions)
        self._unread = UnreadRecords(state)
        self._rules = RuleTables(built_in)
        self.service_policy = built_in_policy
        stored = state.get(TABLES, POLICY)
        if stored is not None:
            try:
                self.service_policy = policy_published(codec.decode(RULES_STATE, stored, None))
            except (DecodeError, VersionInvalid) as error:
                # Published for another version of this software; its settings give the times.
                logger.error("the published policy is not used: %s", error)
        rows = list(state.scan(TABLES, RULES))
        for key, value in sorted(rows, key=lambda row: row[0] == RULES + ROLLOUT_KEY.encode()):
            # What is rolled out comes last: by then its rules are here.
            try:
                self._rules.use(codec.decode(RULES_STATE, value, None))
            except (DecodeError, RuleSetRefused) as error:
                # Published for another version of this software.
                self._rules.refuse(key[len(RULES) :].decode(), error)
        for record in self._unread.all():
            self._doubt_rules(record)

    def trademark_history(self, registry_reference: str) -> History:
        """Return all versions of the mark under one of its two numbers; empty when unknown."""
        reference = formed_reference(registry_reference)
        found = {name: self.mark_history(name) for name in self._aliases.names(reference)}
        return history_found(reference, found)

    def mark_history(self, name: str) -> History:
        """Return all versions of the mark that stands under a name."""
        history = self._histories.get(name)
        if history is None:
            frames = self._state.get(TABLES, MARK + name.encode())
            decode = self._codec.decode
            history = tuple(decode(TRADEMARKS_EVENTS, each, None) for each in unframed(frames))
            self._histories.put(name, history)
        return history

    def marks_named(self, terms: Sequence[str]) -> tuple[TrademarkRecorded, ...]:
        """Return the newest records of the marks in force that have one of these terms."""
        if self._names is None:
            return ()
        histories = map(self.mark_history, self._names.references(terms))
        return tuple(history[-1] for history in histories if history)

    def party(self, party_id: str) -> PartyRecorded | None:
        """Return a party as now known."""
        if party_id in self._parties:
            return self._parties.get(party_id)
        party = self._read_party(PARTY + party_id.encode(), {})
        self._parties.put(party_id, party)
        return party

    def standing_history(
        self, party_id: str, role: ConductRole = "complainant"
    ) -> tuple[StandingChanged, ...]:
        """Return how a complainant, mark or rule came to stand, oldest first; empty when nothing
        is recorded."""
        name = standing_key(role, party_id)
        history = self._standings.get(name)
        if history is None:
            history = self._read_standings(name, {})
            self._standings.put(name, history)
        return history

    @property
    def unread_records(self) -> tuple[TableRecord, ...]:
        """Which records before the positions could not be read yet."""
        return self._unread.places

    def position(self, topic: str, partition: int) -> int:
        """Return the offset from which a table's topic is still to be read."""
        return self._positions.get((topic, partition), 0)

    def apply(self, records: Sequence[InputRecord]) -> TableUpdate:
        """Take in records of the tables' topics."""
        self.gather(records)
        return self.settle()

    def gather(self, records: Sequence[InputRecord]) -> None:
        """Take records of the tables' topics in, to be seen when they are settled."""
        gathered = self._gathered
        marks = [each for each in records if each.topic == TRADEMARKS_EVENTS and each.value]
        refused = self._marks.gather(marks) if marks else []
        if len(marks) < len(records):
            refused += self._gather_others(records)
            order = {record[:3]: index for index, record in enumerate(records)}
            refused.sort(key=lambda each: order[each[0][:3]])
        gathered.refused += refused
        gathered.positions.update({record[:2]: record.offset + 1 for record in records})

    def read_again(self) -> TableUpdate | None:
        """Take in the next record that could not be read; None where there is none.

        Errors: SchemaRegistryUnavailable, after `forget_gathered`.
        """
        record = self._unread.next_to_try()
        if record is None:
            return None
        positions = dict(self._positions)
        try:
            self.gather([record])
        except SchemaRegistryUnavailable:
            self.forget_gathered()
            raise
        self._gathered.given.append(record)
        self._gathered.positions = positions
        return self.settle()

    def forget_gathered(self) -> None:
        """Drop what was gathered and not settled: its records are given again."""
        self._gathered = GatheredRecords()
        self._marks.forget_gathered()

    @property
    def is_full(self) -> bool:
        """Whether so much is gathered that it is to be settled before there is more."""
        return self._marks.is_full or len(self._gathered.pending) >= SETTLED_MARKS

    def settle(self, while_loading: bool = False) -> TableUpdate:
        """Put what was gathered in place. Where nobody decides yet no changed marks are told."""
        gathered, self._gathered = self._gathered, GatheredRecords()
        before, after = self._marks.settle()
        aliases, shared = self._aliases.settle(after)
        self._on_marks(before, after, gathered.pending)
        version = self._aliases.version_row() if after else {}
        puts = {**gathered.pending, **version, **after, **aliases}
        not_known = [r for r, error in gathered.refused if isinstance(error, SchemaNotKnown)]
        unread = self._unread.settle(gathered.given, not_known, gathered.latest)
        self._write(puts, gathered.positions, unread)
        self._positions.update(gathered.positions)
        self.positions = table_positions(self._positions)
        for published in gathered.rules:
            self._rules.use(published)
        refused = tuple(each for each in gathered.refused if each[0] not in gathered.given)
        if while_loading:
            self._histories = Cache()
            return TableUpdate(frozenset(), refused, shared)
        for key in after:
            self._histories.drop(key[1:].decode())
        references = frozenset(key[1:].decode() for keys in (after, aliases) for key in keys)
        references |= self._marks.former_names(before)
        return TableUpdate(references, refused, shared, frozenset(gathered.party_ids))

    def end_loading(self) -> None:
        """Give back the memory that only the first load of many marks needs."""
        self._marks.end_loading()
        self._aliases.end_loading()

    def _write(
        self,
        puts: Pending,
        positions: Mapping[tuple[str, int], int],
        unread: list[Change],
    ) -> None:
        notes = unread + [
            Change(POSITIONS, position_key(*source), offset.to_bytes(8, "big"))
            for source, offset in positions.items()
        ]
        changes = (Change(TABLES, key, value) for key, value in puts.items())
        if len(puts) < SST_THRESHOLD_ROWS:
            self._state.write([*changes, *notes])
            return
        # Deletions first: done again, they follow from what the table still holds.
        self._state.write(change for change in changes if change.value is None)
        self._state.load(TABLES, {k: v for k, v in puts.items() if v is not None})
        self._state.write(notes)

    def _gather_others(self, records: Iterable[InputRecord]) -> list[Refused]:
        refused: list[Refused] = []
        for record in records:
            if record.topic == TRADEMARKS_EVENTS and record.value:
                continue
            try:
                self._take(record, self._gathered.pending, self._gathered.rules)
                self._gathered.latest[(*record[:2], record.key)] = record.offset
            except DecodeError as error:
                refused.append((record, error))
                if isinstance(error, SchemaNotKnown):
                    self._doubt_rules(record)
            except UnicodeDecodeError as error:
                refused.append((record, DecodeError("invalid_utf8", f"the key: {error}")))
        return refused

    def _take(
        self,
        record: InputRecord,
        pending: Pending,
        rules: list[RuleSetPublished | RolloutChanged],
    ) -> None:
        if record.value is None:
            self._delete(record, pending)
            return
        event = table_event(self._codec, record)
        if isinstance(event, PartyRecorded):
            key = PARTY + event.party_id.encode()
            self._on_party(self._read_party(key, pending), event, pending)
            pending[key] = self._codec.encode(PARTIES_STATE, event)
            self._parties.drop(event.party_id)
            self._gathered.party_ids.add(event.party_id)
        elif isinstance(event, StandingChanged):
            name = standing_key(event.role, event.party_id)
            versions = with_standing(self._read_standings(name, pending), event)
            pending[STANDING + name.encode()] = framed(
                self._codec.encode(STANDINGS_STATE, version) for version in versions
            )
            self._standings.drop(name)
        elif isinstance(event, RuleSetPublished | RolloutChanged):
            self._take_rules(event, pending, rules)
        elif isinstance(event, GateRecorded):
            pass  # It is for people, who read it from the topic.
        elif isinstance(event, ServicePolicyPublished):
            try:
                policy = policy_published(event)
            except VersionInvalid as error:
                raise DecodeError("service_policy_refused", str(error)) from error
            pending[POLICY] = self._codec.encode(RULES_STATE, event)
            self.service_policy = policy
        else:
            self._on_other(event, pending)

    def _on_marks(
        self, before: Mapping[bytes, bytes], after: Mapping[bytes, bytes], pending: Pending
    ) -> None:
        """Add what else follows from marks' newer histories, given in frames by name."""
        if self._names is not None:
            self._names.take(before, after, pending)

    def _mark_names(self) -> MarkNames | None:
        """Return the marks by their words, where decisions ask for them."""
        names = MarkNames(self._state, self._codec)
        names.bring_up_to_date()
        return names

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
        pending[PARTY + record.key] = None
        self._parties.drop(record.key.decode())

    def _read_party(self, key: bytes, pending: Pending) -> PartyRecorded | None:
        value = pending[key] if key in pending else self._state.get(TABLES, key)
        return None if value is None else self._codec.decode(PARTIES_STATE, value, None)

    def _read_standings(self, name: str, pending: Pending) -> tuple[StandingChanged, ...]:
        key = STANDING + name.encode()
        frames = pending[key] if key in pending else self._state.get(TABLES, key)
        return tuple(self._codec.decode(STANDINGS_STATE, frame, None) for frame in unframed(frames))

    def _take_rules(
        self,
        event: RuleSetPublished | RolloutChanged,
        pending: Pending,
        rules: list[RuleSetPublished | RolloutChanged],
    ) -> None:
        key = key_of(event)
        try:
            check_rules(event)
        except RuleSetRefused as error:
            if key == ROLLOUT_KEY or (key == ACTIVE and self._is_built_in):
                # It is kept, so that a restart finds it refused again.
                pending[RULES + key.encode()] = self._codec.encode(RULES_STATE, event)
                self._rules.refuse(key, error)
            raise DecodeError("rule_set_refused", str(error)) from error
        pending[RULES + key.encode()] = self._codec.encode(RULES_STATE, event)
        rules.append(event)

    @property
    def rule_set(self) -> RuleSet:
        """Rules that decide."""
        return self._rules.rule_set

    @property
    def shadow_rule_set(self) -> RuleSet | None:
        """Rules that are only compared, if any."""
        return self._rules.shadow_rule_set

    @property
    def shadow_rule_sets(self) -> tuple[RuleSet, ...]:
        """Further rules that are only compared, by hash."""
        return self._rules.shadow_rule_sets

    @property
    def rollout(self) -> Rollout | None:
        """The candidate that decides on a share of listings, if any."""
        return self._rules.rollout

    @property
    def rules_refused(self) -> bool:
        """Whether people decide all, as the published rules can't be used and no others stand."""
        return self._rules.refused

    @property
    def rollout_not_followed(self) -> bool:
        """Whether somebody rolled out a candidate by which nothing is decided here."""
        return self._rules.rollout_not_followed

    def _doubt_rules(self, unread: InputRecord) -> None:
        """Go without the first rules that somebody chose, or a rollout, that can't be read yet."""
        if unread.topic != RULES_STATE or unread.key is None:
            return
        key = unread.key.decode("utf-8", "replace")
        if key == ROLLOUT_KEY or (key == ACTIVE and self._is_built_in):
            self._rules.refuse(key, SchemaNotKnown(UNKNOWN_SCHEMA, "their schema"))

    @property
    def _is_built_in(self) -> bool:
        chosen = any(key_of(each) == ACTIVE for each in self._gathered.rules)
        return self._rules.is_built_in and not chosen
