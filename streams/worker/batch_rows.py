"""The rows that a batch touches: as first read, as they are now, and what is written of them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from processors.cases.listing_cases import take_listing, take_valid_listing
from processors.cases.row import find_case, split_by_marketplace
from processors.identifiers import reference_of
from processors.registers.references import formed_reference
from schemas.events.cases import ListingCases
from schemas.events.listings import ListingChanged
from schemas.record import maker
from schemas.wire.listing_head import ListingHead
from schemas.wire.row_codec import RowInPieces
from streams.kafka.records import InputRecord, OutputRecord
from streams.state.indexes import differences, row_key
from streams.state.local_state import PREFIX_BYTES, ROWS, Change, LocalState
from streams.state.old_rows import removal, tombstone
from streams.state.row_keys import listing_key
from streams.state.row_kinds import LISTING, RowKind
from streams.topology import CHANGELOG
from streams.worker.level_rows import LevelRows
from streams.worker.row_names import RowNames
from streams.worker.workshop import Workshop

MAXIMUM_ROW_BYTES = 1_000_000

_output_record = maker(OutputRecord)
_change = maker(Change)


class ChangedRow(NamedTuple):
    """A row after a step with its bytes, and what brings the indexes from what was first read to
    what it is now. It is not kept yet."""

    row: RowInPieces
    indexed: list[Change]


class BatchRows:
    """The rows of one batch by name, which is the partition and the row's key."""

    def __init__(self, engine: Workshop, state: LocalState) -> None:
        self._engine = engine
        self._state = state
        self._names = RowNames(state, engine.old_rows(state))
        self._levels = LevelRows(engine, state)
        self._bytes: dict[bytes, bytes | None] = {}
        self._before: dict[bytes, Any] = {}
        self._in_pieces: dict[bytes, RowInPieces] = {}
        self._came: dict[bytes, RowInPieces] = {}
        """By row the last change of its listing, with its bytes as they came."""
        self._after: dict[bytes, ChangedRow] = {}
        self._times: dict[bytes, int] = {}
        self._split: dict[bytes, Any] = {}

    def want(self, name: bytes) -> None:
        """Note that an input belongs to a row, or to one of those under its listing id."""
        self._names.want(name)

    def read(self) -> None:
        """Read all rows wanted in one go."""
        wanted = self._names.wanted()
        self._bytes = dict(zip(wanted, self._state.get_many(ROWS, wanted), strict=True))

    def old(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield the rows that don't tell marketplaces apart: they are to be split first."""
        return self._names.old()

    def split(self, name: bytes, value: bytes, at_milliseconds: int) -> None:
        """Put the rows of its marketplaces in place of a row that does not tell them apart."""
        row: ListingCases = self._engine.decode_row(value)
        self._split[name] = row
        self._times[name] = at_milliseconds
        for marketplace, part in split_by_marketplace(row).items():
            partition = int.from_bytes(name[:PREFIX_BYTES], "big")
            key = listing_key(name[PREFIX_BYTES:], marketplace)
            new = row_key(partition, key)
            self._bytes[new] = None
            encoded = self._engine.encode_row(new, part, None)
            indexed = list(differences(partition, key, None, part))
            self.keep(new, ChangedRow(encoded, indexed), at_milliseconds)
            self._names.add(new)

    def row(self, name: bytes, kind: RowKind) -> Any:
        """Return a row as it is now. Errors: StateCorrupted."""
        after = self._after.get(name)
        if after is not None:
            return after.row.row
        row = self._before.get(name)
        if row is None:
            value = self._bytes.get(name)
            if value is None:
                row = kind.empty
            else:
                self._in_pieces[name] = self._engine.read_row(name, value)
                row = self._in_pieces[name].row
            if isinstance(row, ListingCases) and row.cases:
                self._levels.learn(name[:PREFIX_BYTES], row)
            self._before[name] = row
        return row

    def rows_of_case(self, name: bytes, case_id: str) -> list[bytes]:
        """Return the rows under a bare listing id that have a case; none where nobody has it."""
        return [n for n in self._names.under(name) if find_case(self.row(n, LISTING), case_id)]

    def relying(self, name: bytes, registry_reference: str) -> list[bytes]:
        """Return the rows under a bare listing id with a case that relies on a registry entry."""
        reference = formed_reference(registry_reference)
        return [
            each
            for each in self._names.under(name)
            if any(
                reference_of(case.complaint) == reference for case in self.row(each, LISTING).cases
            )
        ]

    def came(self, name: bytes, listing: RowInPieces) -> None:
        """Note a change of a row's listing with its bytes, which the row takes as they are."""
        self._came[name] = listing

    def changed(self, name: bytes, row: Any) -> ChangedRow | None:
        """Return a row with its bytes and indexes; None where it is too large to be kept."""
        encoded = self._engine.encode_row(name, row, self._pieces(name, row))
        if len(encoded.value) > MAXIMUM_ROW_BYTES:
            return None
        partition, key = int.from_bytes(name[:PREFIX_BYTES], "big"), name[PREFIX_BYTES:]
        return ChangedRow(encoded, list(differences(partition, key, self._before.get(name), row)))

    def keep(self, name: bytes, changed: ChangedRow, at_milliseconds: int) -> None:
        """Keep a row as it is after a step."""
        self._after[name] = changed
        self._times[name] = at_milliseconds

    def take_as_bytes(
        self, record: InputRecord, name: bytes, listing: ListingHead | ListingChanged
    ) -> str | None:
        """Take a change of a listing without cases, as bytes; return why nothing is done. None
        where it has any, and where it leaves or comes back: it takes a step.

        What a head was read of is valid.
        """
        if listing.status == "removed" or name in self._after or name not in self._bytes:
            return None
        rows = self._engine.listing_rows
        stored = self._bytes[name]
        version = None
        if stored is not None:
            version = rows.version(stored)
            if version is None:
                return None
        if isinstance(listing, ListingHead):
            taken = take_valid_listing(version, listing.version)
        else:
            taken = take_listing(version, listing)
        if taken.refusal is not None:
            return None
        if taken.kept:
            row = rows.row(record.value or b"")
            if row is None or len(row) > MAXIMUM_ROW_BYTES:
                return None
            self._bytes[name] = row
            self._times[name] = record.timestamp_milliseconds
        return taken.no_action or ""

    def changes(self, changes: list[Change]) -> list[OutputRecord]:
        """Return what is written to the changelog, once for each row that changed, and add what
        changes in the state."""
        changelog = []
        after = self._after.get
        for name, at in self._times.items():
            if name in self._split:
                changelog.append(tombstone(name, at))
                changes += removal(name, self._split[name])
                continue
            partition, key = int.from_bytes(name[:PREFIX_BYTES], "big"), name[PREFIX_BYTES:]
            changed = after(name)
            if changed is None:
                value = self._bytes[name] or b""
            else:
                value = changed.row.value
                changes += changed.indexed
                if changed.row.row == LISTING.empty:
                    changelog.append(tombstone(name, at))
                    changes.append(_change(ROWS, name, None))
                    continue
            changelog.append(_output_record(CHANGELOG, partition, key, value, [], at))
            changes.append(_change(ROWS, name, value))
        return changelog

    def new_levels(self) -> list[tuple[bytes, bytes, int]]:
        """Return the rows of times that cases keep and that are not there yet: name, bytes and
        time."""
        rows = ((name, each.row.row, self._times[name]) for name, each in self._after.items())
        return self._levels.changes(rows)

    def _pieces(self, name: bytes, row: Any) -> RowInPieces | None:
        """Return the bytes of what stands in a row as it did before the step, or came in it."""
        after, came = self._after.get(name), self._came.get(name)
        known = self._in_pieces.get(name) if after is None else after.row
        if came is None or came.row is not row.listing:
            return known
        pieces = {id(came.row): came.value}
        return RowInPieces(row, b"", pieces if known is None else {**known.pieces, **pieces})
