"""Commands to the marketplaces."""

from typing import Literal, NamedTuple

from schemas.declaration import event
from schemas.fields import (
    CountryCode,
    Identifier,
    Long,
    Marketplace,
    MarkText,
    PartyId,
    PersonReference,
    Timestamp,
    Title,
    TrademarkKey,
    UpTo300,
    Url,
    Whole,
    Word,
)
from schemas.topic_names import TAKEDOWNS_COMMANDS


@event(TAKEDOWNS_COMMANDS, identity=("command_id",), owner="listing", made_by=("worker",))
class TakeDownListing(NamedTuple):
    """The marketplace is told to take a listing down."""

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
    seller_id: PartyId
    """Party id of the seller."""
    listing_version: Long
    """Version of the listing decided on."""
    url: Url
    """Exact address of the listing."""
    trademark_key: TrademarkKey
    """Key of the mark infringed."""
    mark_text: MarkText | None
    """Verbal element of the mark infringed."""
    ground: Word
    """Ground of the complaint."""
    territory: CountryCode
    """Country for which the right is asserted."""
    reason_codes: UpTo300[Word]
    """Why, as codes."""
    received_at_milliseconds: Timestamp
    """When the complaint was received, UTC."""
    deadline_at_milliseconds: Timestamp
    """When the case is to be closed at the latest, UTC."""
    issued_at_milliseconds: Timestamp
    """When the command was decided, UTC."""
    title: Title | None
    """Title of the listing as it was judged."""
    rule_id: Word = ""
    """Rule that decided, 'review:' + review id, or the step."""
    complainant_id: PersonReference = ""
    """Party id of the complainant."""
    automated: bool = True
    """Whether it was decided without a person."""


RestrictedMeasure = Literal["take_down", "block", "delist"]
"""What is done, in some countries only: block is for one version of the listing."""


@event(TAKEDOWNS_COMMANDS, identity=("command_id",), owner="listing", made_by=("worker",))
class RestrictListing(NamedTuple):
    """The marketplace is told to hide a listing in some countries, and to show it in others as
    before."""

    command_id: Identifier
    """SHA-256 of case id and decision number, or of detection id and measure, first 32 hexadecimal
    digits; one effect for one id."""
    case_id: Identifier
    """Case decided; the id of its complaint, or of the detection."""
    decision_number: Whole
    """Decision that the command carries out."""
    listing_id: Identifier
    """Listing concerned; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    seller_id: PartyId
    """Party id of the seller."""
    listing_version: Long
    """Version of the listing decided on."""
    url: Url
    """Exact address of the listing."""
    territories: UpTo300[CountryCode]
    """ISO 3166-1 alpha-2 codes of all countries in which it is to be hidden from now on, those of
    other cases that stand included."""
    measure: RestrictedMeasure
    """What is done there."""
    trademark_key: TrademarkKey | None
    """Key of the mark infringed, if it is one."""
    mark_text: MarkText | None
    """Verbal element of the mark infringed."""
    ground: Word
    """Ground of the complaint, or of the detection."""
    reason_codes: UpTo300[Word]
    """Why, as codes."""
    issued_at_milliseconds: Timestamp
    """When the command was decided, UTC."""
    title: Title | None
    """Title of the listing as it was judged."""
    rule_id: Word = ""
    """Rule that decided, 'review:' + review id, or the step."""
    complainant_id: PersonReference = ""
    """Party id of the complainant; empty where nobody complained."""
    automated: bool = True
    """Whether it was decided without a person."""


@event(TAKEDOWNS_COMMANDS, identity=("command_id",), owner="listing", made_by=("worker",))
class ReinstateListing(NamedTuple):
    """The marketplace is told to put a listing back."""

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
    seller_id: PartyId
    """Party id of the seller."""
    reason_codes: UpTo300[Word]
    """Why, as codes."""
    issued_at_milliseconds: Timestamp
    """When the command was decided, UTC."""
    rule_id: Word = ""
    """Rule that decided, 'review:' + review id, or the step."""
    complainant_id: PersonReference = ""
    """Party id of the complainant."""
    undone_case_ids: UpTo300[Identifier] = ()
    """Other cases about the listing whose takedowns were undone before, while this one kept it
    down."""
    restricted_territories: UpTo300[CountryCode] = ()
    """Countries in which other cases still keep it hidden; empty for none."""
