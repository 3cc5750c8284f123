"""What a batch is worked on with."""

from typing import Any, Protocol

from processors.policies.service_level import ServiceLevel
from processors.policies.service_policy import CaseLevels
from processors.restraint.action_counts import ReadCount
from processors.step import Moment, Origin
from schemas.events.action_rows import ActionCount
from schemas.events.batches import VersionRecorded
from schemas.wire.listing_head import ListingHead
from schemas.wire.row_codec import RowInPieces
from schemas.wire.rows import ListingRows
from streams.kafka.output_records import OutputRecords
from streams.kafka.records import InputRecord, OutputRecord
from streams.state.local_state import LocalState
from streams.state.old_rows import OldRows
from streams.state.row_kinds import RowKind


class Workshop(Protocol):
    """What a batch is worked on with: the engine's codec, tables and times."""

    service_level: ServiceLevel
    outputs: OutputRecords
    listing_rows: ListingRows
    levels: CaseLevels
    forwards_misplaced: bool

    def misplaced(self, records: list[InputRecord]) -> dict[int, int]:
        """Return which records, by index, lie in another partition than their key's, which is
        told."""

    def untimely(self, records: list[InputRecord]) -> list[int]:
        """Return which records, by index, have a time at which no record can be written."""

    def old_rows(self, state: LocalState) -> OldRows:
        """Return what tells which partitions of a state have rows to be split."""

    def decode(self, record: InputRecord, kind: RowKind) -> Any:
        """Return the event of a record. Errors: DecodeError where there is none."""

    def head(self, record: InputRecord) -> ListingHead | None:
        """Return the head of a listing's change; None where the whole event is to be decoded."""

    def moment(self, now_milliseconds: int, origin: Origin, count: ReadCount) -> Moment:
        """Return what a step needs besides row and event."""

    def encode_row(self, name: bytes, row: Any, before: RowInPieces | None) -> RowInPieces:
        """Return a row with its bytes."""

    def read_row(self, name: bytes, value: bytes) -> RowInPieces:
        """Return the row of a name and its bytes."""

    def encode_version(self, version: VersionRecorded) -> bytes:
        """Return the bytes of the times that cases keep."""

    def encode_action_count(self, count: ActionCount) -> bytes:
        """Return the bytes of a count of actions."""

    def decode_row(self, value: bytes) -> Any:
        """Return the row of its bytes, of any kind."""

    def dead_letter(self, record: InputRecord, reason_code: str, detail: str) -> OutputRecord:
        """Return the dead letter of a record."""
