"""Switches by which people halt the dispatch of commands."""

from typing import NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.fields import Note, PartyId, Timestamp, Word
from schemas.topic_names import SWITCHES_STATE


@event(SWITCHES_STATE, identity=ALL_FIELDS, key="{scope}", subject="operator_id")
class DispatchSwitched(NamedTuple):
    """Somebody halted the dispatch of commands, or let it go on; the last record for a scope
    counts."""

    scope: Word
    """What it holds for: all, or marketplace:, rule:, complainant: or seller: and its id; key of
    the record."""
    halted: bool
    """Whether commands of the scope are held back."""
    reason: Note
    """Why."""
    operator_id: PartyId
    """Who switched."""
    switched_at_milliseconds: Timestamp
    """When, UTC."""
