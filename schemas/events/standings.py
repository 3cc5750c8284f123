"""How complainants and sellers stand, and what follows from it."""

from typing import Annotated, Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.events.complaints import EvidenceList
from schemas.events.conduct import ConductRole
from schemas.events.parties import PartyRole
from schemas.events.private_texts import PrivateText
from schemas.fields import (
    Identifier,
    LanguageCode,
    PartyId,
    PersonReference,
    Share,
    Statement,
    Timestamp,
    Unknown,
    UpTo300,
    Whole,
    Word,
)
from schemas.topic_names import ACCOUNTS_COMMANDS, REVIEWS_COMMANDS, STANDINGS_STATE

Tier = Literal[
    "ordinary",
    "fast_lane",
    "suspended",
    "warned",
    "restricted",
    "closed",
    "closure_proposed",
]
"""How a party stands: fast_lane and suspended are for complainants, restricted, closed and
closure_proposed for sellers, ordinary and warned for both."""

Sanction = Literal[
    "warn", "restrict", "close", "suspend", "lift", "propose_closure", "announce_closure", "uphold"
]
"""What is to be done; a closure that is proposed is decided by people, announced with notice, and
the account stays restricted until then. uphold: nothing, as people rejected an appeal."""


class GroundStanding(NamedTuple):
    """A complainant's record on one ground within the window."""

    ground: Word
    """Ground of complaint."""
    concluded_count: Whole
    """Complaints concluded."""
    upheld_count: Whole
    """Of these upheld."""
    countered_count: Whole
    """Of these undone by a counter-notice or an appeal."""
    fast_lane: bool
    """Whether this ground is in the fast lane."""


class ConductFactors(NamedTuple):
    """The four factors of DSA Article 23(3), as counted when the standing was set."""

    absolute_number: Whole
    """Manifestly unfounded complaints, or strikes, within the window."""
    proportion: Share
    """Their share of the complaints concluded, or of the listings ever struck, within the window, 0
    to 1."""
    gravity: Word
    """ordinary, or grave where counterfeits are among them."""
    intention: Word
    """unknown, repeated after a warning, or none."""
    offer_count: Whole | None = None
    """Seller's offers of which the proportion is a share; null where it is one of listings struck,
    or of complaints."""


@event(
    STANDINGS_STATE,
    identity=ALL_FIELDS,
    owner="party",
    key="{role}:{party_id}",
    made_by=("worker",),
)
class StandingChanged(NamedTuple):
    """How a complainant or seller stands has changed; the last record for a key counts."""

    party_id: PartyId
    """Whose standing it is, or 'mark:' or 'rule:' and its id; the key is role + ':' + this."""
    role: ConductRole
    """In which part."""
    tier: Annotated[Tier, Unknown("ordinary")]
    """How the party stands."""
    grounds: UpTo300[GroundStanding]
    """A complainant's record by ground; of a rule what was looked at a second time, upheld and
    overturned; of a mark what people decided."""
    strikes: Whole
    """A seller's strikes that count now, one a listing; 0 for complainants."""
    factors: ConductFactors
    """The four factors of DSA Article 23(3)."""
    until_milliseconds: Timestamp | None
    """When it ends by itself, UTC; null while it lasts."""
    changed_at_milliseconds: Timestamp
    """When it changed, UTC."""
    automatic: bool = True
    """Whether what is asked by the complainant, for the mark, or decided by the rule is done
    without a person."""


@event(ACCOUNTS_COMMANDS, identity=("command_id",), owner="party", made_by=("worker",))
class SanctionParty(NamedTuple):
    """Marketplaces are told to warn, restrict, close or suspend an account, or to lift that."""

    command_id: Identifier
    """Hash of party, part, sanction and what led to it; one effect for one id."""
    party_id: PartyId
    """Account concerned; key of the record."""
    role: PartyRole
    """Its part."""
    sanction: Sanction
    """How the account is to stand from now on; lift ends what was commanded before."""
    reason_codes: UpTo300[Word]
    """Why, as codes."""
    strikes: Whole
    """Strikes that count, or manifestly unfounded complaints."""
    factors: ConductFactors
    """The four factors of DSA Article 23(3)."""
    until_milliseconds: Timestamp | None
    """When it ends by itself, UTC; null for no end."""
    issued_at_milliseconds: Timestamp
    """When it was issued, UTC."""
    language: LanguageCode = ""
    """Language of the party, ISO 639-1; empty when unknown."""
    effective_at_milliseconds: Timestamp | None = None
    """From when it holds, UTC; null for at once."""
    appeal_until_milliseconds: Timestamp | None = None
    """Until when the party may appeal, UTC; null where that is not told."""
    decided_by_person: bool = False
    """Whether a person decided it."""


@event(
    REVIEWS_COMMANDS,
    identity=("command_id",),
    owner="party",
    subject="party_id",
    made_by=("worker",),
)
class ReviewSanction(NamedTuple):
    """The review team is asked to decide on an appeal against a measure against an account."""

    command_id: Identifier
    """Hash of party, part and appeal; one effect for one id."""
    appeal_id: Identifier
    """Appeal to be decided."""
    party_id: PartyId
    """Party that appeals; key of the record."""
    role: PartyRole
    """In which part it was sanctioned."""
    tier: Tier
    """How the party stands."""
    reason_codes: UpTo300[Word]
    """Why people are asked, as codes."""
    statement: Statement
    """What the party says."""
    evidence: EvidenceList
    """Documents that it filed."""
    strikes: Whole
    """Strikes that count, or manifestly unfounded complaints."""
    factors: ConductFactors
    """The four factors of DSA Article 23(3)."""
    excluded_reviewer_ids: UpTo300[PersonReference]
    """Reviewers who decided on the measure and may not decide this."""
    filed_at_milliseconds: Timestamp
    """When the appeal was filed, UTC."""
    issued_at_milliseconds: Timestamp
    """When the review was asked for, UTC."""
    deadline_at_milliseconds: Timestamp
    """Until when it is to be decided, UTC."""
    language: LanguageCode = ""
    """Language of the party, ISO 639-1; empty when unknown."""
    private_statement: PrivateText | None = None
    """In place of the statement, where it is private."""
