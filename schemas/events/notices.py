"""What parties to a case are told."""

from typing import Literal, NamedTuple

from schemas.declaration import event
from schemas.events.parties import PartyRole
from schemas.events.private_texts import PrivateText
from schemas.fields import (
    CountryCode,
    Identifier,
    Label,
    LanguageCode,
    Marketplace,
    MarkText,
    Note,
    OwnerName,
    PartyId,
    PersonReference,
    Reference,
    Timestamp,
    TrademarkKey,
    UpTo300,
    Whole,
    Word,
)
from schemas.topic_names import NOTICES_COMMANDS

NoticeKind = Literal[
    "complaint_received",
    "decision",
    "clarification_asked",
    "counter_notice_open",
    "counter_notice_filed",
    "counter_notice_answered",
    "counter_notice_decided",
    "put_back_scheduled",
    "appeal_decided",
    "retracted",
    "appeal_filed",
]
"""What it is about."""


class DecisionFacts(NamedTuple):
    """On what a decision rests, for its statement of reasons; what a notice says beside."""

    language: LanguageCode = ""
    """Language of the party that is told, ISO 639-1; empty when unknown."""
    ground: Word = ""
    """Ground of the complaint."""
    territory: CountryCode = ""
    """Country for which the right is asserted; empty where nobody complained."""
    received_at_milliseconds: Timestamp = 0
    """When the complaint was received, or the title found, UTC."""
    detected: bool = False
    """Whether the listing was found by automated means, and nobody complained."""
    trusted_flagger: bool = False
    """Whether the complainant is a trusted flagger for this (DSA Article 22)."""
    trademark_key: TrademarkKey | None = None
    """Key of the mark relied on."""
    mark_text: MarkText | None = None
    """The mark's words."""
    holder_name: OwnerName = ""
    """Owner that the register names; empty where none does."""
    found: UpTo300[Word] = ()
    """What the steps found and a party is told, as finding and word with a full stop between."""
    further_reason_codes: UpTo300[Word] = ()
    """What else stands in the complaint's way, as codes; that which decided is the notice's."""
    territories: UpTo300[CountryCode] = ()
    """Countries to which the listing is offered, where the measure has effect."""
    ends_at_milliseconds: Timestamp | None = None
    """When the measure ends by itself, UTC; null for no end."""
    objection: Word = ""
    """How the seller may object: rounds or put_back; empty where it may not."""
    decided_by_person: bool = False
    """Whether a person decided what is told of."""
    explanation: Note = ""
    """The reviewer's own words."""
    hidden_still: bool | None = None
    """Whether a listing that is put back stays hidden, wholly or in some countries, for other
    cases; null where it is not told, as in cases from before it was."""
    ordered: bool = False
    """Whether a court or an authority ordered it."""


@event(
    NOTICES_COMMANDS,
    identity=("command_id",),
    owner="party",
    made_by=("worker",),
    subject="said_by",
)
class NotifyParty(NamedTuple):
    """A party to a case is to be told something (DSA Articles 16(4)-(5) and 17; DMCA 512(g)(2))."""

    command_id: Identifier
    """Hash of case, decision and kind; one message for one id."""
    party_id: PartyId
    """Party to be told; key of the record."""
    role: PartyRole
    """Its part in the case."""
    kind: NoticeKind
    """What it is about."""
    case_id: Identifier
    """Case concerned; the id of its complaint."""
    listing_id: Identifier
    """Listing concerned."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    decision_number: Whole
    """Decision told of; 0 before the first."""
    outcome: Word
    """Outcome told of; empty where there is none."""
    reason_codes: UpTo300[Word]
    """Why, as codes."""
    automated: bool
    """Whether the decision was made without a person (DSA Articles 16(6), 17(3)(c))."""
    answer_until_milliseconds: Timestamp | None
    """Until when the party may answer, UTC."""
    appeal_until_milliseconds: Timestamp | None
    """Until when the party may appeal, UTC."""
    issued_at_milliseconds: Timestamp
    """When it was issued, UTC."""
    subject_id: Reference = ""
    """Counter-notice or appeal that it is about, by which it is answered; empty for the case."""
    said_by: PersonReference = ""
    """Who objected or answered, where it tells of that."""
    statement: Note = ""
    """What was said, in that party's words; it is not for marketplaces."""
    asked_for: UpTo300[Label] = ()
    """Of what a complainant is asked: what would do, in a sentence for each reason."""
    facts: DecisionFacts | None = None
    """On what the decision rests, where it is told with a statement of reasons."""
    territories: UpTo300[CountryCode] = ()
    """Countries to which a takedown told of is limited; empty for none."""
    copied: bool = False
    """Whether it goes to the rights holder, of what its agent did or was told, or of what anybody
    notified."""
    private_statement: PrivateText | None = None
    """In place of the statement, where it is private."""


@event(NOTICES_COMMANDS, identity=("command_id",), owner="listing", made_by=("worker",))
class InformBuyers(NamedTuple):
    """A marketplace is to tell those who bought from a listing that the goods are illegal, who the
    trader is and what redress they have; or to publish that, where it can't reach all of them (DSA
    Article 32)."""

    command_id: Identifier
    """Hash of the case; one effect for one id."""
    case_id: Identifier
    """Case in which people found it so; the id of its complaint."""
    listing_id: Identifier
    """Listing from which the goods were bought; key of the record."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    seller_id: PartyId
    """Trader whose identity is to be told, as the marketplace has it on record."""
    reason_codes: UpTo300[Word]
    """Why the goods are illegal: counterfeit, dangerous_product."""
    territories: UpTo300[CountryCode]
    """Countries of the Union in which the goods were offered."""
    bought_since_milliseconds: Timestamp
    """Since when who bought is to be told, UTC."""
    issued_at_milliseconds: Timestamp
    """When it was issued, UTC; who bought later is to be told too."""
