"""The 24-hour clock of a case."""

from typing import NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.events.decisions import Outcome
from schemas.fields import Identifier, Marketplace, Seconds, Timestamp, UpTo300, Whole, Word
from schemas.topic_names import SLA_EVENTS


@event(SLA_EVENTS, identity=ALL_FIELDS, owner="listing", made_by=("worker",))
class SlaClockStarted(NamedTuple):
    """The 24-hour clock of a case was started."""

    case_id: Identifier
    """Case decided; the id of its complaint."""
    listing_id: Identifier
    """Listing complained of; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    received_at_milliseconds: Timestamp
    """When the complaint was received, UTC."""
    deadline_at_milliseconds: Timestamp
    """When the case is to be closed at the latest, UTC."""


@event(SLA_EVENTS, identity=ALL_FIELDS, owner="listing", made_by=("worker",))
class SlaWarningRaised(NamedTuple):
    """A case is still open close to its deadline."""

    case_id: Identifier
    """Case decided; the id of its complaint."""
    listing_id: Identifier
    """Listing complained of; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    received_at_milliseconds: Timestamp
    """When the complaint was received, UTC."""
    deadline_at_milliseconds: Timestamp
    """When the case is to be closed at the latest, UTC."""
    due_at_milliseconds: Timestamp
    """When the warning fell due, UTC."""
    outcome: Outcome
    """Where the case stands."""


@event(SLA_EVENTS, identity=ALL_FIELDS, owner="listing", made_by=("worker",))
class SlaBreached(NamedTuple):
    """A case is still open at its deadline."""

    case_id: Identifier
    """Case decided; the id of its complaint."""
    listing_id: Identifier
    """Listing complained of; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    received_at_milliseconds: Timestamp
    """When the complaint was received, UTC."""
    deadline_at_milliseconds: Timestamp
    """When the case is to be closed at the latest, UTC."""
    due_at_milliseconds: Timestamp
    """When the deadline fell due, UTC."""
    outcome: Outcome
    """Where the case stands."""


@event(SLA_EVENTS, identity=("case_id", "decision_number"), owner="listing", made_by=("worker",))
class CaseClosed(NamedTuple):
    """A case was closed by a decision."""

    case_id: Identifier
    """Case decided; the id of its complaint."""
    listing_id: Identifier
    """Listing complained of; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    received_at_milliseconds: Timestamp
    """When the complaint was received, UTC."""
    deadline_at_milliseconds: Timestamp
    """When the case is to be closed at the latest, UTC."""
    decision_number: Whole
    """Decision that closed the case."""
    outcome: Outcome
    """How it was closed."""
    reason_codes: UpTo300[Word]
    """Why, as codes."""
    closed_at_milliseconds: Timestamp
    """When it was closed, UTC."""
    open_seconds: Seconds
    """Seconds from receipt to closing."""
    within_deadline: bool
    """Whether it was closed by its deadline."""
    paused_seconds: Seconds = 0.0
    """Time for which the clock stood, not counted as open."""


@event(SLA_EVENTS, identity=ALL_FIELDS, owner="listing", made_by=("worker",))
class SlaClockPaused(NamedTuple):
    """The clock of a case stands while the complainant is asked for something."""

    case_id: Identifier
    """Case concerned; the id of its complaint."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    deadline_at_milliseconds: Timestamp
    """The deadline as it was, UTC."""
    answer_until_milliseconds: Timestamp
    """Until when the answer is waited for, UTC."""
    paused_at_milliseconds: Timestamp
    """When the clock was stopped, UTC."""


@event(SLA_EVENTS, identity=ALL_FIELDS, owner="listing", made_by=("worker",))
class SlaClockResumed(NamedTuple):
    """The clock of a case goes on after a pause."""

    case_id: Identifier
    """Case concerned; the id of its complaint."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    deadline_at_milliseconds: Timestamp
    """The new deadline: the old one and the pause, UTC."""
    paused_seconds: Seconds
    """How long it stood this time."""
    resumed_at_milliseconds: Timestamp
    """When it went on, UTC."""
