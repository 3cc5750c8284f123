"""What parties and marketplaces say about a case, and the receipt for it."""

from typing import Annotated

from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from processors.cases.counter_notices import ACTIONS
from schemas.events.acknowledgements import AcknowledgementResult
from schemas.events.counter_notices import CounterNoticeAnswer, CounterNoticeReason
from streams.sources.filing.complaint_models import Trademark
from streams.sources.filing.fields import (
    Claim,
    Country,
    Day,
    Email,
    EvidenceList,
    EvidenceReference,
    Explanation,
    Identifier,
    Line,
    Metric,
    Request,
    Signature,
    Statement,
)
from streams.sources.filing.purchases import PurchaseRequest


class ClarificationRequest(Request):
    """What was asked for; what is left out stays as it was."""

    statement: Statement | None = None
    good_faith: Metric | None = None
    signature: Signature | None = None
    contact_email: Email | None = None
    trademark: Trademark | None = None
    territory: Country | None = None
    evidence: EvidenceList
    claim: Claim
    test_purchase: PurchaseRequest | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "ClarificationRequest":
        if not any(value for _, value in self):
            raise ValueError("nothing is added")
        return self


class RetractionRequest(Request):
    """A complaint taken back."""

    explanation: Explanation = ""


class SellerDeclarations(Request):
    """What the seller declares; a complaint about copyright asks for both (DMCA 512(g)(3))."""

    perjury: bool = Field(
        default=False,
        description="Under penalty of perjury, the removal was a mistake or misidentification.",
    )
    jurisdiction: bool = Field(
        default=False, description="The seller consents to the jurisdiction of a court."
    )


class CounterNoticeRequest(Request):
    """A seller's objection to a takedown."""

    reason: CounterNoticeReason
    statement: Statement
    declarations: SellerDeclarations = SellerDeclarations()
    signature: Signature
    evidence: EvidenceList


class ProceedingsTold(Request):
    """An action that the complainant has brought."""

    authority: Line = Field(
        min_length=1, max_length=200, description="Court or authority.", examples=["LG Hamburg"]
    )
    docket: Line = Field(min_length=1, max_length=100, examples=["310 O 12/26"])
    brought_on: Day


class CounterNoticeAnswerRequest(Request):
    """A complainant's answer to a counter-notice."""

    answer: CounterNoticeAnswer = Field(
        description="accept puts the listing back; court_action keeps it down, and by the law of "
        "some countries authority_complaint; reject where people decide."
    )
    explanation: Explanation = ""
    proceedings: ProceedingsTold | None = Field(
        default=None, validate_default=True, description="Asked for with an action."
    )
    evidence: Annotated[EvidenceList, Field(validate_default=True)]

    @field_validator("proceedings", mode="after")
    @classmethod
    def _action_named(
        cls, told: ProceedingsTold | None, info: ValidationInfo
    ) -> ProceedingsTold | None:
        if told is None and info.data.get("answer") in ACTIONS:
            raise ValueError("name the court or authority, the number and the day of the action")
        return told

    @field_validator("evidence", mode="after")
    @classmethod
    def _action_shown(
        cls, evidence: list[EvidenceReference], info: ValidationInfo
    ) -> list[EvidenceReference]:
        if not evidence and info.data.get("answer") in ACTIONS:
            raise ValueError("file a document that shows the action")
        return evidence


class AppealRequest(Request):
    """An appeal against a decision (DSA Article 20)."""

    statement: Statement
    evidence: EvidenceList


class AcknowledgementRequest(Request):
    """What a marketplace did about a command."""

    command_id: Identifier
    case_id: Identifier
    listing_id: Identifier
    result: AcknowledgementResult
    detail: Explanation = ""


class SurveyRequest(Request):
    """How satisfied a party was with a case."""

    case_id: Identifier
    score: Annotated[int, Field(ge=1, le=5, description="1, not at all satisfied, to 5, very.")]


class InquiryRequest(Request):
    """A question to the team."""

    question: Annotated[Statement, Field(max_length=5_000)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1 code.")]
    case_id: Identifier | None = None
    country: Country | None = Field(
        default=None, description="Whose business days count; weekends only where left out."
    )


class Receipt(BaseModel):
    """Confirmation that something was received, given once it is durable."""

    filing_id: str = Field(description="Id of what was filed: of the counter-notice, and so on.")
    case_id: str | None
    received_at: str = Field(description="RFC 3339, UTC.", examples=["2026-11-25T08:00:00.000Z"])
    answer_until: str | None = Field(default=None, description="When an inquiry is answered.")


class EvidenceReceipt(BaseModel):
    """Confirmation that a document is kept."""

    evidence_id: str
    sha256: str = Field(description="SHA-256 of the bytes as received, hexadecimal.")
    size_bytes: int
    media_type: str = Field(description="As the bytes say.")
    expires_at: str = Field(description="When it is removed unless a filing names it, RFC 3339.")
