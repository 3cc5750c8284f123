"""Complaints as they are filed."""

from typing import Annotated, Literal, NamedTuple

from schemas.declaration import event
from schemas.events.private_texts import PrivateText
from schemas.fields import (
    FIRST,
    CountryCode,
    Date,
    EmailAddress,
    Identifier,
    Items,
    LanguageCode,
    Marketplace,
    MarketplaceReference,
    OneOf,
    PartyId,
    PresentTime,
    Reference,
    Signature,
    Statement,
    Text,
    Timestamp,
    TrademarkNumber,
    Word,
)
from schemas.topic_names import COMPLAINTS_EVENTS

TrademarkNumberKind = Literal["application", "registration"]
"""Which of a mark's two numbers is given."""

Ground = Literal[
    "counterfeit",
    "trademark_infringement",
    "keyword_misuse",
    "other",
    "copyright_infringement",
    "design_infringement",
    "patent_infringement",
    "utility_model_infringement",
    "geographical_indication_infringement",
    "trade_dress_infringement",
    "parallel_import",
    "court_order",
]
"""What the complainant says is wrong; it tells the right relied on (`schemas.rights`)."""

EvidenceKind = Literal[
    "registration_certificate",
    "letter_of_authorisation",
    "test_buy",
    "comparison",
    "photo",
    "declaration",
    "other",
    "views",
    "claim_chart",
    "evaluation_report",
    "invoice",
    "court_document",
    "identity_document",
    "reputation",
]
"""What the document is."""


class Evidence(NamedTuple):
    """One document or fact filed in support of a complaint."""

    evidence_id: Reference
    """Id of the stored document."""
    kind: EvidenceKind
    """What the document is."""
    sha256: Word | None
    """SHA-256 of the document's bytes, 64 hexadecimal digits."""


ParticularText = Annotated[str, Text(2_000, personal="text")]
PurchaseFeature = Annotated[str, Text(2_000, personal="text")]


class Particular(NamedTuple):
    """What a complaint says of one element that its right asks for."""

    name: Word
    """Name of the element, as `schemas/rights.yaml` has it."""
    text: ParticularText
    """What is said."""
    private_text: PrivateText | None = None
    """In place of what is said, where that is private."""


class Purchase(NamedTuple):
    """Goods ordered from a listing to see what is sent, and what was found."""

    order_id: Annotated[str, Text(500, "line", "text", filed_characters=100)]
    """Number of the order at the marketplace."""
    ordered_on: Date
    """Day on which they were ordered."""
    received_on: Date
    """Day on which they came."""
    features: Annotated[tuple[PurchaseFeature, ...], Items(50, filed_items=20)]
    """Features found by which they are told from genuine goods."""
    comparison: ParticularText = ""
    """How they differ from genuine ones, feature by feature; may be empty."""
    private_order_id: PrivateText | None = None
    """In place of the order's number."""
    private_features: PrivateText | None = None
    """In place of the features, a line for each."""
    private_comparison: PrivateText | None = None
    """In place of the comparison."""


NumberKindWord = Annotated[str, OneOf(("application", "registration"), "invalid_number_kind")]
Particulars = Annotated[tuple[Particular, ...], Items(50, filed_items=10)]
EvidenceList = Annotated[tuple[Evidence, ...], Items(300, filed_items=20, edition=FIRST)]


@event(COMPLAINTS_EVENTS, identity=("complaint_id",), owner="listing", subject="complainant_id")
class ComplaintFiled(NamedTuple):
    """A rights holder, or its agent, filed a complaint against one listing (DSA Article 16(2);
    DMCA 512(c)(3)(A))."""

    complaint_id: Identifier
    """Id of the complaint, unique for ever; also the id of the case."""
    listing_id: Identifier
    """Listing complained of; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace that shows the listing."""
    complainant_id: PartyId
    """Party id of who files: the rights holder or an agent."""
    rights_holder_id: PartyId
    """Party id of the rights holder for whom the complaint is filed."""
    trademark_office: Annotated[str, Text(256, "line")]
    """WIPO ST.3 code of the office whose register is relied on, such as US or EM."""
    trademark_number: TrademarkNumber
    """Application or registration number in that register."""
    trademark_number_kind: TrademarkNumberKind
    """Which of the mark's two numbers is given."""
    ground: Ground
    """What the complainant says is wrong with the listing."""
    territory: CountryCode
    """ISO 3166-1 alpha-2 code of the country for which the right is asserted."""
    statement: Statement
    """Substantiated explanation (DSA Article 16(2)(a))."""
    good_faith_declared: bool
    """Whether the bona fide statement was made (DSA Article 16(2)(d))."""
    signature: Signature
    """Name signed under the declarations; empty when unsigned."""
    contact_email: EmailAddress
    """Address for the receipt and the decision (DSA Article 16(2)(c))."""
    evidence: EvidenceList
    """Documents filed in support."""
    filed_at_milliseconds: PresentTime
    """When the complaint was filed, as the filer's system says, UTC; the clock runs from its
    receipt."""
    language: LanguageCode = ""
    """ISO 639-1 code of the language in which the complainant is answered; empty when unknown."""
    batch_id: Reference | None = None
    """Request in which it was filed with others, if any."""
    particulars: Particulars = ()
    """What the right asks for beside the statement."""
    without_authority: bool = False
    """Whether it is a notice that anybody may give, without leave of the rights holder (DSA Article
    16(1)); the rights holder is the complainant itself where none is named."""
    test_purchase: Purchase | None = None
    """Goods bought from the listing and compared, if any were."""
    private_statement: PrivateText | None = None
    """In place of the statement, where it is private."""
    private_signature: PrivateText | None = None
    """In place of the signature."""
    private_contact_email: PrivateText | None = None
    """In place of the address."""


@event(COMPLAINTS_EVENTS, identity=("clarification_id",), owner="listing", subject="complainant_id")
class ClarificationProvided(NamedTuple):
    """The complainant added to a complaint what was asked for; what is null stays as it was."""

    clarification_id: Identifier
    """Id of the clarification, unique for ever."""
    case_id: Identifier
    """Case concerned; the id of its complaint."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    complainant_id: PartyId
    """Party id of the complainant."""
    statement: Statement | None
    """Substantiated explanation, in place of the former."""
    good_faith_declared: bool | None
    """Whether the bona fide statement is made."""
    signature: Signature | None
    """Name signed under the declarations."""
    contact_email: EmailAddress | None
    """Address for receipt and decision."""
    trademark_office: Annotated[str, Text(2_000, "line", edition=FIRST)] | None
    """WIPO ST.3 code of the office."""
    trademark_number: TrademarkNumber | None
    """Number in that register."""
    trademark_number_kind: NumberKindWord | None
    """application or registration."""
    territory: Annotated[str, Text(2_000, edition=FIRST)] | None
    """ISO 3166-1 alpha-2 code of the country."""
    evidence: EvidenceList
    """Documents added to those filed."""
    provided_at_milliseconds: Timestamp
    """When it was provided, UTC."""
    marketplace: MarketplaceReference = ""
    """Marketplace of the listing; empty where it is not told, and then the case says which it
    is."""
    particulars: Particulars = ()
    """What the right asks for, in place of what was said of the same elements."""
    test_purchase: Purchase | None = None
    """Goods bought from the listing and compared, in place of what was said of them."""
    private_statement: PrivateText | None = None
    """In place of the statement, where it is private."""
    private_signature: PrivateText | None = None
    """In place of the signature."""
    private_contact_email: PrivateText | None = None
    """In place of the address."""


@event(COMPLAINTS_EVENTS, identity=("retraction_id",), owner="listing", subject="complainant_id")
class ComplaintRetracted(NamedTuple):
    """The complainant took a complaint back."""

    retraction_id: Identifier
    """Id of the retraction, unique for ever."""
    case_id: Identifier
    """Case concerned; the id of its complaint."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    complainant_id: PartyId
    """Party id of the complainant."""
    explanation: Statement
    """Why, in the complainant's words; may be empty."""
    retracted_at_milliseconds: Timestamp
    """When it was retracted, UTC."""
    marketplace: MarketplaceReference = ""
    """Marketplace of the listing; empty where it is not told, and then the case says which it
    is."""
    private_explanation: PrivateText | None = None
    """In place of the explanation, where it is private."""
