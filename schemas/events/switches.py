"""Switches by which people halt the dispatch of commands."""

from typing import NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.topic_names import SWITCHES_STATE


@event(SWITCHES_STATE, identity=ALL_FIELDS, key="{scope}")
class DispatchSwitched(NamedTuple):
    """Somebody halted the dispatch of commands, or let it go on; the last record for a scope
    counts. Fields: schemas/avro."""

    scope: str
    halted: bool
    reason: str
    operator_id: str
    switched_at_milliseconds: int
