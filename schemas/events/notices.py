"""What parties to a case are told."""

from typing import Literal, NamedTuple

from schemas.declaration import event
from schemas.events.parties import PartyRole
from schemas.fields import (
    Identifier,
    Label,
    Marketplace,
    Note,
    PartyId,
    PersonReference,
    Reference,
    Timestamp,
    UpTo300,
    Whole,
    Word,
)
from schemas.topic_names import NOTICES_COMMANDS

NoticeKind = Literal[
    "complaint_received",
    "decision",
    "clarification_asked",
    "counter_notice_open",
    "counter_notice_filed",
    "counter_notice_answered",
    "counter_notice_decided",
    "put_back_scheduled",
    "appeal_decided",
    "retracted",
]
"""What it is about."""


@event(
    NOTICES_COMMANDS,
    identity=("command_id",),
    owner="party",
    made_by=("worker",),
    subject="said_by",
)
class NotifyParty(NamedTuple):
    """A party to a case is to be told something (DSA Articles 16(4)-(5) and 17; DMCA 512(g)(2))."""

    command_id: Identifier
    """Hash of case, decision and kind; one message for one id."""
    party_id: PartyId
    """Party to be told; key of the record."""
    role: PartyRole
    """Its part in the case."""
    kind: NoticeKind
    """What it is about."""
    case_id: Identifier
    """Case concerned; the id of its complaint."""
    listing_id: Identifier
    """Listing concerned."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    decision_number: Whole
    """Decision told of; 0 before the first."""
    outcome: Word
    """Outcome told of; empty where there is none."""
    reason_codes: UpTo300[Word]
    """Why, as codes."""
    automated: bool
    """Whether the decision was made without a person (DSA Articles 16(6), 17(3)(c))."""
    answer_until_milliseconds: Timestamp | None
    """Until when the party may answer, UTC."""
    appeal_until_milliseconds: Timestamp | None
    """Until when the party may appeal, UTC."""
    issued_at_milliseconds: Timestamp
    """When it was issued, UTC."""
    subject_id: Reference = ""
    """Counter-notice or appeal that it is about, by which it is answered; empty for the case."""
    said_by: PersonReference = ""
    """Who objected or answered, where it tells of that."""
    statement: Note = ""
    """What was said, in that party's words; it is not for marketplaces."""
    asked_for: UpTo300[Label] = ()
    """Of what a complainant is asked: what would do, in a sentence for each reason."""
