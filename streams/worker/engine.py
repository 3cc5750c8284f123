"""One batch of inputs through the steps: what is to be written, and nothing is written yet.

The engine knows neither Kafka nor the clock. The worker gives it records, due timers and registry
changes, and puts its result into one transaction; the driver does the same without a broker.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from processors.cases.listing_cases import take_listing
from processors.policies.service_level import ServiceLevel
from processors.step import Moment, Origin, Reference, RegistryChanged
from schemas.events.cases import ListingCases
from schemas.events.listings import ListingChanged
from schemas.wire.codec import Codec, DecodeError
from schemas.wire.rows import ListingRows
from streams.kafka.dead_letters import dead_letter
from streams.kafka.output_records import OutputRecords
from streams.kafka.records import InputRecord, OutputRecord
from streams.state.indexes import DueTimer, differences, row_key, timer_key
from streams.state.local_state import ROWS, TIMERS, Change, LocalState
from streams.state.row_kinds import KINDS_OF_TOPICS, LISTING, PARTY, RowKind, kind_of_row
from streams.topology import CHANGELOG
from streams.worker.results import InputEnding, RegistryStimulus, Result, TimedOutput

MAXIMUM_ROW_BYTES = 1_000_000


class Engine:
    """Steps over batches, on one local state and one set of global tables."""

    def __init__(
        self,
        codec: Codec,
        reference: Reference,
        service_level: ServiceLevel,
        partitions: int,
        software_version: str,
    ) -> None:
        self._codec = codec
        self._reference = reference
        self.service_level = service_level
        self._partitions = partitions
        self.software_version = software_version
        self.outputs = OutputRecords(codec, partitions)
        self.listing_rows = ListingRows(
            codec.prefix("ip.listings.events", ListingChanged),
            codec.prefix(CHANGELOG, ListingCases),
        )

    def process(
        self,
        state: LocalState,
        records: list[InputRecord],
        timers: Iterable[DueTimer] = (),
        stimuli: Iterable[RegistryStimulus] = (),
        positions: dict[int, Origin] | None = None,
    ) -> Result:
        """Take timers, then registry changes, then records, each in order, through the steps.

        `positions` gives for each partition the last record before this batch, which the capsules
        of timers and registry changes name.
        """
        batch = _Batch(self, state, positions or {})
        batch.load(records, timers, stimuli)
        for due in timers:
            batch.fired.append(Change(TIMERS, timer_key(due), None))
            moment = self.moment(due.timer.due_at_milliseconds, batch.origin(due.partition))
            batch.step("timer", due.partition, due.row, due.timer, moment)
        for stimulus in stimuli:
            moment = self.moment(stimulus.at_milliseconds, batch.origin(stimulus.partition))
            change = RegistryChanged(stimulus.registry_reference)
            key = stimulus.listing_id.encode()
            batch.step("registry_change", stimulus.partition, key, change, moment)
        for record in records:
            batch.take(record)
        return batch.result()

    def decode(self, record: InputRecord, kind: RowKind) -> Any:
        """Return the event of a record. Errors: DecodeError where there is none."""
        if record.value is None or record.key is None:
            raise DecodeError("tombstone_refused", "the record has no key or no value")
        event = self._codec.decode(record.topic, record.value, record.headers_source)
        if kind.id_of(event).encode() != record.key:
            raise DecodeError("key_mismatch", f"key is {record.key!r}, not the event's own")
        if kind is LISTING and record.key.startswith(PARTY.prefix):
            raise DecodeError("control_character", "the listing id begins as parties' rows do")
        return event

    def moment(self, now_milliseconds: int, origin: Origin) -> Moment:
        """Return what a step needs besides row and event."""
        return Moment(
            now_milliseconds, origin, self._reference, self.service_level, self.software_version
        )

    def encode_row(self, row: Any) -> bytes:
        """Return the bytes of a row, as they stand in the changelog and in the local state."""
        return self._codec.encode(CHANGELOG, row)

    def decode_row(self, value: bytes) -> Any:
        """Return the row of its bytes, a listing's or a party's."""
        return self._codec.decode(CHANGELOG, value, None)

    def dead_letter(self, record: InputRecord, reason_code: str, detail: str) -> OutputRecord:
        """Return the dead letter of a record."""
        return dead_letter(record, reason_code, detail, self._partitions)


class _Batch:
    """The working set of one batch: rows by key, as first read and as they are now."""

    def __init__(self, engine: Engine, state: LocalState, positions: dict[int, Origin]) -> None:
        self._engine = engine
        self._state = state
        self._positions = positions
        self._bytes: dict[bytes, bytes | None] = {}
        self._before: dict[bytes, Any] = {}
        self._after: dict[bytes, Any] = {}
        self._times: dict[bytes, int] = {}
        self._outputs: list[OutputRecord] = []
        self._emitted: list[TimedOutput] = []
        self._accounted: Counter[tuple[str, str, str]] = Counter()
        self._dead: list[InputRecord] = []
        self.fired: list[Change] = []

    def load(
        self,
        records: list[InputRecord],
        timers: Iterable[DueTimer],
        stimuli: Iterable[RegistryStimulus],
    ) -> None:
        """Read all rows that the batch touches in one go."""
        keys = {
            row_key(r.partition, KINDS_OF_TOPICS[r.topic].prefix + r.key)
            for r in records
            if r.key is not None
        }
        keys.update(row_key(t.partition, t.row) for t in timers)
        keys.update(row_key(s.partition, s.listing_id.encode()) for s in stimuli)
        wanted = list(keys)
        self._bytes = dict(zip(wanted, self._state.get_many(ROWS, wanted), strict=True))

    def origin(self, partition: int) -> Origin:
        """Return the last record of a partition before this batch."""
        return self._positions.get(partition, Origin("", partition, -1))

    def take(self, record: InputRecord) -> None:
        """Take one record: a step, or a dead letter."""
        kind = KINDS_OF_TOPICS[record.topic]
        try:
            event = self._engine.decode(record, kind)
        except DecodeError as error:
            self._bury(record, error.reason_code, error.detail)
            return
        if type(event) is ListingChanged and self._take_listing(record, event):
            return
        origin = Origin(record.topic, record.partition, record.offset)
        moment = self._engine.moment(record.timestamp_milliseconds, origin)
        key = kind.prefix + (record.key or b"")
        try:
            refusal = self.step(record.topic, record.partition, key, event, moment)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            # A mistake of ours: the record is kept with what went wrong, and others go on.
            self._bury(record, "step_failed", f"{type(error).__name__}: {error}")
            return
        if refusal is not None:
            self._bury(record, refusal, "the step refused it")

    def _take_listing(self, record: InputRecord, listing: ListingChanged) -> bool:
        """Take a change of a listing without cases, as bytes; False where it has any."""
        name = row_key(record.partition, record.key or b"")
        if name in self._after:
            return False
        rows = self._engine.listing_rows
        stored = self._bytes[name]
        version = None
        if stored is not None:
            version = rows.version(stored)
            if version is None:
                return False
        taken = take_listing(version, listing)
        if taken.refusal is not None:
            return False
        if taken.kept:
            row = rows.row(record.value or b"")
            if row is None:
                return False
            self._bytes[name] = row
            self._times[name] = record.timestamp_milliseconds
        self._count(record.topic, "no_action", taken.no_action or "")
        return True

    def _count(self, source: str, ending: str, reason: str) -> None:
        self._accounted[source, ending, reason] += 1

    def step(
        self, source: str, partition: int, key: bytes, event: Any, moment: Moment
    ) -> str | None:
        """Take one input through the step of its row; give the reason where it was refused."""
        name = row_key(partition, key)
        kind = kind_of_row(key)
        row = self._row(name, kind)
        given = kind.step(row, event, moment)
        refusal: str | None = given.refusal
        if refusal is not None:
            return refusal
        if given.state is not row:
            if kind.items_of(given.state) > kind.small_items and self._too_large(given.state):
                return kind.too_large
            self._after[name] = given.state
            self._times[name] = moment.now_milliseconds
        for output in given.outputs:
            now = moment.now_milliseconds
            self._outputs.append(self._engine.outputs.record(output, partition, now))
            self._emitted.append(TimedOutput(output, now))
        if given.no_action is not None:
            self._count(source, "no_action", given.no_action)
        else:
            self._count(source, "decision", "")
        return None

    def _row(self, name: bytes, kind: RowKind) -> Any:
        row = self._after.get(name)
        if row is not None:
            return row
        row = self._before.get(name)
        if row is None:
            value = self._bytes[name]
            row = kind.empty if value is None else self._engine.decode_row(value)
            self._before[name] = row
        return row

    def _too_large(self, row: Any) -> bool:
        return len(self._engine.encode_row(row)) > MAXIMUM_ROW_BYTES

    def _bury(self, record: InputRecord, reason_code: str, detail: str) -> None:
        self._outputs.append(self._engine.dead_letter(record, reason_code, detail))
        self._dead.append(record)
        self._count(record.topic, "dead_letter", reason_code)

    def result(self) -> Result:
        """Return what the batch led to; a row that changed twice is written once."""
        changelog = []
        changes = list(self.fired)
        for name, at in self._times.items():
            partition, key = int.from_bytes(name[:2], "big"), name[2:]
            row = self._after.get(name)
            if row is None:
                value = self._bytes[name] or b""
            else:
                value = self._engine.encode_row(row)
                changes += differences(partition, key, self._before.get(name), row)
            changelog.append(OutputRecord(CHANGELOG, partition, key, value, [], at))
            changes.append(Change(ROWS, name, value))
        return Result(
            self._outputs,
            changelog,
            changes,
            self._emitted,
            Counter({InputEnding(*each): count for each, count in self._accounted.items()}),
            self._dead,
        )
