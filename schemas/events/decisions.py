"""Decisions on complaints."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Outcome = Literal[
    "take_down",
    "decline",
    "ask_for_clarification",
    "send_to_review",
    "wait_for_listing",
    "reinstate",
    "retract",
]
"""What was decided: take_down, decline, reinstate and retract close the case, the others leave it
open."""


class Capsule(NamedTuple):
    """All that is needed to explain a decision and make it again. Fields: schemas/avro."""

    trigger: str
    input_topic: str
    input_partition: int
    input_offset: int
    rule_set_hash: str
    trademark_key: str | None
    trademark_recorded_at_milliseconds: int | None
    registry_known_at_milliseconds: int | None
    listing_version: int | None
    software_version: str
    policy_hash: str = ""

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "Capsule":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["trigger"],
            datum["input_topic"],
            datum["input_partition"],
            datum["input_offset"],
            datum["rule_set_hash"],
            datum["trademark_key"],
            datum["trademark_recorded_at_milliseconds"],
            datum["registry_known_at_milliseconds"],
            datum["listing_version"],
            datum["software_version"],
            datum["policy_hash"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class ComplaintDecided(NamedTuple):
    """A complaint was decided, for the first time or again. Fields: schemas/avro."""

    case_id: str
    decision_number: int
    listing_id: str
    marketplace: str
    outcome: Outcome
    reason_codes: tuple[str, ...]
    rule_id: str
    findings: Mapping[str, str]
    shadow_outcome: str | None
    received_at_milliseconds: int
    decided_at_milliseconds: int
    deadline_at_milliseconds: int
    closes_case: bool
    capsule: Capsule
    complainant_id: str = ""
    rights_holder_id: str = ""
    seller_id: str | None = None
    ground: str = ""
    territory: str = ""
    trusted_flagger: bool = False
    automated: bool = True
    reviewer_id: str | None = None
    listing_language: str = ""
    listing_changed_at_milliseconds: int | None = None
    listing_territories: tuple[str, ...] = ()
    command_id: str | None = None

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ComplaintDecided":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["case_id"],
            datum["decision_number"],
            datum["listing_id"],
            datum["marketplace"],
            datum["outcome"],
            tuple(datum["reason_codes"]),
            datum["rule_id"],
            datum["findings"],
            datum["shadow_outcome"],
            datum["received_at_milliseconds"],
            datum["decided_at_milliseconds"],
            datum["deadline_at_milliseconds"],
            datum["closes_case"],
            Capsule.from_avro(datum["capsule"]),
            datum["complainant_id"],
            datum["rights_holder_id"],
            datum["seller_id"],
            datum["ground"],
            datum["territory"],
            datum["trusted_flagger"],
            datum["automated"],
            datum["reviewer_id"],
            datum["listing_language"],
            datum["listing_changed_at_milliseconds"],
            tuple(datum["listing_territories"]),
            datum["command_id"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return {**self._asdict(), "capsule": self.capsule.to_avro()}
