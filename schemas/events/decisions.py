"""Decisions on complaints."""

from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple

from schemas.declaration import event
from schemas.events.listings import ListingChanged
from schemas.fields import (
    CountryCode,
    Identifier,
    Items,
    LanguageCode,
    Long,
    Marketplace,
    PersonReference,
    Reference,
    Timestamp,
    TrademarkKey,
    UpTo300,
    Whole,
    Word,
)
from schemas.topic_names import DECISIONS_EVENTS

Outcome = Literal[
    "take_down",
    "decline",
    "ask_for_clarification",
    "send_to_review",
    "wait_for_listing",
    "reinstate",
    "retract",
    "remedied_by_seller",
]
"""What was decided: take_down, decline, reinstate, retract and remedied_by_seller close the case,
the others leave it open."""


class Capsule(NamedTuple):
    """All that is needed to explain a decision and make it again."""

    trigger: Word
    """Name of the event, or kind of the timer, that led to the decision."""
    input_topic: Word
    """Topic of the record that led to the decision; for a timer, that of the last record before
    it."""
    input_partition: Whole
    """Partition of that record."""
    input_offset: Long
    """Offset of that record; -1 when a timer fired before any record."""
    rule_set_hash: Word
    """Hash of the rule set that decided; empty when none was asked."""
    trademark_key: TrademarkKey | None
    """Key of the registry record relied on."""
    trademark_recorded_at_milliseconds: Timestamp | None
    """Transaction time of the registry version relied on."""
    registry_known_at_milliseconds: Timestamp | None
    """Transaction time up to which the registry was read."""
    listing_version: Long | None
    """Version of the listing decided on."""
    software_version: Word
    """Version of this software."""
    policy_hash: Word = ""
    """Times that the case was allowed, as in ip.versions.state and ip.cases.state; empty for one
    from before there were policies."""
    findings_version: Whole = 0
    """Version of the findings that tells how findings_number is read; 0 when no rule set was asked,
    or from before there were versions."""
    findings_number: Long | None = None
    """Findings on which the rules decided, as one number: each finding's word by its place, in a
    mixed radix, the first finding weighs most."""
    listing_sha256: Word | None = None
    """Seal of the listing as it was judged: SHA-256, hexadecimal, of its fields other than those
    with their default, as JSON with sorted keys, without spaces, in UTF-8; null where no listing
    was known, or from before there were seals."""
    complainant_recorded_at_milliseconds: Timestamp | None = None
    """When the complainant's record that was known was recorded; null where none was."""
    rights_holder_recorded_at_milliseconds: Timestamp | None = None
    """When the rights holder's record that was known was recorded; null where none was."""
    seller_recorded_at_milliseconds: Timestamp | None = None
    """When the seller's record that was known was recorded; null where none was."""


class ShadowOutcome(NamedTuple):
    """What a rule set that did not decide would have decided."""

    rule_set_hash: Word
    """The rule set."""
    outcome: Word
    """Its outcome, as its rules alone say."""


@event(
    DECISIONS_EVENTS, identity=("case_id", "decision_number"), owner="listing", made_by=("worker",)
)
class ComplaintDecided(NamedTuple):
    """A complaint was decided, for the first time or again."""

    case_id: Identifier
    """Case decided; the id of its complaint."""
    decision_number: Whole
    """1 for the first decision of the case, then ascending."""
    listing_id: Identifier
    """Listing complained of; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    outcome: Outcome
    """What was decided."""
    reason_codes: UpTo300[Word]
    """Why, as codes; see docs/concepts.md."""
    rule_id: Word
    """Rule that decided, 'review:' + review id, or the step that decided before rules."""
    findings: Annotated[Mapping[Word, Word], Items(300)]
    """What each step found, by name; the input of the rules."""
    shadow_outcome: Word | None
    """What the one shadow rule set without a slot would have decided, if one runs."""
    received_at_milliseconds: Timestamp
    """When the complaint was received; the clock starts here."""
    decided_at_milliseconds: Timestamp
    """When it was decided: the time of the triggering event, UTC."""
    deadline_at_milliseconds: Timestamp
    """When the case is to be closed at the latest, UTC."""
    closes_case: bool
    """Whether the decision closes the case."""
    capsule: Capsule
    """All that is needed to make the decision again."""
    complainant_id: PersonReference = ""
    """Party id of the complainant."""
    rights_holder_id: PersonReference = ""
    """Party id of the rights holder."""
    seller_id: PersonReference | None = None
    """Seller of the listing, where the listing is known."""
    ground: Word = ""
    """Ground of the complaint."""
    territory: CountryCode = ""
    """Country for which the right is asserted."""
    trusted_flagger: bool = False
    """Whether the complainant is a trusted flagger for this (DSA Article 22)."""
    automated: bool = True
    """Whether it was decided without a person."""
    reviewer_id: PersonReference | None = None
    """Who decided, where a person did."""
    listing_language: LanguageCode = ""
    """Language of the listing's title; empty when unknown."""
    listing_changed_at_milliseconds: Timestamp | None = None
    """When the listing was last changed, UTC."""
    listing_territories: UpTo300[CountryCode] = ()
    """Countries to which the listing is offered."""
    command_id: Reference | None = None
    """Command that carries the decision out, if any."""
    restricted_territories: UpTo300[CountryCode] = ()
    """Countries to which a takedown is limited; empty for none."""
    listing: ListingChanged | None = None
    """The listing as it was judged, with the first of the case's decisions on its version."""
    shadow_outcomes: UpTo300[ShadowOutcome] = ()
    """What each of the other rule sets that are compared would have decided, by hash."""
