"""What counts for and against complainants and sellers."""

from typing import Annotated, Literal, NamedTuple

from schemas.declaration import event
from schemas.events.complaints import EvidenceList
from schemas.events.parties import PartyRole
from schemas.events.private_texts import PrivateText
from schemas.fields import (
    FIRST,
    Identifier,
    Items,
    Marketplace,
    Note,
    PartyId,
    PersonReference,
    PresentTime,
    Reference,
    Statement,
    Text,
    Timestamp,
    Whole,
    Word,
)
from schemas.topic_names import CONDUCT_EVENTS

ConductKind = Literal[
    "complaint_upheld",
    "complaint_declined",
    "complaint_countered",
    "complaint_retracted",
    "strike",
    "strike_reversed",
    "complaint_restored",
    "action_upheld",
    "action_overturned",
]
"""What happened."""

ConductRole = Literal["complainant", "seller", "mark", "rule"]
"""Whose conduct it is: a party's to a case; or, of what was done without a person, that of the mark
or the rule it rested on."""


@event(CONDUCT_EVENTS, identity=("conduct_id",), owner="party", made_by=("worker",))
class ConductRecorded(NamedTuple):
    """Something that counts for or against a complainant, a seller, a mark or a rule."""

    conduct_id: Identifier
    """Hash of case, decision, party and kind; counted once."""
    party_id: PartyId
    """Whose conduct it is, or 'mark:' or 'rule:' and its id; key of the record."""
    role: ConductRole
    """Its part in the case."""
    kind: ConductKind
    """What happened; complaint_restored takes a declined or countered one back, action_upheld and
    action_overturned are what people found at a second look."""
    ground: Annotated[str, Text(256, edition=FIRST)]
    """Ground of the complaint, or of the detection."""
    manifest: bool
    """Whether the complaint was manifestly unfounded, or the listing manifestly illegal (DSA
    Article 23)."""
    case_id: Identifier
    """Case concerned; the id of its complaint."""
    listing_id: Identifier
    """Listing concerned."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    occurred_at_milliseconds: PresentTime
    """When it happened, UTC."""
    batch_id: Reference = ""
    """Request in which the complaint was filed with others; empty where it was filed alone."""


ClosureOutcome = Literal["close", "keep"]
"""Whether an account is closed."""


@event(CONDUCT_EVENTS, identity=("decision_id",), owner="party", subject="reviewer_id")
class ClosureDecided(NamedTuple):
    """A person decided on the closure of a seller's account that was proposed, or on an appeal."""

    decision_id: Identifier
    """Id of the decision, unique for ever."""
    party_id: PartyId
    """Seller concerned; key of the record."""
    outcome: ClosureOutcome
    """What was decided."""
    reason_codes: Annotated[tuple[Word, ...], Items(300, edition=FIRST, missing="reason_missing")]
    """Why, as codes; at least one."""
    reviewer_id: PartyId
    """Pseudonymous id of who decided; an appeal is not decided by who decided before."""
    decided_at_milliseconds: Timestamp
    """When it was decided, UTC."""
    explanation: Note = ""
    """The reviewer's own words, for the record; may be empty."""
    notice_exception: Word = ""
    """Why no notice is given, one of `processors/standing/closure_exceptions.yaml`; empty where it
    is."""
    closed_days: Whole = 0
    """For how many days it is closed; 0 for as many as the policy says."""
    second_reviewer_id: PersonReference | None = None
    """Who decided with the first; null for nobody."""


@event(CONDUCT_EVENTS, identity=("appeal_id",), owner="party", subject="party_id")
class SanctionAppealFiled(NamedTuple):
    """A party appealed a measure against its account (DSA Article 20(1)(b) and (c))."""

    appeal_id: Identifier
    """Id of the appeal, unique for ever."""
    party_id: PartyId
    """Party that appeals; key of the record."""
    role: PartyRole
    """In which part it was sanctioned."""
    statement: Statement
    """Explanation."""
    filed_at_milliseconds: Timestamp
    """When it was filed, UTC."""
    evidence: EvidenceList = ()
    """Documents filed in support."""
    private_statement: PrivateText | None = None
    """In place of the statement, where it is private."""


@event(CONDUCT_EVENTS, identity=("decision_id",), owner="party", subject="reviewer_id")
class SanctionAppealDecided(NamedTuple):
    """People decided on an appeal against a measure against an account."""

    decision_id: Identifier
    """Id of the decision, unique for ever."""
    appeal_id: Identifier
    """Appeal decided."""
    party_id: PartyId
    """Party that appealed; key of the record."""
    granted: bool
    """Whether the measure is lifted."""
    reason_codes: Annotated[tuple[Word, ...], Items(300, edition=FIRST, missing="reason_missing")]
    """Why, as codes; at least one."""
    reviewer_id: PartyId
    """Pseudonymous id of who decided; nobody who decided on the measure."""
    decided_at_milliseconds: Timestamp
    """When it was decided, UTC."""
    second_reviewer_id: PersonReference | None = None
    """Who decided with the first; null for nobody."""
    explanation: Note = ""
    """The reviewers' own words, for the record; may be empty."""
