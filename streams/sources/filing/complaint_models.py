"""Complaints as parties file them, and what they are told."""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    WrapValidator,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from schemas.events.complaints import Ground, TrademarkNumberKind
from schemas.rights import Right, right_of
from streams.sources.filing.claims import check_claim, ground_of
from streams.sources.filing.fields import (
    Claim,
    Country,
    Email,
    EvidenceList,
    Identifier,
    Language,
    Marketplace,
    Metric,
    Request,
    Signature,
    Statement,
    TrademarkNumber,
    field_errors,
)
from streams.sources.filing.problems import FieldError
from streams.sources.filing.purchases import PurchaseRequest
from streams.sources.filing.settings import MAXIMUM_LISTINGS

OFFICE_EXAMPLES = ["EM"]


class Trademark(Request):
    """The right relied on, as its register names it."""

    office: Annotated[
        str, Field(pattern=r"^[A-Z]{2}$", description="WIPO ST.3 code.", examples=OFFICE_EXAMPLES)
    ]
    number: TrademarkNumber
    number_kind: TrademarkNumberKind


class Declarations(Request):
    """What the complainant declares."""

    good_faith: Metric = Field(
        description="The allegations are believed in good faith to be accurate and complete "
        "(DSA Article 16(2)(d); DMCA 512(c)(3)(A)(v))."
    )
    accuracy_and_authority: Metric | None = Field(
        default=None,
        description="The notice is accurate and, under penalty of perjury, the complainant may "
        "act for the owner of the right (DMCA 512(c)(3)(A)(vi)); not asked of who notifies "
        "without authority.",
    )


class Contact(Request):
    """Where the receipt and the decision go (DSA Article 16(2)(c))."""

    email: Email


class ListingReference(Request):
    """One listing complained of: its exact place (DSA Article 16(2)(b))."""

    listing_id: Identifier = Field(examples=["tb-600123"])
    marketplace: Marketplace = Field(examples=["taobao"])


MAXIMUM_ROW_ERRORS = 5


class ListingRefused(BaseModel):
    """A row that is no listing reference."""

    errors: list[FieldError]


def _or_refused(value: Any, handler: Any) -> Any:
    try:
        return handler(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return ListingRefused(errors=field_errors(found[:MAXIMUM_ROW_ERRORS]))


ListingRow = Annotated[ListingReference, WrapValidator(_or_refused)]
"""A row by itself: a bad one is refused alone."""


class ComplaintRequest(Request):
    """One complaint: one right, up to 300 listings, on one marketplace or several.

    `claim` says what the right asks for; `GET /v1/rights` lists it.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rights_holder_id": "holder-1",
                    "ground": "counterfeit",
                    "trademark": {
                        "office": "EM",
                        "number": "018229012",
                        "number_kind": "application",
                    },
                    "territory": "DE",
                    "statement": "The listing offers copies of our sports shoes under our mark.",
                    "declarations": {"good_faith": True, "accuracy_and_authority": True},
                    "signature": "Erika Mustermann",
                    "contact": {"email": "ip@brand.example"},
                    "language": "de",
                    "evidence": [],
                    "listings": [
                        {"listing_id": "tb-600123", "marketplace": "taobao"},
                        {"listing_id": "ae-1005004", "marketplace": "aliexpress"},
                    ],
                }
            ]
        }
    )

    without_authority: bool = Field(
        default=False,
        description="A notice that anybody may give, without the rights holder's leave (DSA "
        "Article 16(1)). People decide on it, and the rights holder is told where it is known.",
    )
    rights_holder_id: Identifier | None = Field(
        default=None,
        validate_default=True,
        description="Party for whom the complaint is filed; of a notice, whose right it is, where "
        "that is known.",
    )
    right: Right | None = Field(
        default=None, description="Right relied on; where it is left out, the ground tells it."
    )
    ground: Ground | None = Field(
        default=None,
        validate_default=True,
        description="May be left out of a right that has one ground only.",
    )
    trademark: Trademark | None = Field(
        default=None,
        validate_default=True,
        description="For trademarks; for other rights a mark may be left out.",
    )
    territory: Country = Field(description="Country for which the right is asserted, ISO 3166-1.")
    claim: Claim
    statement: Statement = Field(description="Substantiated explanation (DSA Article 16(2)(a)).")
    declarations: Declarations
    signature: Signature = Field(description="Name signed under the declarations.")
    contact: Contact
    language: Language = Field(default="", description="In which to answer, ISO 639-1.")
    evidence: EvidenceList
    test_purchase: PurchaseRequest | None = Field(
        default=None,
        description="Goods bought and compared. Of who is not in the fast lane this alone, with a "
        "document of it, proves without a person that goods are not genuine.",
    )
    listings: list[ListingRow] = Field(min_length=1, max_length=MAXIMUM_LISTINGS)

    @field_validator("ground", mode="after")
    @classmethod
    def _ground_of_right(cls, ground: Ground | None, info: ValidationInfo) -> Ground | None:
        # Where the right itself can't be read, that is told.
        return ground_of(info.data["right"], ground) if "right" in info.data else ground

    @field_validator("rights_holder_id", mode="after")
    @classmethod
    def _holder_named(cls, holder: str | None, info: ValidationInfo) -> str | None:
        if holder is None and not info.data.get("without_authority"):
            raise PydanticCustomError("missing", "name the party for whom it is filed")
        return holder

    @field_validator("declarations", mode="before")
    @classmethod
    def _authority_declared(cls, told: Any, info: ValidationInfo) -> Any:
        # Where it is asked for, what is left out is not declared.
        name = "accuracy_and_authority"
        asked = isinstance(told, dict) and not info.data.get("without_authority")
        return {**told, name: False} if asked and told.get(name) is None else told

    @field_validator("trademark", mode="after")
    @classmethod
    def _mark_named(cls, mark: Trademark | None, info: ValidationInfo) -> Trademark | None:
        ground = info.data.get("ground")
        if info.data.get("without_authority"):
            return mark
        if mark is None and ground is not None and right_of(ground).right == "trademark":
            raise ValueError("name the mark by its register: office, number and number_kind")
        return mark

    @field_validator("claim", mode="after")
    @classmethod
    def _claim_complete(cls, claim: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        ground = info.data.get("ground")
        if ground is not None and not info.data.get("without_authority"):
            check_claim(right_of(ground), info.data.get("territory", ""), claim)
        return claim

    @model_validator(mode="after")
    def _evidence_once(self) -> "ComplaintRequest":
        if len({each.evidence_id for each in self.evidence}) != len(self.evidence):
            raise ValueError("a document is named twice")
        return self


class RowResult(BaseModel):
    """What became of one row."""

    row: int = Field(description="Number of the row, from 0.")
    status: Literal["accepted", "rejected"]
    listing_id: str | None = None
    marketplace: str | None = None
    complaint_id: str | None = Field(default=None, description="Id of complaint and case.")
    errors: list[FieldError] = []


class BatchReceipt(BaseModel):
    """Confirmation of receipt (DSA Article 16(4)), given once the complaints are durable."""

    batch_id: str
    received_at: str = Field(description="RFC 3339, UTC.", examples=["2026-11-25T08:00:00.000Z"])
    accepted: int
    rejected: int
    results: list[RowResult]


class DecisionStatus(BaseModel):
    """A decision on a complaint."""

    decision_number: int
    outcome: str
    reason_codes: list[str]
    automated: bool = Field(description="Decided by automated means (DSA Article 16(6)).")
    decided_at: str
    asked_for: list[str] = Field(default=[], description="What would do, where it is asked for.")


class CounterNoticeStatus(BaseModel):
    """What a seller objected, by the id under which the complainant answers it."""

    counter_notice_id: str
    reason: str
    statement: str
    filed_at: str


class CounterNoticeAnswerStatus(BaseModel):
    """What the complainant answered to a seller's objection."""

    answer: str
    explanation: str
    answered_at: str


class ComplaintStatus(BaseModel):
    """A complaint's receipt and where it stands."""

    complaint_id: str
    batch_id: str | None
    listing_id: str
    marketplace: str
    rights_holder_id: str
    received_at: str
    published: bool = Field(description="Whether the pipeline has it.")
    status: Literal["received", "open", "paused", "closed", "unknown"] = Field(
        description="unknown where the case store does not answer here."
    )
    deadline_at: str | None = None
    closed_at: str | None = None
    answer_until: str | None = Field(default=None, description="Until when clarification is due.")
    counter_notice_state: str | None = None
    open_appeals: int = 0
    decisions: list[DecisionStatus] = []
    counter_notices: list[CounterNoticeStatus] = []
    counter_notice_answers: list[CounterNoticeAnswerStatus] = []


class BatchStatus(BaseModel):
    """A batch's receipt, and where each of its complaints stands."""

    receipt: BatchReceipt
    complaints: list[ComplaintStatus]
