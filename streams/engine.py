"""One batch of inputs through the steps: what is to be written, and nothing is written yet.

The engine knows neither Kafka nor the clock. The worker gives it records, due timers and registry
changes, and puts its result into one transaction; the driver does the same without a broker.
"""

from collections import Counter
from collections.abc import Iterable

from processors.listing_cases import EMPTY, step, take_listing
from processors.service_level import ServiceLevel
from processors.step import Input, Moment, Origin, Output, Reference, RegistryChanged, Step
from schemas.cases import ListingCases
from schemas.codec import Codec, DecodeError
from schemas.listings import ListingChanged
from schemas.rows import ListingRows
from streams.dead_letters import dead_letter
from streams.indexes import DueTimer, differences, row_key, timer_key
from streams.records import InputRecord, OutputRecord
from streams.results import Accounted, Emitted, RegistryStimulus, Result
from streams.state import ROWS, TIMERS, Change, LocalState
from streams.topology import CHANGELOG, OUTPUTS

MAXIMUM_ROW_BYTES = 1_000_000
SMALL_CASES = 20
"""So many cases, each of a valid complaint, always fit a row."""


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
        self._service_level = service_level
        self._partitions = partitions
        self._software_version = software_version
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
            batch.step("timer", due.partition, due.listing_id.encode(), due.timer, moment)
        for stimulus in stimuli:
            moment = self.moment(stimulus.at_milliseconds, batch.origin(stimulus.partition))
            change = RegistryChanged(stimulus.registry_reference)
            key = stimulus.listing_id.encode()
            batch.step("registry_change", stimulus.partition, key, change, moment)
        for record in records:
            batch.take(record)
        return batch.result()

    def decode(self, record: InputRecord) -> Input:
        """Give the event of a record. Errors: DecodeError where there is none."""
        if record.value is None or record.key is None:
            raise DecodeError("tombstone_refused", "the record has no key or no value")
        event: Input = self._codec.decode(record.topic, record.value, record.headers_source)
        if event.listing_id.encode() != record.key:  # type: ignore[union-attr]
            raise DecodeError("key_mismatch", f"key is {record.key!r}, not the listing id")
        return event

    def moment(self, now_milliseconds: int, origin: Origin) -> Moment:
        """Give what a step needs besides row and event."""
        return Moment(
            now_milliseconds, origin, self._reference, self._service_level, self._software_version
        )

    def encode_row(self, row: ListingCases) -> bytes:
        """Give the bytes of a row, as they stand in the changelog and in the local state."""
        return self._codec.encode(CHANGELOG, row)

    def decode_row(self, value: bytes) -> ListingCases:
        """Give the row of its bytes."""
        row: ListingCases = self._codec.decode(CHANGELOG, value, None)
        return row

    def output_record(self, event: Output, partition: int, now_milliseconds: int) -> OutputRecord:
        """Give the record of an output: in the same partition number as its input."""
        topic = OUTPUTS[type(event).__name__]
        return OutputRecord(
            topic,
            partition,
            event.listing_id.encode(),
            self._codec.encode(topic, event),
            self._codec.headers(event, event.listing_id, now_milliseconds),
            now_milliseconds,
        )

    def dead_letter(self, record: InputRecord, reason_code: str, detail: str) -> OutputRecord:
        """Give the dead letter of a record."""
        return dead_letter(record, reason_code, detail, self._partitions)


class _Batch:
    """The working set of one batch: rows by key, as first read and as they are now."""

    def __init__(self, engine: Engine, state: LocalState, positions: dict[int, Origin]) -> None:
        self._engine = engine
        self._state = state
        self._positions = positions
        self._bytes: dict[bytes, bytes | None] = {}
        self._before: dict[bytes, ListingCases] = {}
        self._after: dict[bytes, ListingCases] = {}
        self._times: dict[bytes, int] = {}
        self._outputs: list[OutputRecord] = []
        self._emitted: list[Emitted] = []
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
        keys = {row_key(r.partition, r.key) for r in records if r.key is not None}
        keys.update(row_key(t.partition, t.listing_id.encode()) for t in timers)
        keys.update(row_key(s.partition, s.listing_id.encode()) for s in stimuli)
        wanted = list(keys)
        self._bytes = dict(zip(wanted, self._state.get_many(ROWS, wanted), strict=True))

    def origin(self, partition: int) -> Origin:
        """Give the last record of a partition before this batch."""
        return self._positions.get(partition, Origin("", partition, -1))

    def take(self, record: InputRecord) -> None:
        """Take one record: a step, or a dead letter."""
        try:
            event = self._engine.decode(record)
        except DecodeError as error:
            self._bury(record, error.reason_code, error.detail)
            return
        if type(event) is ListingChanged and self._take_listing(record, event):
            return
        origin = Origin(record.topic, record.partition, record.offset)
        moment = self._engine.moment(record.timestamp_milliseconds, origin)
        key = record.key or b""
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
        self, source: str, partition: int, key: bytes, event: Input, moment: Moment
    ) -> str | None:
        """Take one input through its step; give the reason where it was refused."""
        name = row_key(partition, key)
        row = self._row(name)
        given = step(row, event, moment)
        if given.refusal is not None:
            return given.refusal
        if given.state is not row:
            if len(given.state.cases) > SMALL_CASES and self._too_large(given):
                return "too_many_cases_for_listing"
            self._after[name] = given.state
            self._times[name] = moment.now_milliseconds
        for output in given.outputs:
            now = moment.now_milliseconds
            self._outputs.append(self._engine.output_record(output, partition, now))
            self._emitted.append(Emitted(output, now))
        if given.no_action is not None:
            self._count(source, "no_action", given.no_action)
        else:
            self._count(source, "decision", "")
        return None

    def _row(self, name: bytes) -> ListingCases:
        row = self._after.get(name)
        if row is not None:
            return row
        row = self._before.get(name)
        if row is None:
            value = self._bytes[name]
            row = EMPTY if value is None else self._engine.decode_row(value)
            self._before[name] = row
        return row

    def _too_large(self, given: Step) -> bool:
        return len(self._engine.encode_row(given.state)) > MAXIMUM_ROW_BYTES

    def _bury(self, record: InputRecord, reason_code: str, detail: str) -> None:
        self._outputs.append(self._engine.dead_letter(record, reason_code, detail))
        self._dead.append(record)
        self._count(record.topic, "dead_letter", reason_code)

    def result(self) -> Result:
        """Give what the batch led to; a row that changed twice is written once."""
        changelog = []
        changes = list(self.fired)
        for name, at in self._times.items():
            partition, key = int.from_bytes(name[:2], "big"), name[2:]
            row = self._after.get(name)
            if row is None:
                value = self._bytes[name] or b""
            else:
                value = self._engine.encode_row(row)
                changes += differences(partition, key.decode(), self._before.get(name), row)
            changelog.append(OutputRecord(CHANGELOG, partition, key, value, [], at))
            changes.append(Change(ROWS, name, value))
        return Result(
            self._outputs,
            changelog,
            changes,
            self._emitted,
            Counter({Accounted(*each): count for each, count in self._accounted.items()}),
            self._dead,
        )
