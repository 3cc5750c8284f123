"""State of a party: what it did of late, and how it stands by it."""

from typing import NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.events.conduct import ClosureOutcome, ConductKind
from schemas.events.parties import PartyRole
from schemas.events.seller_orders import SellerOrderEffect
from schemas.events.standings import StandingChanged, Tier
from schemas.fields import (
    CountryCode,
    Identifier,
    Label,
    Many,
    MarketplaceReference,
    PartyId,
    PersonReference,
    Reference,
    Timestamp,
    UpTo300,
    Whole,
    Word,
)
from schemas.topic_names import CASES_STATE


class ConcludedComplaint(NamedTuple):
    """A complaint and what became of it last."""

    case_id: Identifier
    """Case concerned; the id of its complaint."""
    ground: Word
    """Ground of the complaint."""
    kind: ConductKind
    """What became of it last."""
    manifest: bool
    """Whether it was manifestly unfounded (DSA Article 23)."""
    concluded_at_milliseconds: Timestamp
    """When that happened, UTC."""
    batch_id: Reference = ""
    """Request in which it was filed with others; empty where it was filed alone."""
    listing: Reference = ""
    """Hash of marketplace and listing id; empty in what was concluded before it was kept."""


class ConductDay(NamedTuple):
    """Complaints of one day and ground, counted."""

    day: Whole
    """Days since 1970-01-01, UTC."""
    ground: Word
    """Ground of the complaints."""
    concluded_count: Whole
    """Complaints concluded."""
    upheld_count: Whole
    """Of these upheld."""
    countered_count: Whole
    """Of these undone by a counter-notice or an appeal."""


class Strike(NamedTuple):
    """A case or detection that counts, or counted, against a seller."""

    case_id: Identifier
    """Case or detection concerned."""
    listing_id: Identifier
    """Listing concerned; strikes of one listing count as one."""
    ground: Word
    """Ground of the complaint, or of the detection."""
    manifest: bool
    """Whether the listing was manifestly illegal (DSA Article 23)."""
    struck_at_milliseconds: Timestamp | None
    """When the listing was last taken down for it, UTC; null while only a reversal is known."""
    reversed_at_milliseconds: Timestamp | None
    """When it was last reversed, UTC; null if it was not."""
    marketplace: MarketplaceReference = ""
    """Marketplace of the listing; empty where it was not noted."""


class AccountClosure(NamedTuple):
    """What people decided last on the closure of an account."""

    decision_id: Identifier
    """The decision."""
    outcome: ClosureOutcome
    """Whether it is closed."""
    decided_at_milliseconds: Timestamp
    """When it was decided, UTC."""
    begins_at_milliseconds: Timestamp
    """From when it is closed, UTC."""
    ends_at_milliseconds: Timestamp
    """Until when it is closed, UTC, exclusive."""
    reason_codes: UpTo300[Word]
    """Why, as codes."""
    reviewer_ids: UpTo300[PersonReference]
    """Who decided on it so far."""


class SanctionAppeal(NamedTuple):
    """An appeal against a measure against the account."""

    appeal_id: Identifier
    """The appeal."""
    role: PartyRole
    """In which part the party was sanctioned."""
    tier: Tier
    """How it stood."""
    filed_at_milliseconds: Timestamp
    """When it was filed, UTC."""
    open: bool = True
    """Whether it is to be decided."""
    granted_at_milliseconds: Timestamp | None = None
    """When it was granted, UTC: conduct until then counts no more; null where it was not, and of
    closures."""
    ended: StandingChanged | None = None
    """The measure appealed where it had ended; granted, conduct until it began counts no more."""


class SellerOrder(NamedTuple):
    """What a court or an authority ordered against the seller."""

    order_id: Identifier
    """The order."""
    effect: SellerOrderEffect
    """What it orders."""
    issuer: Label
    """Court or authority."""
    reference: Label
    """Number under which it has it."""
    territories: UpTo300[CountryCode]
    """Countries in which it holds; empty for all."""
    until_milliseconds: Timestamp | None
    """When it ends, UTC; null where it does not say."""
    ended: bool = False
    """Whether it holds no more."""


@event(CASES_STATE, identity=ALL_FIELDS, owner="party", key="")
class PartyConduct(NamedTuple):
    """State of one party: its conduct within the window, and how it stands by it; one row of a
    worker's state."""

    party_id: PartyId
    """Whose row it is."""
    complaints: Many[ConcludedComplaint] = ()
    """The newest complaints concluded, by time; of each the last turn counts."""
    days: Many[ConductDay] = ()
    """All complaints within the window, by day and ground."""
    strikes: Many[Strike] = ()
    """Strikes, by time."""
    standings: Many[StandingChanged] = ()
    """How the party stands as complainant and as seller, as last told."""
    due_at_milliseconds: Timestamp | None = None
    """When a standing may next change by itself, UTC; null for never."""
    as_of_milliseconds: Timestamp = 0
    """Time of the newest input taken in, UTC."""
    closure: AccountClosure | None = None
    """What people decided on the closure of the account, if they did."""
    appeals: UpTo300[SanctionAppeal] = ()
    """Appeals against measures, by time."""
    orders: UpTo300[SellerOrder] = ()
    """Orders of courts and authorities against the seller, in order of receipt."""
    ended: UpTo300[StandingChanged] = ()
    """Of each part the newest measure that has ended, as it was told."""
    identity_due_at_milliseconds: Timestamp | None = None
    """Until when the seller was asked to tell who it is, UTC; null where it was not, or that is
    over."""
