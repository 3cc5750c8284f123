"""One batch of inputs through the steps: what is to be written, and nothing is written yet.

The engine knows neither Kafka nor the clock. The worker gives it records, due timers and registry
changes, and puts its result into one transaction; the driver does the same without a broker.
"""

from collections.abc import Sequence, Set
from typing import Any

from processors.policies.service_level import ServiceLevel
from processors.policies.service_policy import CaseLevels, ServicePolicy
from processors.restraint.action_counts import ReadCount
from processors.step import Moment, Origin, Reference
from schemas.bounds import BoundsTests, violations
from schemas.events.action_rows import ActionCount
from schemas.events.batches import VersionRecorded
from schemas.events.cases import ListingCases
from schemas.events.listings import ListingChanged
from schemas.fields import (
    DECLARED,
    EARLIEST_RECORD_MILLISECONDS,
    LATEST_RECORD_MILLISECONDS,
    NEWEST,
    PLACED,
    TIMED,
)
from schemas.topic_names import LISTINGS_EVENTS
from schemas.wire.codec import Codec, DecodeError
from schemas.wire.listing_head import ListingHead, ListingHeads
from schemas.wire.row_codec import RowCodec, RowInPieces
from schemas.wire.rows import ListingRows
from streams.kafka.dead_letters import dead_letter
from streams.kafka.output_records import OutputRecords
from streams.kafka.partitioner import partitions_of
from streams.kafka.records import InputRecord, OutputRecord
from streams.state.indexes import DueTimer
from streams.state.local_state import LocalState
from streams.state.old_rows import OldRows
from streams.state.row_cache import RowCache
from streams.state.row_keys import can_be_listing_id
from streams.state.row_kinds import LISTING, RowKind
from streams.topology import CHANGELOG, INPUTS
from streams.worker.results import RecordPlace, RegistryStimulus, Result
from streams.worker.working_set import WorkingSet


class Engine:
    """Steps over batches, on one local state and one set of global tables.

    `bounds_edition` says which bounds of fields hold; a replay names that of the time. What lies in
    another partition than its key's is buried, or forwarded to the right one. Where it
    `carries_traces`, what it writes has the trace of the record that led to it.
    """

    def __init__(
        self,
        codec: Codec,
        reference: Reference,
        service_level: ServiceLevel,
        partitions: int,
        software_version: str,
        bounds_edition: int = NEWEST,
        forwards_misplaced: bool = False,
    ) -> None:
        self._codec = codec
        self._reference = reference
        self.service_level = service_level
        self._partitions = partitions
        self.software_version = software_version
        self._edition = bounds_edition
        bounds = [each for each in (DECLARED, TIMED) if each <= bounds_edition]
        self._within_bounds = BoundsTests(*bounds) if bounds else None
        self._checks_partitions = bounds_edition >= PLACED
        self.forwards_misplaced = forwards_misplaced
        self.carries_traces = False
        self._old_rows: OldRows | None = None
        self._policy: ServicePolicy | None = None
        self.levels = CaseLevels(service_level)
        self.outputs = OutputRecords(codec, partitions)
        self._rows = RowCodec(codec, CHANGELOG)
        self._kept_rows = RowCache()
        listing_prefix = codec.prefix(LISTINGS_EVENTS, ListingChanged)
        self._heads = ListingHeads(listing_prefix)
        self.listing_rows = ListingRows(
            listing_prefix,
            codec.prefix(CHANGELOG, ListingCases),
        )

    def process(
        self,
        state: LocalState,
        records: list[InputRecord],
        timers: Sequence[DueTimer] = (),
        stimuli: Sequence[RegistryStimulus] = (),
        positions: dict[int, Origin] | None = None,
        refusal: str = "",
        unknown_schemas: Set[RecordPlace] = frozenset(),
    ) -> Result:
        """Take timers, then registry changes, then records, each in order, through the steps.

        `positions` gives for each partition the last record before this batch, which the capsules
        of timers and registry changes name. With a `refusal`, a broker's, the inputs are buried.
        So are those of `unknown_schemas`, which the registry did not know when they were taken.
        Errors: RecordWaits; the batch is to be given again without the record and those behind it.
        """
        if self._reference.service_policy is not self._policy:
            self._policy = self._reference.service_policy
            self.levels.use(self._policy)
        batch = WorkingSet(self, state, positions or {})
        inputs = batch.load(records, timers, stimuli, unknown_schemas)
        if refusal:
            return batch.refuse(timers, stimuli, inputs, refusal)
        for due in timers:
            batch.fire(due)
        for stimulus in stimuli:
            batch.look_again(stimulus)
        for each in inputs:
            if self.carries_traces:
                batch.take_traced(each)
            else:
                batch.take(each)
        return batch.result()

    def old_rows(self, state: LocalState) -> OldRows:
        """Return what tells which partitions of a state have rows to be split."""
        if self._old_rows is None:
            self._old_rows = OldRows(state)
        return self._old_rows

    def misplaced(self, records: list[InputRecord]) -> dict[int, int]:
        """Return which records, by index, lie in another partition than their key's, which is told.

        Where a listing and its complaints lie apart, they never meet.
        """
        if not self._checks_partitions:
            return {}
        keys = [record.key or b"" for record in records]
        right = partitions_of(keys, self._partitions)
        return {
            index: partition
            for index, (record, partition) in enumerate(zip(records, right, strict=True))
            if record[1] != partition and record[0] in INPUTS and record[3] is not None
        }

    def untimely(self, records: list[InputRecord]) -> list[int]:
        """Return which records, by index, have a time at which no record can be written."""
        if self._edition < TIMED:
            return []
        earliest, latest = EARLIEST_RECORD_MILLISECONDS, LATEST_RECORD_MILLISECONDS
        return [index for index, each in enumerate(records) if not earliest <= each[6] < latest]

    def decode(self, record: InputRecord, kind: RowKind) -> Any:
        """Return the event of a record. Errors: DecodeError where there is none."""
        if record.value is None or record.key is None:
            raise DecodeError("tombstone_refused", "the record has no key or no value")
        event = self._codec.decode(record.topic, record.value, record.headers_source)
        if kind.id_of(event).encode() != record.key:
            raise DecodeError("key_mismatch", f"key is {record.key!r}, not the event's own")
        if kind is LISTING and not can_be_listing_id(record.key):
            raise DecodeError("control_character", "the listing id could name another row")
        if self._within_bounds is not None and not self._within_bounds[type(event)](event):
            code, field = (violations(event, DECLARED) or violations(event, TIMED))[0]
            raise DecodeError(code, f"{field} is beyond its bound")
        return event

    def head(self, record: InputRecord) -> ListingHead | None:
        """Return the head of a listing's change; None where the whole event is to be decoded."""
        value = record.value
        head = None if value is None else self._heads.head(value)
        if head is None or head.listing_id.encode() != record.key:
            return None
        return head if can_be_listing_id(record.key) else None

    def moment(self, now_milliseconds: int, origin: Origin, count: ReadCount) -> Moment:
        """Return what a step needs besides row and event."""
        return Moment(
            now_milliseconds,
            origin,
            self._reference,
            self.service_level,
            self.software_version,
            self.levels,
            self._partitions,
            count,
            self._edition,
        )

    def encode_row(self, name: bytes, row: Any, before: RowInPieces | None) -> RowInPieces:
        """Return a row with its bytes, as they stand in the changelog and in the local state."""
        encoded = self._rows.encode(row, before)
        self._kept_rows.put(name, encoded)
        return encoded

    def read_row(self, name: bytes, value: bytes) -> RowInPieces:
        """Return the row of a name and its bytes, a listing's or a party's."""
        row = self._kept_rows.get(name, value)
        if row is None:
            row = self._rows.decode(value)
            self._kept_rows.put(name, row)
        return row

    def encode_version(self, version: VersionRecorded) -> bytes:
        """Return the bytes of the times that cases keep, as they stand among the rows."""
        return self._codec.encode(CHANGELOG, version)

    def encode_action_count(self, count: ActionCount) -> bytes:
        """Return the bytes of a count of actions."""
        return self._codec.encode(CHANGELOG, count)

    def decode_row(self, value: bytes) -> Any:
        """Return the row of its bytes, of any kind."""
        return self._codec.decode(CHANGELOG, value, None)

    def dead_letter(self, record: InputRecord, reason_code: str, detail: str) -> OutputRecord:
        """Return the dead letter of a record."""
        return dead_letter(record, reason_code, detail, self._partitions)
