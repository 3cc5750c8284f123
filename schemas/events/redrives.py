"""Dead letters that were sent again."""

from typing import NamedTuple

from schemas.declaration import event
from schemas.fields import Label, Long, Note, PartyId, Timestamp, Whole, Word
from schemas.topic_names import REDRIVES_EVENTS


@event(
    REDRIVES_EVENTS,
    identity=("letter_partition", "letter_offset"),
    key="{letter_partition}:{letter_offset}",
    subject="redriven_by",
)
class DeadLetterRedriven(NamedTuple):
    """A dead letter went to its topic again, in the transaction that wrote this; once for each."""

    letter_partition: Whole
    """Partition of the dead letter."""
    letter_offset: Long
    """Its offset."""
    topic: Label
    """Topic to which it went, from which it had come."""
    reason_code: Word
    """Why it had been buried."""
    mended: bool
    """Whether it went as a person had mended it, and not as it came."""
    value_sha256: Word
    """SHA-256 of the value that was sent, hexadecimal."""
    why: Note
    """Why it was sent again, for the record."""
    redriven_by: PartyId
    """Who sent it again."""
    redriven_at_milliseconds: Timestamp
    """When, UTC."""
