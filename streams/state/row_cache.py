"""Rows as decoded, kept from batch to batch: what is read again needs no decoding again.

A kept row counts only where its bytes are those that the state holds, so a transaction that was
aborted, a restore, or another writer can't make it stale.
"""

from typing import Final

from schemas.wire.row_codec import RowInPieces

MAXIMUM_BYTES: Final = 16 << 20
"""Of encoded rows. As objects, with their bytes, they take about eight times as much memory."""


class RowCache:
    """Rows by name; of those used longest ago about half go when it is full."""

    def __init__(self, maximum_bytes: int = MAXIMUM_BYTES) -> None:
        self._half_bytes = maximum_bytes // 2
        self._recent: dict[bytes, RowInPieces] = {}
        self._older: dict[bytes, RowInPieces] = {}
        self._recent_bytes = 0

    def get(self, name: bytes, value: bytes) -> RowInPieces | None:
        """Return the row of a name if it is kept and has these bytes."""
        kept = self._recent.get(name)
        if kept is None:
            kept = self._older.pop(name, None)
            if kept is None or kept.value != value:
                return None
            self.put(name, kept)
            return kept
        return kept if kept.value == value else None

    def put(self, name: bytes, row: RowInPieces) -> None:
        """Keep a row in place of any other of its name."""
        before = self._recent.get(name)
        self._recent[name] = row
        self._recent_bytes += len(row.value) - (0 if before is None else len(before.value))
        if self._recent_bytes > self._half_bytes:
            self._older, self._recent = self._recent, {}
            self._recent_bytes = 0
