"""Complaints as they are filed."""

from typing import Literal, NamedTuple

from schemas.declaration import event
from schemas.topic_names import COMPLAINTS_EVENTS

TrademarkNumberKind = Literal["application", "registration"]
"""Which of a mark's two numbers is given."""

Ground = Literal[
    "counterfeit", "trademark_infringement", "keyword_misuse", "other", "copyright_infringement"
]
"""What the complainant says is wrong."""

EvidenceKind = Literal[
    "registration_certificate",
    "letter_of_authorisation",
    "test_buy",
    "comparison",
    "photo",
    "declaration",
    "other",
]
"""What the document is."""


class Evidence(NamedTuple):
    """One document or fact filed in support of a complaint. Fields: schemas/avro."""

    evidence_id: str
    kind: EvidenceKind
    sha256: str | None


@event(COMPLAINTS_EVENTS, identity=("complaint_id",), owner="listing")
class ComplaintFiled(NamedTuple):
    """A rights holder, or its agent, filed a complaint against one listing (DSA Article 16(2);
    DMCA 512(c)(3)(A)). Fields: schemas/avro."""

    complaint_id: str
    listing_id: str
    marketplace: str
    complainant_id: str
    rights_holder_id: str
    trademark_office: str
    trademark_number: str
    trademark_number_kind: TrademarkNumberKind
    ground: Ground
    territory: str
    statement: str
    good_faith_declared: bool
    signature: str
    contact_email: str
    evidence: tuple[Evidence, ...]
    filed_at_milliseconds: int
    language: str = ""
    batch_id: str | None = None


@event(COMPLAINTS_EVENTS, identity=("clarification_id",), owner="listing")
class ClarificationProvided(NamedTuple):
    """The complainant added to a complaint what was asked for; what is null stays as it was.
    Fields: schemas/avro."""

    clarification_id: str
    case_id: str
    listing_id: str
    complainant_id: str
    statement: str | None
    good_faith_declared: bool | None
    signature: str | None
    contact_email: str | None
    trademark_office: str | None
    trademark_number: str | None
    trademark_number_kind: str | None
    territory: str | None
    evidence: tuple[Evidence, ...]
    provided_at_milliseconds: int
    marketplace: str = ""


@event(COMPLAINTS_EVENTS, identity=("retraction_id",), owner="listing")
class ComplaintRetracted(NamedTuple):
    """The complainant took a complaint back. Fields: schemas/avro."""

    retraction_id: str
    case_id: str
    listing_id: str
    complainant_id: str
    explanation: str
    retracted_at_milliseconds: int
    marketplace: str = ""
