"""Questions to the review team, and its answers."""

from typing import Annotated, Literal, NamedTuple

from schemas.declaration import event
from schemas.fields import (
    FIRST,
    CountryCode,
    Date,
    Euros,
    Few,
    Identifier,
    Items,
    Label,
    LanguageCode,
    Long,
    Many,
    Marketplace,
    MarketplaceReference,
    MarkText,
    NiceClass,
    Note,
    OwnerName,
    PartyId,
    PersonReference,
    Reference,
    Text,
    Timestamp,
    Title,
    TrademarkKey,
    Unknown,
    UpTo300,
    Url,
    Whole,
    Word,
)
from schemas.topic_names import REVIEWS_COMMANDS, REVIEWS_EVENTS

ReviewOutcome = Literal["take_down", "decline", "ask_for_clarification", "reinstate"]
"""What the reviewer decided."""

ReviewKind = Literal["complaint", "counter_notice", "appeal", "registry_change", "second_look"]
"""What is to be decided; second_look what was decided already, by one who is not told how."""


class ReviewedListing(NamedTuple):
    """The listing as it was when a person was asked."""

    version: Long
    """Count kept by the marketplace."""
    status: Word
    """Whether buyers could see it: active, suspended or removed."""
    title: Title
    """Title as shown to buyers."""
    brand: Label | None
    """Brand that the seller states, if any."""
    category: Label
    """Marketplace's category path."""
    nice_classes: Few[NiceClass]
    """Nice classes that the category maps to; empty when unknown."""
    territories: Few[CountryCode]
    """Countries to which it is offered; empty when unknown."""
    url: Url
    """Exact address."""
    changed_at_milliseconds: Timestamp
    """When the marketplace made it so, UTC."""
    listed_at_milliseconds: Timestamp | None
    """When it first appeared, UTC; null where the marketplace does not tell."""


class ReviewedMark(NamedTuple):
    """The mark relied on as its register had it last when a person was asked."""

    mark_text: MarkText | None
    """The mark's words; null for a mark without words."""
    feature: Word
    """How it is represented: word, figurative and so on."""
    status: Word
    """Legal status."""
    owners: Many[OwnerName]
    """Names of present owners."""
    nice_classes: Many[NiceClass]
    """Classes still active."""
    territories: Many[CountryCode]
    """Countries in which it has effect."""
    registration_date: Date | None
    """Day of registration, ISO 8601."""
    expiry_date: Date | None
    """Last day of protection, if the register gives one, ISO 8601."""


@event(REVIEWS_COMMANDS, identity=("command_id",), owner="listing", made_by=("worker",))
class ReviewComplaint(NamedTuple):
    """The review team is asked to decide a case."""

    command_id: Identifier
    """SHA-256 of case id and decision number, first 32 hexadecimal digits; one effect for one
    id."""
    case_id: Identifier
    """Case decided; the id of its complaint."""
    decision_number: Whole
    """Decision that the command carries out."""
    listing_id: Identifier
    """Listing complained of; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    complainant_id: PartyId
    """Party id of the complainant."""
    ground: Word
    """Ground of the complaint."""
    reason_codes: UpTo300[Word]
    """Why a person is to decide, as codes."""
    received_at_milliseconds: Timestamp
    """When the complaint was received, UTC."""
    deadline_at_milliseconds: Timestamp
    """When the case is to be closed at the latest, UTC."""
    issued_at_milliseconds: Timestamp
    """When the review was asked for, UTC."""
    kind: Annotated[ReviewKind, Unknown("complaint")] = "complaint"
    """What is to be decided."""
    subject_id: Reference = ""
    """Counter-notice, appeal or second look to be decided; empty for the complaint itself."""
    rights_holder_id: PersonReference = ""
    """Party id of the rights holder."""
    seller_id: PersonReference = ""
    """Seller of the listing; empty when unknown."""
    trademark_key: TrademarkKey | None = None
    """Mark relied on, if found."""
    language: LanguageCode = ""
    """Language that the reviewer should read: the listing's; empty when unknown."""
    trusted_flagger: bool = False
    """Whether the complainant is a trusted flagger for this; such go first (DSA Article 22)."""
    fast_lane: bool = False
    """Whether the complainant is in the fast lane for this ground."""
    price_euros: Euros | None = None
    """The listing's price; high values need two reviewers."""
    excluded_reviewer_ids: UpTo300[PersonReference] = ()
    """Reviewers who decided the case before and may not decide this."""
    mark_goods: Annotated[str, Text(10_000)] = ""
    """Goods and services of the mark as its register lists them, by class; empty where it is not
    known."""
    listing: ReviewedListing | None = None
    """The listing as it was then; null when unknown."""
    mark: ReviewedMark | None = None
    """The mark relied on as its register had it; null where none was found."""


@event(REVIEWS_EVENTS, identity=("review_id",), owner="listing", subject="reviewer_id")
class ReviewDecided(NamedTuple):
    """The review team decided a case that had been sent to it."""

    review_id: Identifier
    """Id of the review, unique for ever."""
    case_id: Identifier
    """Case that was reviewed."""
    listing_id: Identifier
    """Listing of the case; key of the record."""
    decision_number: Whole
    """Number of the decision that sent the case to review; an answer to an older one is stale."""
    outcome: ReviewOutcome
    """What the reviewer decided."""
    reason_codes: Annotated[tuple[Word, ...], Items(300, edition=FIRST, missing="reason_missing")]
    """Reason codes given by the reviewer; at least one."""
    reviewer_id: PartyId
    """Pseudonymous id of the reviewer."""
    decided_at_milliseconds: Timestamp
    """When the reviewer decided, UTC."""
    subject_id: Reference = ""
    """Counter-notice or appeal decided; empty for the complaint itself."""
    second_reviewer_id: PersonReference | None = None
    """Second pair of eyes, where two were needed."""
    marketplace: MarketplaceReference = ""
    """Marketplace of the listing; empty where it is not told, and then the case says which it
    is."""
    explanation: Note = ""
    """The reviewer's own words to the parties; may be empty."""
    out_of_court_body: Label = ""
    """Body that settled the dispute (DSA Article 21), whose decision the reviewer has recorded;
    empty for none. It holds whatever was decided last."""
