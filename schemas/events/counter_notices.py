"""Sellers' objections to takedowns, and what complainants answer."""

from typing import Annotated, Literal, NamedTuple

from schemas.declaration import event
from schemas.events.complaints import EvidenceList
from schemas.events.private_texts import PrivateText
from schemas.fields import (
    Date,
    Identifier,
    MarketplaceReference,
    PartyId,
    Signature,
    Statement,
    Text,
    Timestamp,
)
from schemas.topic_names import COUNTER_NOTICES_EVENTS

CounterNoticeReason = Literal[
    "owner", "authorized", "no_right", "fair_use", "removed", "not_used", "other"
]
"""Why the seller objects, in Lumen's terms."""

CounterNoticeAnswer = Literal["accept", "reject", "court_action", "authority_complaint"]
"""What the complainant says to a counter-notice."""


class Proceedings(NamedTuple):
    """An action that the complainant has brought, in court or before an authority."""

    authority: Annotated[str, Text(500, "line", filed_characters=200)]
    """Court or authority."""
    docket: Annotated[str, Text(200, "line", filed_characters=100)]
    """Number of the proceedings."""
    brought_on: Date
    """Day on which the action was brought."""


@event(
    COUNTER_NOTICES_EVENTS, identity=("counter_notice_id",), owner="listing", subject="seller_id"
)
class CounterNoticeFiled(NamedTuple):
    """A seller objected to a takedown (DMCA 512(g)(3); Alibaba's three rounds)."""

    counter_notice_id: Identifier
    """Id of the counter-notice, unique for ever."""
    case_id: Identifier
    """Case concerned; the id of its complaint."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    seller_id: PartyId
    """Seller whose listing was taken down."""
    reason: CounterNoticeReason
    """Why the seller objects."""
    statement: Statement
    """Explanation."""
    perjury_declared: bool
    """Whether mistake or misidentification was declared under penalty of perjury (DMCA
    512(g)(3)(C))."""
    jurisdiction_consented: bool
    """Whether the seller consents to jurisdiction (DMCA 512(g)(3)(D))."""
    signature: Signature
    """Name signed under the declarations; empty when unsigned."""
    evidence: EvidenceList
    """Documents filed with it."""
    filed_at_milliseconds: Timestamp
    """When it was filed, UTC."""
    marketplace: MarketplaceReference = ""
    """Marketplace of the listing; empty where it is not told, and then the case says which it
    is."""
    private_statement: PrivateText | None = None
    """In place of the statement, where it is private."""
    private_signature: PrivateText | None = None
    """In place of the signature."""


@event(COUNTER_NOTICES_EVENTS, identity=("answer_id",), owner="listing", subject="complainant_id")
class CounterNoticeAnswered(NamedTuple):
    """The complainant answered a counter-notice."""

    answer_id: Identifier
    """Id of the answer, unique for ever."""
    case_id: Identifier
    """Case concerned; the id of its complaint."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    complainant_id: PartyId
    """Party id of the complainant."""
    answer: CounterNoticeAnswer
    """accept puts the listing back; court_action, and where a profile says so authority_complaint,
    keep it down."""
    explanation: Statement
    """In the complainant's words; may be empty."""
    answered_at_milliseconds: Timestamp
    """When it was answered, UTC."""
    marketplace: MarketplaceReference = ""
    """Marketplace of the listing; empty where it is not told, and then the case says which it
    is."""
    proceedings: Proceedings | None = None
    """The action told of."""
    evidence: EvidenceList = ()
    """Documents that show it."""
    private_explanation: PrivateText | None = None
    """In place of the explanation, where it is private."""
