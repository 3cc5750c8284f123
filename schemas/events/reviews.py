"""Questions to the review team, and its answers."""

from typing import Literal, NamedTuple

from schemas.declaration import event
from schemas.topic_names import REVIEWS_COMMANDS, REVIEWS_EVENTS

ReviewOutcome = Literal["take_down", "decline", "ask_for_clarification", "reinstate"]
"""What the reviewer decided."""

ReviewKind = Literal["complaint", "counter_notice", "appeal", "registry_change"]
"""What is to be decided."""


@event(REVIEWS_COMMANDS, identity=("command_id",), owner="listing", made_by=("worker",))
class ReviewComplaint(NamedTuple):
    """The review team is asked to decide a case. Fields: schemas/avro."""

    command_id: str
    case_id: str
    decision_number: int
    listing_id: str
    marketplace: str
    complainant_id: str
    ground: str
    reason_codes: tuple[str, ...]
    received_at_milliseconds: int
    deadline_at_milliseconds: int
    issued_at_milliseconds: int
    kind: ReviewKind = "complaint"
    subject_id: str = ""
    rights_holder_id: str = ""
    seller_id: str = ""
    trademark_key: str | None = None
    language: str = ""
    trusted_flagger: bool = False
    fast_lane: bool = False
    price_euros: float | None = None
    excluded_reviewer_ids: tuple[str, ...] = ()


@event(REVIEWS_EVENTS, identity=("review_id",), owner="listing")
class ReviewDecided(NamedTuple):
    """The review team decided a case that had been sent to it. Fields: schemas/avro."""

    review_id: str
    case_id: str
    listing_id: str
    decision_number: int
    outcome: ReviewOutcome
    reason_codes: tuple[str, ...]
    reviewer_id: str
    decided_at_milliseconds: int
    subject_id: str = ""
    second_reviewer_id: str | None = None
    marketplace: str = ""
