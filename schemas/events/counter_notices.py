"""Sellers' objections to takedowns, and what complainants answer."""

from typing import Literal, NamedTuple

from schemas.declaration import event
from schemas.events.complaints import Evidence
from schemas.topic_names import COUNTER_NOTICES_EVENTS

CounterNoticeReason = Literal[
    "owner", "authorized", "no_right", "fair_use", "removed", "not_used", "other"
]
"""Why the seller objects, in Lumen's terms."""

CounterNoticeAnswer = Literal["accept", "reject", "court_action"]
"""What the complainant says to a counter-notice."""


@event(COUNTER_NOTICES_EVENTS, identity=("counter_notice_id",), owner="listing")
class CounterNoticeFiled(NamedTuple):
    """A seller objected to a takedown (DMCA 512(g)(3); Alibaba's three rounds). Fields:
    schemas/avro."""

    counter_notice_id: str
    case_id: str
    listing_id: str
    seller_id: str
    reason: CounterNoticeReason
    statement: str
    perjury_declared: bool
    jurisdiction_consented: bool
    signature: str
    evidence: tuple[Evidence, ...]
    filed_at_milliseconds: int
    marketplace: str = ""


@event(COUNTER_NOTICES_EVENTS, identity=("answer_id",), owner="listing")
class CounterNoticeAnswered(NamedTuple):
    """The complainant answered a counter-notice. Fields: schemas/avro."""

    answer_id: str
    case_id: str
    listing_id: str
    complainant_id: str
    answer: CounterNoticeAnswer
    explanation: str
    answered_at_milliseconds: int
    marketplace: str = ""
