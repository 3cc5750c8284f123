"""Switches by which people halt the dispatch of commands."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class DispatchSwitched(NamedTuple):
    """Somebody halted the dispatch of commands, or let it go on; the last record for a scope
    counts. Fields: schemas/avro."""

    scope: str
    halted: bool
    reason: str
    operator_id: str
    switched_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "DispatchSwitched":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["scope"],
            datum["halted"],
            datum["reason"],
            datum["operator_id"],
            datum["switched_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
