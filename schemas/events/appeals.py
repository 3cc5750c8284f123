"""Appeals against decisions, and how they end."""

from typing import NamedTuple

from schemas.declaration import event
from schemas.events.parties import PartyRole
from schemas.topic_names import COUNTER_NOTICES_EVENTS, DECISIONS_EVENTS


@event(COUNTER_NOTICES_EVENTS, identity=("appeal_id",), owner="listing")
class AppealFiled(NamedTuple):
    """A party to a case appealed its decision (DSA Article 20), within 6 months of it. Fields:
    schemas/avro."""

    appeal_id: str
    case_id: str
    listing_id: str
    party_id: str
    statement: str
    filed_at_milliseconds: int
    marketplace: str = ""


@event(
    DECISIONS_EVENTS,
    identity=("appeal_id", "case_id", "decision_number"),
    owner="listing",
    made_by=("worker",),
)
class AppealDecided(NamedTuple):
    """An appeal was decided by a person who had not decided the case before. Fields:
    schemas/avro."""

    appeal_id: str
    case_id: str
    decision_number: int
    listing_id: str
    marketplace: str
    party_id: str
    role: PartyRole
    granted: bool
    reason_codes: tuple[str, ...]
    reviewer_id: str
    filed_at_milliseconds: int
    decided_at_milliseconds: int
