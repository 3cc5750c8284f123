"""Switches by which people halt the dispatch of commands."""

from typing import NamedTuple


class DispatchSwitched(NamedTuple):
    """Somebody halted the dispatch of commands, or let it go on; the last record for a scope
    counts. Fields: schemas/avro."""

    scope: str
    halted: bool
    reason: str
    operator_id: str
    switched_at_milliseconds: int
