"""Misuse of marks found in titles, and what is commanded on it."""

from typing import Annotated, NamedTuple

from schemas.declaration import event
from schemas.fields import (
    CountryCode,
    Identifier,
    Items,
    Label,
    Long,
    Many,
    Marketplace,
    MarkText,
    PartyId,
    Share,
    Timestamp,
    Title,
    TrademarkKey,
    UpTo300,
    Url,
    Whole,
    Word,
)
from schemas.topic_names import DETECTIONS_EVENTS, REVIEWS_COMMANDS, TAKEDOWNS_COMMANDS


class DetectedMark(NamedTuple):
    """One mark in the title."""

    term: Label
    """The mark's words, folded (processors/matching/folding.py)."""
    trademark_keys: Many[TrademarkKey]
    """Registry records with these words that were in force, the first the one judged by."""
    text: Label
    """The stretch of the title, as written; empty where only the whole title resembles another."""
    begin: Whole
    """Where the stretch begins in the title, in characters (code points)."""
    end: Whole
    """Where it ends."""
    trick: Word
    """How the spelling differs from the mark's: none, look_alike, leet, separator, near and so
    on."""
    similarity: Share
    """Likeness of the spelling, 0 to 1."""
    score: Share
    """Probability that the stretch stands for the mark, 0 to 1."""
    parts: Annotated[dict[Word, Share], Items(300)]
    """Named parts of the score, before their weights."""
    findings: Annotated[dict[Word, Word], Items(300)]
    """What was found, as the rules saw it."""
    outcome: Word
    """What the rules say: block, delist, send_to_review or leave."""
    rule_id: Word
    """Rule that decided."""
    territories: Many[CountryCode] = ()
    """Countries in which the mark judged by has effect; empty in records from before it was
    told."""


@event(DETECTIONS_EVENTS, identity=("detection_id",), owner="listing", made_by=("monitor",))
class MisuseDetected(NamedTuple):
    """A listing's title was found to misuse marks, or to repeat what was taken down."""

    detection_id: Identifier
    """SHA-256 of listing id and version, first 32 hexadecimal digits."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    seller_id: PartyId
    """Party id of the seller."""
    listing_version: Long
    """Version of the listing that was judged."""
    url: Url
    """Exact address of the listing."""
    title: Title
    """Title as it was judged."""
    outcome: Word
    """The gravest outcome of all marks: delist, block or send_to_review."""
    reason_codes: UpTo300[Word]
    """Why, as codes."""
    marks: Many[DetectedMark]
    """Marks found, in order of place."""
    strikes: Whole
    """Takedowns against the seller and linked sellers that had not expired."""
    resembles_listing_id: Identifier | None
    """Listing taken down that the title nearly repeats."""
    resemblance: Share | None
    """Likeness of the titles (Jaccard, by MinHash), 0 to 1."""
    rule_set_hash: Word
    """Hash of the rules on titles."""
    weights_version: Word
    """Version of the score's weights."""
    matching_version: Word
    """Versions of the folding's data and libraries."""
    input_partition: Whole
    """Partition of the listing's record."""
    input_offset: Long
    """Offset of the listing's record."""
    software_version: Word
    """Version of the software."""
    detected_at_milliseconds: Timestamp
    """Time of the listing's record, UTC."""
    worker_decides: bool = False
    """Whether a worker commands what follows; false in records from when monitors did."""
    listing_territories: UpTo300[CountryCode] | None = None
    """Countries to which the listing is offered; null in records from before it was told."""


@event(TAKEDOWNS_COMMANDS, identity=("command_id",), owner="listing", made_by=("worker",))
class BlockListing(NamedTuple):
    """The marketplace is told not to show this version of a listing."""

    command_id: Identifier
    """SHA-256 of detection id and outcome, first 32 hexadecimal digits; one effect for one id."""
    detection_id: Identifier
    """Detection that the command carries out."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    seller_id: PartyId
    """Party id of the seller."""
    listing_version: Long
    """Version of the listing that was judged."""
    url: Url
    """Exact address of the listing."""
    title: Title
    """Title as it was judged."""
    trademark_key: TrademarkKey | None
    """Registry record relied on, if any."""
    mark_text: MarkText | None
    """The mark's words."""
    reason_codes: UpTo300[Word]
    """Why, as codes."""
    issued_at_milliseconds: Timestamp
    """When the command was decided, UTC."""
    automated: bool = True
    """Whether it was decided without a person; false where a reviewer judged the detection."""
    rule_id: Word = ""
    """Rule that decided, or 'review:' + review id."""


@event(TAKEDOWNS_COMMANDS, identity=("command_id",), owner="listing", made_by=("worker",))
class DelistListing(NamedTuple):
    """The marketplace is told to remove a listing of a repeat offender, or one that came back."""

    command_id: Identifier
    """SHA-256 of detection id and outcome, first 32 hexadecimal digits; one effect for one id."""
    detection_id: Identifier
    """Detection that the command carries out."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    seller_id: PartyId
    """Party id of the seller."""
    listing_version: Long
    """Version of the listing that was judged."""
    url: Url
    """Exact address of the listing."""
    title: Title
    """Title as it was judged."""
    trademark_key: TrademarkKey | None
    """Registry record relied on, if any."""
    mark_text: MarkText | None
    """The mark's words."""
    reason_codes: UpTo300[Word]
    """Why, as codes."""
    issued_at_milliseconds: Timestamp
    """When the command was decided, UTC."""
    automated: bool = True
    """Whether it was decided without a person; false where a reviewer judged the detection."""
    rule_id: Word = ""
    """Rule that decided, or 'review:' + review id."""


@event(REVIEWS_COMMANDS, identity=("command_id",), owner="listing", made_by=("worker",))
class ReviewDetection(NamedTuple):
    """The review team is asked to judge a detection."""

    command_id: Identifier
    """SHA-256 of detection id and outcome, first 32 hexadecimal digits; one effect for one id."""
    detection_id: Identifier
    """Detection that the command carries out."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    seller_id: PartyId
    """Party id of the seller."""
    listing_version: Long
    """Version of the listing that was judged."""
    reason_codes: UpTo300[Word]
    """Why, as codes."""
    issued_at_milliseconds: Timestamp
    """When the review was asked for, UTC."""
