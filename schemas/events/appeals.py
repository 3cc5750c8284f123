"""Appeals against decisions, and how they end."""

from typing import NamedTuple

from schemas.declaration import event
from schemas.events.complaints import EvidenceList
from schemas.events.parties import PartyRole
from schemas.events.private_texts import PrivateText
from schemas.fields import (
    Identifier,
    Marketplace,
    MarketplaceReference,
    Note,
    PartyId,
    Statement,
    Timestamp,
    UpTo300,
    Whole,
    Word,
)
from schemas.topic_names import COUNTER_NOTICES_EVENTS, DECISIONS_EVENTS


@event(COUNTER_NOTICES_EVENTS, identity=("appeal_id",), owner="listing", subject="party_id")
class AppealFiled(NamedTuple):
    """A party to a case appealed its decision (DSA Article 20), within 6 months of it."""

    appeal_id: Identifier
    """Id of the appeal, unique for ever."""
    case_id: Identifier
    """Case concerned; the id of its complaint."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    party_id: PartyId
    """Party that appeals: complainant, rights holder or seller of the case."""
    statement: Statement
    """Explanation."""
    filed_at_milliseconds: Timestamp
    """When it was filed, UTC."""
    marketplace: MarketplaceReference = ""
    """Marketplace of the listing; empty where it is not told, and then the case says which it
    is."""
    evidence: EvidenceList = ()
    """Documents filed in support."""
    private_statement: PrivateText | None = None
    """In place of the statement, where it is private."""


@event(
    DECISIONS_EVENTS,
    identity=("appeal_id", "case_id", "decision_number"),
    owner="listing",
    made_by=("worker",),
    subject="reviewer_id",
)
class AppealDecided(NamedTuple):
    """An appeal was decided by a person who had not decided the case before."""

    appeal_id: Identifier
    """Appeal decided."""
    case_id: Identifier
    """Case concerned; the id of its complaint."""
    decision_number: Whole
    """Decision of the case that then holds."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    party_id: PartyId
    """Party that appealed."""
    role: PartyRole
    """Its part in the case."""
    granted: bool
    """Whether the decision appealed was changed in the party's favour."""
    reason_codes: UpTo300[Word]
    """Why, as codes."""
    reviewer_id: PartyId
    """Who decided."""
    filed_at_milliseconds: Timestamp
    """When the appeal was filed, UTC."""
    decided_at_milliseconds: Timestamp
    """When it was decided, UTC."""
    explanation: Note = ""
    """The reviewer's own words."""
