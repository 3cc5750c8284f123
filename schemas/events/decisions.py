"""Decisions on complaints."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from schemas.declaration import event
from schemas.topic_names import DECISIONS_EVENTS

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
    findings_version: int = 0
    findings_number: int | None = None


@event(
    DECISIONS_EVENTS, identity=("case_id", "decision_number"), owner="listing", made_by=("worker",)
)
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
