"""The working set of one batch: the rows that it touches, as first read and as they are now."""

import logging
from collections import Counter
from collections.abc import Sequence, Set
from typing import Any, NamedTuple

from processors.cases.listing_cases import take_listing, take_valid_listing
from processors.cases.row import find_case, split_by_marketplace
from processors.identifiers import reference_of
from processors.registers.references import formed_reference
from processors.step import Moment, Origin, PartyChanged, RegistryChanged, TimerFired
from schemas.events.cases import ListingCases
from schemas.events.listings import ListingChanged
from schemas.record import maker
from schemas.topic_names import LISTINGS_EVENTS
from schemas.wire.codec import UNKNOWN_SCHEMA, DecodeError, SchemaRegistryUnavailable
from schemas.wire.listing_head import ListingHead
from schemas.wire.row_codec import RowInPieces
from schemas.wire.rows import body_of
from streams.kafka.dead_letters import OUTPUT_REFUSED
from streams.kafka.records import InputRecord, OutputRecord
from streams.kafka.traced_records import TracedStep, carry_on
from streams.policies.versions import service_level_of, version_of_service_level
from streams.state.indexes import DueTimer, differences, row_key, timer_key
from streams.state.local_state import (
    PREFIX_BYTES,
    ROWS,
    TIMERS,
    Change,
    LocalState,
    StateCorrupted,
)
from streams.state.old_rows import removal, tombstone
from streams.state.row_keys import is_unsplit, level_key, listing_key
from streams.state.row_kinds import KINDS_OF_TOPICS, LISTING, RowKind, kind_of_row
from streams.topology import CHANGELOG
from streams.worker.action_rows import ActionRows
from streams.worker.failures import (
    NOT_OF_A_RECORD,
    Misplaced,
    UnknownThen,
    Untimely,
    instead_of,
    shown,
    size_of,
    stimulus_as_record,
    timer_as_record,
)
from streams.worker.results import (
    InputEnding,
    RecordPlace,
    RecordWaits,
    RegistryStimulus,
    Result,
    TimedOutput,
)
from streams.worker.row_names import RowNames
from streams.worker.workshop import Workshop

logger = logging.getLogger(__name__)

MAXIMUM_ROW_BYTES = 1_000_000
FORWARDED_HEADER = "ip_forwarded_from"
"""The partition and offset from which a record was forwarded."""


class DecodedInput(NamedTuple):
    """A record as decoded, and the name of its row; an error, and no row, where it can't be.

    Of a listing's change that is as usual, the event is its head at first.
    """

    record: InputRecord
    event: Any
    name: bytes
    error: DecodeError | None = None


_decoded_input = maker(DecodedInput)
_output_record = maker(OutputRecord)
_timed_output = maker(TimedOutput)
_change = maker(Change)


class WorkingSet:
    """The working set of one batch: rows by name, as first read and as they are now."""

    def __init__(self, engine: Workshop, state: LocalState, positions: dict[int, Origin]) -> None:
        self._engine = engine
        self._state = state
        self._positions = positions
        self._rows = RowNames(state, engine.old_rows(state))
        self._actions = ActionRows(engine, state, engine.service_level.standing)
        self._bytes: dict[bytes, bytes | None] = {}
        self._before: dict[bytes, Any] = {}
        self._in_pieces: dict[bytes, RowInPieces] = {}
        self._came: dict[bytes, RowInPieces] = {}
        """By row the last change of its listing, with its bytes as they came."""
        self._after: dict[bytes, RowInPieces] = {}
        self._indexed: dict[bytes, list[Change]] = {}
        """By row what brings the indexes from what was first read to what it is now."""
        self._times: dict[bytes, int] = {}
        self._split: dict[bytes, Any] = {}
        self._outputs: list[OutputRecord] = []
        self._emitted: list[TimedOutput] = []
        self._accounted: Counter[tuple[str, str, str]] = Counter()
        self._dead: list[InputRecord] = []
        self._unknown_schemas: list[InputRecord] = []
        self._fired: list[Change] = []
        self._traced: list[TracedStep] = []

    def load(
        self,
        records: list[InputRecord],
        timers: Sequence[DueTimer],
        stimuli: Sequence[RegistryStimulus],
        unknown_schemas: Set[RecordPlace],
    ) -> list[DecodedInput]:
        """Decode the records, and read all rows that the batch touches in one go.

        Errors: RecordWaits, before anything is changed.
        """
        inputs = [self._decoded(record, unknown_schemas) for record in records]
        for index, partition in self._engine.misplaced(records).items():
            if inputs[index].error is None:
                inputs[index] = _turned_away(records[index], Misplaced(records[index], partition))
        for index in self._engine.untimely(records):
            inputs[index] = _turned_away(records[index], Untimely(records[index]))
        rows = self._rows
        for due in timers:
            rows.want(row_key(due.partition, due.row))
        for stimulus in stimuli:
            rows.want(row_key(stimulus.partition, stimulus.row))
        for each in inputs:
            if each.error is None:
                rows.want(each.name)
        wanted = rows.wanted()
        self._bytes = dict(zip(wanted, self._state.get_many(ROWS, wanted), strict=True))
        for name, value in rows.old():
            self._split_row(
                name, self._engine.decode_row(value), _first_time(timers, stimuli, records)
            )
        return inputs

    def _decoded(self, record: InputRecord, unknown_schemas: Set[RecordPlace]) -> DecodedInput:
        if unknown_schemas and record[:3] in unknown_schemas:
            self._unknown_schemas.append(record)
            return _decoded_input(record, None, b"", UnknownThen())
        if record.topic == LISTINGS_EVENTS:
            head = self._engine.head(record)
            if head is not None:
                key = listing_key(record.key or b"", head.marketplace)
                return _decoded_input(record, head, row_key(record.partition, key))
        kind = KINDS_OF_TOPICS[record.topic]
        try:
            event = self._engine.decode(record, kind)
        except DecodeError as unreadable:
            if unreadable.reason_code == UNKNOWN_SCHEMA:
                self._unknown_schemas.append(record)
            return _decoded_input(record, None, b"", unreadable)
        except SchemaRegistryUnavailable as unavailable:
            # mypyc gives a name one type: that of the first error which has it.
            raise RecordWaits(record) from unavailable
        return _decoded_input(record, event, row_key(record.partition, kind.key_of(event)))

    def _split_row(self, name: bytes, row: ListingCases, at: int) -> None:
        """Put the rows of its marketplaces in place of a row that does not tell them apart."""
        self._split[name] = row
        self._times[name] = at
        for marketplace, part in split_by_marketplace(row).items():
            partition = int.from_bytes(name[:PREFIX_BYTES], "big")
            key = listing_key(name[PREFIX_BYTES:], marketplace)
            new = row_key(partition, key)
            self._bytes[new] = None
            self._after[new] = self._engine.encode_row(new, part, None)
            self._indexed[new] = list(differences(partition, key, None, part))
            self._times[new] = at
            self._rows.add(new)

    def origin(self, partition: int) -> Origin:
        """Return the last record of a partition before this batch."""
        return self._positions.get(partition, Origin("", partition, -1))

    def _moment(self, now_milliseconds: int, origin: Origin) -> Moment:
        """Return what a step needs besides row and event."""
        count = self._actions.reader(origin.partition)
        return self._engine.moment(now_milliseconds, origin, count)

    def fire(self, due: DueTimer) -> None:
        """Take a timer that fell due; one that fails is taken off its row, and told of."""
        self._fired.append(Change(TIMERS, timer_key(due), None))
        name = row_key(due.partition, due.row)
        moment = self._moment(due.timer.due_at_milliseconds, self.origin(due.partition))
        try:
            if is_unsplit(due.row) and isinstance(due.timer, TimerFired):
                name = next(iter(self._rows_of_case(name, due.timer.case_id)), name)
            reason = self.step("timer", name, due.timer, moment)
        except NOT_OF_A_RECORD:
            raise
        except Exception as mistake:
            self._give_up(due, name, moment, shown(mistake))
        else:
            if reason is not None:
                self._give_up(due, name, moment, reason)

    def refuse(
        self,
        timers: Sequence[DueTimer],
        stimuli: Sequence[RegistryStimulus],
        inputs: list[DecodedInput],
        refusal: str,
    ) -> Result:
        """Bury inputs that lead to records which no broker takes."""
        for due in timers:
            self._fired.append(Change(TIMERS, timer_key(due), None))
            moment = self._moment(due.timer.due_at_milliseconds, self.origin(due.partition))
            instead = instead_of(due.timer)[-1:]
            self._give_up(due, row_key(due.partition, due.row), moment, refusal, instead)
        for stimulus in stimuli:
            work = stimulus_as_record(stimulus)
            self._bury_work("registry_change", OUTPUT_REFUSED, refusal, work)
        for each in inputs:
            self._bury(each.record, OUTPUT_REFUSED, refusal)
        return self.result()

    def _give_up(
        self, due: DueTimer, name: bytes, moment: Moment, detail: str, instead: tuple[Any, ...] = ()
    ) -> None:
        """Take a timer that failed off its row, put its case before a person, and bury it.

        Where that fails too the timer goes alone: it is never tried again.
        """
        for event in instead or instead_of(due.timer):
            try:
                if self.step("", name, event, moment) is None:
                    break
            except NOT_OF_A_RECORD:
                raise
            except Exception as mistake:
                detail = f"{detail}; then {shown(mistake)}"
        self._bury_work("timer", "timer_failed", detail, timer_as_record(due))

    def look_again(self, stimulus: RegistryStimulus) -> None:
        """Take a change of a registry entry or a party to a listing that relies on it."""
        name = row_key(stimulus.partition, stimulus.row)
        reference = stimulus.registry_reference
        changed: RegistryChanged | PartyChanged = RegistryChanged(reference)
        source = "registry_change"
        if stimulus.party_id:
            changed, source = PartyChanged(stimulus.party_id), "party_change"
        try:
            names = [name] if not is_unsplit(stimulus.row) else self._relying(name, reference)
            moment = self._moment(stimulus.at_milliseconds, self.origin(stimulus.partition))
            reasons = [self.step(source, each, changed, moment) for each in names]
        except NOT_OF_A_RECORD:
            raise
        except Exception as mistake:
            reasons = [shown(mistake)]
        failed = [reason for reason in reasons if reason is not None]
        if failed:
            told, work = "; ".join(failed), stimulus_as_record(stimulus)
            self._bury_work(source, f"{source}_failed", told, work)

    def take(self, given: DecodedInput) -> None:
        """Take one record: a step, or a dead letter."""
        record, event, name, error = given
        if error is not None:
            self._turn_away(record, error)
            return
        is_head = type(event) is ListingHead
        if is_head or type(event) is ListingChanged:
            if self._take_as_bytes(record, name, event):
                return
            if is_head:
                try:
                    event = self._engine.decode(record, LISTING)
                except DecodeError as unreadable:
                    self._bury(record, unreadable.reason_code, unreadable.detail)
                    return
                self._came[name] = RowInPieces(event, body_of(record.value or b""))
        origin = Origin(record.topic, record.partition, record.offset)
        moment = self._moment(record.timestamp_milliseconds, origin)
        try:
            row = self._row_of(name, event)
            if row is None:
                self._bury(record, "marketplace_ambiguous", "several listings have the case")
                return
            refusal = self.step(record.topic, row, event, moment)
        except NOT_OF_A_RECORD:
            raise
        except Exception as mistake:
            # A mistake of ours: the record is kept with what went wrong, and others go on.
            self._bury(record, "step_failed", shown(mistake))
            return
        if refusal is not None:
            self._bury(record, refusal, "the step refused it")

    def take_traced(self, given: DecodedInput) -> None:
        """Take one record, and have what it leads to carry its trace on."""
        first = len(self._outputs)
        self.take(given)
        step = carry_on(given.record, self._outputs, first)
        if step is not None:
            self._traced.append(step)

    def _row_of(self, name: bytes, event: Any) -> bytes | None:
        """Return the name of the row that an event is about; None where it may be several."""
        if not is_unsplit(name[PREFIX_BYTES:]):
            return name
        names = self._rows_of_case(name, getattr(event, "case_id", ""))
        if len(names) > 1:
            return None
        return names[0] if names else name

    def _rows_of_case(self, name: bytes, case_id: str) -> list[bytes]:
        """Return the rows under a bare listing id that have a case; none where nobody has it."""
        return [n for n in self._rows.under(name) if find_case(self._row(n, LISTING), case_id)]

    def _relying(self, name: bytes, registry_reference: str) -> list[bytes]:
        """Return the rows under a bare listing id with a case that relies on a registry entry."""
        reference = formed_reference(registry_reference)
        return [
            each
            for each in self._rows.under(name)
            if any(
                reference_of(case.complaint) == reference for case in self._row(each, LISTING).cases
            )
        ]

    def _take_as_bytes(
        self, record: InputRecord, name: bytes, listing: ListingHead | ListingChanged
    ) -> bool:
        """Take a change of a listing without cases, as bytes; False where it has any, and where it
        leaves or comes back.

        What a head was read of is valid.
        """
        if listing.status == "removed" or name in self._after or name not in self._bytes:
            return False
        rows = self._engine.listing_rows
        stored = self._bytes[name]
        version = None
        if stored is not None:
            version = rows.version(stored)
            if version is None:
                return False
        if isinstance(listing, ListingHead):
            taken = take_valid_listing(version, listing.version)
        else:
            taken = take_listing(version, listing)
        if taken.refusal is not None:
            return False
        if taken.kept:
            row = rows.row(record.value or b"")
            if row is None or len(row) > MAXIMUM_ROW_BYTES:
                return False
            self._bytes[name] = row
            self._times[name] = record.timestamp_milliseconds
        self._count(record.topic, "no_action", taken.no_action or "")
        return True

    def _count(self, source: str, ending: str, reason: str) -> None:
        self._accounted[source, ending, reason] += 1

    def step(self, source: str, name: bytes, event: Any, moment: Moment) -> str | None:
        """Take one input through the step of its row; give the reason where it was refused.

        All that may fail is done first, so a step is taken whole or not at all. Without a source it
        is not counted.
        """
        partition, key = int.from_bytes(name[:PREFIX_BYTES], "big"), name[PREFIX_BYTES:]
        kind = kind_of_row(key)
        row = self._row(name, kind)
        given = kind.step(row, event, moment)
        refusal: str | None = given.refusal
        if refusal is not None:
            return refusal
        encoded, indexed = None, []
        if given.state is not row:
            encoded = self._engine.encode_row(name, given.state, self._pieces(name, given.state))
            if len(encoded.value) > MAXIMUM_ROW_BYTES:
                return kind.too_large
            indexed = list(differences(partition, key, self._before.get(name), given.state))
        now = moment.now_milliseconds
        record_of = self._engine.outputs.record
        outputs = [record_of(output, partition, now) for output in given.outputs]
        counts = self._actions.counted(given.outputs, partition, now) if outputs else []
        if encoded is not None:
            self._after[name], self._indexed[name] = encoded, indexed
            self._times[name] = now
        self._outputs += outputs
        self._emitted += [_timed_output(output, now) for output in given.outputs]
        self._actions.keep(counts)
        if not source:
            return None
        if given.no_action is not None:
            self._count(source, "no_action", given.no_action)
        else:
            self._count(source, "decision", "")
        return None

    def _row(self, name: bytes, kind: RowKind) -> Any:
        after = self._after.get(name)
        if after is not None:
            return after.row
        row = self._before.get(name)
        if row is None:
            value = self._bytes.get(name)
            if value is None:
                row = kind.empty
            else:
                self._in_pieces[name] = self._engine.read_row(name, value)
                row = self._in_pieces[name].row
            if isinstance(row, ListingCases) and row.cases:
                self._learn_levels(name[:PREFIX_BYTES], row)
            self._before[name] = row
        return row

    def _learn_levels(self, partition: bytes, row: ListingCases) -> None:
        """Read the times that cases of a row keep, where they are not known."""
        levels = self._engine.levels
        for case in row.cases:
            if case.policy_hash not in levels:
                value = self._state.get(ROWS, partition + level_key(case.policy_hash))
                if value is None:
                    raise StateCorrupted(f"there are no times {case.policy_hash}")
                levels.learn(case.policy_hash, service_level_of(self._engine.decode_row(value)))

    def _new_levels(self) -> list[tuple[bytes, bytes, int]]:
        """Return the times that cases of a partition keep and that are not there yet: name, value
        and time."""
        times: dict[bytes, int] = {}
        hashes: dict[bytes, str] = {}
        for name, after in self._after.items():
            row = after.row
            for case in row.cases if isinstance(row, ListingCases) else ():
                if case.policy_hash:
                    kept = name[:PREFIX_BYTES] + level_key(case.policy_hash)
                    hashes[kept] = case.policy_hash
                    times.setdefault(kept, self._times[name])
        if not hashes:
            return []
        names = sorted(hashes)
        known = self._state.get_many(ROWS, names)
        encode, get = self._engine.encode_version, self._engine.levels.get
        return [
            (name, encode(version_of_service_level(get(hashes[name]))), times[name])
            for name, value in zip(names, known, strict=True)
            if value is None
        ]

    def _pieces(self, name: bytes, row: Any) -> RowInPieces | None:
        """Return the bytes of what stands in a row as it did before the step, or came in it."""
        known, came = self._after.get(name) or self._in_pieces.get(name), self._came.get(name)
        if came is None or came.row is not row.listing:
            return known
        pieces = {id(came.row): came.value}
        return RowInPieces(row, b"", pieces if known is None else {**known.pieces, **pieces})

    def _turn_away(self, record: InputRecord, error: DecodeError) -> None:
        forwards = isinstance(error, Misplaced) and self._engine.forwards_misplaced
        if isinstance(error, Misplaced) and forwards and size_of(record) <= MAXIMUM_ROW_BYTES:
            self._forward(record, error.partition)
        else:
            self._bury(record, error.reason_code, error.detail)

    def _forward(self, record: InputRecord, partition: int) -> None:
        place = f"{record.partition}:{record.offset}".encode()
        headers = [*(record.headers or []), (FORWARDED_HEADER, place)]
        at = record.timestamp_milliseconds
        forwarded = OutputRecord(record.topic, partition, record.key, record.value, headers, at)
        self._outputs.append(forwarded)
        self._count(record.topic, "no_action", "forwarded")

    def _bury(self, record: InputRecord, reason_code: str, detail: str) -> None:
        self._outputs.append(self._engine.dead_letter(record, reason_code, detail))
        self._dead.append(record)
        self._count(record.topic, "dead_letter", reason_code)

    def _bury_work(self, source: str, reason_code: str, detail: str, work: InputRecord) -> None:
        """Bury what no record asked for."""
        row = (work.key or b"").decode(errors="replace")
        logger.error("%s: %s", reason_code, detail, extra={"row": row})
        self._outputs.append(self._engine.dead_letter(work, reason_code, detail))
        self._count(source, "dead_letter", reason_code)

    def result(self) -> Result:
        """Return what the batch led to; a row that changed twice is written once."""
        changelog = []
        changes = self._fired
        after = self._after.get
        for name, at in self._times.items():
            if name in self._split:
                changelog.append(tombstone(name, at))
                changes += removal(name, self._split[name])
                continue
            partition, key = int.from_bytes(name[:PREFIX_BYTES], "big"), name[PREFIX_BYTES:]
            row = after(name)
            value = self._bytes[name] or b""
            if row is not None:
                value = row.value
                changes += self._indexed[name]
                if row.row == LISTING.empty:
                    changelog.append(tombstone(name, at))
                    changes.append(_change(ROWS, name, None))
                    continue
            changelog.append(_output_record(CHANGELOG, partition, key, value, [], at))
            changes.append(_change(ROWS, name, value))
        for name, value, at in (*self._new_levels(), *self._actions.changes()):
            partition, key = int.from_bytes(name[:PREFIX_BYTES], "big"), name[PREFIX_BYTES:]
            changelog.append(OutputRecord(CHANGELOG, partition, key, value, [], at))
            changes.append(Change(ROWS, name, value))
        return Result(
            self._outputs,
            changelog,
            changes,
            self._emitted,
            Counter({InputEnding(*each): count for each, count in self._accounted.items()}),
            self._dead,
            self._unknown_schemas,
            self._traced,
        )


def _first_time(
    timers: Sequence[DueTimer], stimuli: Sequence[RegistryStimulus], records: list[InputRecord]
) -> int:
    """Return the time of the first input of a batch."""
    if timers:
        return timers[0].timer.due_at_milliseconds
    return stimuli[0].at_milliseconds if stimuli else records[0].timestamp_milliseconds


def _turned_away(record: InputRecord, error: DecodeError) -> DecodedInput:
    return _decoded_input(record, None, b"", error)
