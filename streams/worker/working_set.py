"""The working set of one batch: its inputs, each taken through the step of its row."""

from collections.abc import Sequence, Set
from typing import Any, NamedTuple

from processors.step import Moment, Origin, PartyChanged, RegistryChanged, TimerFired
from schemas.events.listings import ListingChanged
from schemas.record import maker
from schemas.topic_names import LISTINGS_EVENTS
from schemas.wire.codec import UNKNOWN_SCHEMA, DecodeError, SchemaRegistryUnavailable
from schemas.wire.listing_head import ListingHead
from schemas.wire.row_codec import RowInPieces
from schemas.wire.rows import body_of
from streams.kafka.dead_letters import OUTPUT_REFUSED
from streams.kafka.records import InputRecord, OutputRecord
from streams.state.indexes import DueTimer, carries, row_key, timer_key
from streams.state.local_state import PREFIX_BYTES, ROWS, TIMERS, Change, LocalState
from streams.state.row_keys import is_unsplit, listing_key
from streams.state.row_kinds import KINDS_OF_TOPICS, LISTING, kind_of_row
from streams.topology import CHANGELOG
from streams.worker.action_rows import ActionRows
from streams.worker.batch_endings import BatchEndings
from streams.worker.batch_rows import BatchRows
from streams.worker.failures import (
    NOT_OF_A_RECORD,
    Misplaced,
    UnknownThen,
    Untimely,
    instead_of,
    shown,
    stimulus_as_record,
    timer_as_record,
)
from streams.worker.results import RecordPlace, RecordWaits, RegistryStimulus, Result
from streams.worker.workshop import Workshop


class DecodedInput(NamedTuple):
    """A record as decoded, and the name of its row; an error, and no row, where it can't be.

    Of a listing's change that is as usual, the event is its head at first.
    """

    record: InputRecord
    event: Any
    name: bytes
    error: DecodeError | None = None


_decoded_input = maker(DecodedInput)


class FiredTimer(NamedTuple):
    """A timer that fired, the name of its row, and whether that row has it no more after the step.

    Such a timer is in the row at the end of the batch only where something set it again.
    """

    due: DueTimer
    name: bytes
    taken_off: bool


class WorkingSet:
    """One batch: its rows, and what its inputs end as."""

    def __init__(self, engine: Workshop, state: LocalState, positions: dict[int, Origin]) -> None:
        self._engine = engine
        self._positions = positions
        self._rows = BatchRows(engine, state)
        self._endings = BatchEndings(engine)
        self._actions = ActionRows(engine, state, engine.service_level.standing)
        self._fired: list[FiredTimer] = []

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
        rows.read()
        for name, value in rows.old():
            rows.split(name, value, _first_time(timers, stimuli, records))
        return inputs

    def _decoded(self, record: InputRecord, unknown_schemas: Set[RecordPlace]) -> DecodedInput:
        if unknown_schemas and record[:3] in unknown_schemas:
            self._endings.note_unknown_schema(record)
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
                self._endings.note_unknown_schema(record)
            return _decoded_input(record, None, b"", unreadable)
        except SchemaRegistryUnavailable as unavailable:
            # mypyc gives a name one type: that of the first error which has it.
            raise RecordWaits(record) from unavailable
        return _decoded_input(record, event, row_key(record.partition, kind.key_of(event)))

    def origin(self, partition: int) -> Origin:
        """Return the last record of a partition before this batch."""
        return self._positions.get(partition, Origin("", partition, -1))

    def _moment(self, now_milliseconds: int, origin: Origin) -> Moment:
        """Return what a step needs besides row and event."""
        count = self._actions.reader(origin.partition)
        return self._engine.moment(now_milliseconds, origin, count)

    def fire(self, due: DueTimer) -> None:
        """Take a timer that fell due; one that fails is taken off its row, and told of."""
        name = row_key(due.partition, due.row)
        moment = self._moment(due.timer.due_at_milliseconds, self.origin(due.partition))
        try:
            if is_unsplit(due.row) and isinstance(due.timer, TimerFired):
                name = next(iter(self._rows.rows_of_case(name, due.timer.case_id)), name)
            reason = self.step("timer", name, due.timer, moment)
        except NOT_OF_A_RECORD:
            raise
        except Exception as mistake:
            self._give_up(due, name, moment, shown(mistake))
        else:
            if reason is not None:
                self._give_up(due, name, moment, reason)
        self._fired.append(FiredTimer(due, name, not self._carries(name, due)))

    def refuse(
        self,
        timers: Sequence[DueTimer],
        stimuli: Sequence[RegistryStimulus],
        inputs: list[DecodedInput],
        refusal: str,
    ) -> Result:
        """Bury inputs that lead to records which no broker takes."""
        for due in timers:
            name = row_key(due.partition, due.row)
            self._fired.append(FiredTimer(due, name, taken_off=False))
            moment = self._moment(due.timer.due_at_milliseconds, self.origin(due.partition))
            instead = instead_of(due.timer)[-1:]
            self._give_up(due, name, moment, refusal, instead)
        for stimulus in stimuli:
            work = stimulus_as_record(stimulus)
            self._endings.bury_work("registry_change", OUTPUT_REFUSED, refusal, work)
        for each in inputs:
            self._endings.bury(each.record, OUTPUT_REFUSED, refusal)
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
        self._endings.bury_work("timer", "timer_failed", detail, timer_as_record(due))

    def look_again(self, stimulus: RegistryStimulus) -> None:
        """Take a change of a registry entry or a party to a listing that relies on it."""
        name = row_key(stimulus.partition, stimulus.row)
        reference = stimulus.registry_reference
        changed: RegistryChanged | PartyChanged = RegistryChanged(reference)
        source = "registry_change"
        if stimulus.party_id:
            changed, source = PartyChanged(stimulus.party_id), "party_change"
        try:
            names = [name] if not is_unsplit(stimulus.row) else self._rows.relying(name, reference)
            moment = self._moment(stimulus.at_milliseconds, self.origin(stimulus.partition))
            reasons = [self.step(source, each, changed, moment) for each in names]
        except NOT_OF_A_RECORD:
            raise
        except Exception as mistake:
            reasons = [shown(mistake)]
        failed = [reason for reason in reasons if reason is not None]
        if failed:
            told, work = "; ".join(failed), stimulus_as_record(stimulus)
            self._endings.bury_work(source, f"{source}_failed", told, work)

    def take(self, given: DecodedInput) -> None:
        """Take one record: a step, or a dead letter."""
        record, event, name, error = given
        if error is not None:
            self._endings.turn_away(record, error)
            return
        is_head = type(event) is ListingHead
        if is_head or type(event) is ListingChanged:
            done = self._rows.take_as_bytes(record, name, event)
            if done is not None:
                self._endings.count(record.topic, "no_action", done)
                return
            if is_head:
                try:
                    event = self._engine.decode(record, LISTING)
                except DecodeError as unreadable:
                    self._endings.bury(record, unreadable.reason_code, unreadable.detail)
                    return
                came = RowInPieces(event, body_of(record.value or b""))
                self._rows.came(name, came)
        origin = Origin(record.topic, record.partition, record.offset)
        moment = self._moment(record.timestamp_milliseconds, origin)
        try:
            row = self._row_of(name, event)
            if row is None:
                self._endings.bury(
                    record, "marketplace_ambiguous", "several listings have the case"
                )
                return
            refusal = self.step(record.topic, row, event, moment)
        except NOT_OF_A_RECORD:
            raise
        except Exception as mistake:
            # A mistake of ours: the record is kept with what went wrong, and others go on.
            self._endings.bury(record, "step_failed", shown(mistake))
            return
        if refusal is not None:
            self._endings.bury(record, refusal, "the step refused it")

    def take_traced(self, given: DecodedInput) -> None:
        """Take one record, and have what it leads to carry its trace on."""
        first = self._endings.written()
        self.take(given)
        self._endings.carry_trace(given.record, first)

    def _carries(self, name: bytes, due: DueTimer) -> bool:
        return carries(self._rows.row(name, kind_of_row(name[PREFIX_BYTES:])), due.timer)

    def _row_of(self, name: bytes, event: Any) -> bytes | None:
        """Return the name of the row that an event is about; None where it may be several."""
        if not is_unsplit(name[PREFIX_BYTES:]):
            return name
        names = self._rows.rows_of_case(name, getattr(event, "case_id", ""))
        if len(names) > 1:
            return None
        return names[0] if names else name

    def step(self, source: str, name: bytes, event: Any, moment: Moment) -> str | None:
        """Take one input through the step of its row; give the reason where it was refused.

        All that may fail is done first, so a step is taken whole or not at all. Without a source it
        is not counted.
        """
        partition, key = int.from_bytes(name[:PREFIX_BYTES], "big"), name[PREFIX_BYTES:]
        kind = kind_of_row(key)
        row = self._rows.row(name, kind)
        given = kind.step(row, event, moment)
        refusal: str | None = given.refusal
        if refusal is not None:
            return refusal
        changed = None
        if given.state is not row:
            changed = self._rows.changed(name, given.state)
            if changed is None:
                return kind.too_large
        now = moment.now_milliseconds
        record_of = self._engine.outputs.record
        outputs = [record_of(output, partition, now) for output in given.outputs]
        counts = self._actions.counted(given.outputs, partition, now) if outputs else []
        if changed is not None:
            self._rows.keep(name, changed, now)
        self._endings.write(outputs, given.outputs, now)
        self._actions.keep(counts)
        if not source:
            return None
        if given.no_action is not None:
            self._endings.count(source, "no_action", given.no_action)
        else:
            self._endings.count(source, "decision", "")
        return None

    def result(self) -> Result:
        """Return what the batch led to; a row that changed twice is written once."""
        # A row that has the same timers as before the batch shows no difference in them.
        changes = [
            Change(TIMERS, timer_key(due), None)
            for due, name, taken_off in self._fired
            if not (taken_off and self._carries(name, due))
        ]
        changelog = self._rows.changes(changes)
        for name, value, at in (*self._rows.new_levels(), *self._actions.changes()):
            partition, key = int.from_bytes(name[:PREFIX_BYTES], "big"), name[PREFIX_BYTES:]
            changelog.append(OutputRecord(CHANGELOG, partition, key, value, [], at))
            changes.append(Change(ROWS, name, value))
        return self._endings.result(changelog, changes)


def _first_time(
    timers: Sequence[DueTimer], stimuli: Sequence[RegistryStimulus], records: list[InputRecord]
) -> int:
    """Return the time of the first input of a batch."""
    if timers:
        return timers[0].timer.due_at_milliseconds
    return stimuli[0].at_milliseconds if stimuli else records[0].timestamp_milliseconds


def _turned_away(record: InputRecord, error: DecodeError) -> DecodedInput:
    return _decoded_input(record, None, b"", error)
