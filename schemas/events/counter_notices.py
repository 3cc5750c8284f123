"""Sellers' objections to takedowns, and what complainants answer."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from schemas.events.complaints import Evidence

CounterNoticeReason = Literal[
    "owner", "authorized", "no_right", "fair_use", "removed", "not_used", "other"
]
"""Why the seller objects, in Lumen's terms."""

CounterNoticeAnswer = Literal["accept", "reject", "court_action"]
"""What the complainant says to a counter-notice."""


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

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "CounterNoticeFiled":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["counter_notice_id"],
            datum["case_id"],
            datum["listing_id"],
            datum["seller_id"],
            datum["reason"],
            datum["statement"],
            datum["perjury_declared"],
            datum["jurisdiction_consented"],
            datum["signature"],
            tuple(Evidence.from_avro(item) for item in datum["evidence"]),
            datum["filed_at_milliseconds"],
            datum["marketplace"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return {
            **self._asdict(),
            "evidence": [item.to_avro() for item in self.evidence],
        }


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

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "CounterNoticeAnswered":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["answer_id"],
            datum["case_id"],
            datum["listing_id"],
            datum["complainant_id"],
            datum["answer"],
            datum["explanation"],
            datum["answered_at_milliseconds"],
            datum["marketplace"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
