"""State of a listing and the cases against it."""

from typing import Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.events.complaints import ComplaintFiled
from schemas.events.decisions import Outcome
from schemas.events.enforcement import EnforcementAction
from schemas.events.listings import ListingChanged
from schemas.events.parties import PartyRole
from schemas.fields import (
    CountryCode,
    Few,
    Identifier,
    Label,
    Long,
    Many,
    MarkText,
    Milliseconds,
    NiceClass,
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
from schemas.record import quick_copies
from schemas.topic_names import CASES_STATE

TimerKind = Literal[
    "listing_wait",
    "sla_warning",
    "sla_breach",
    "clarification_due",
    "counter_notice_due",
    "answer_due",
    "put_back",
    "put_back_latest",
    "enforcement_due",
    "order_end",
    "retention_ends",
]
"""What falls due."""

CounterNoticePhase = Literal[
    "awaits_seller",
    "awaits_complainant",
    "awaits_review",
    "awaits_put_back",
    "forfeited",
    "rejected",
    "accepted",
    "court_action",
]
"""What is awaited."""

EnforcementState = Literal["commanded", "acknowledged", "proved", "refused"]
"""How far its effect is known."""


class Timer(NamedTuple):
    """A time at which a case is to be looked at again."""

    kind: TimerKind
    """What falls due."""
    due_at_milliseconds: Timestamp
    """When it falls due, UTC."""


class Appeal(NamedTuple):
    """An appeal against a case's decision, open or decided."""

    appeal_id: Identifier
    """Id of the appeal."""
    party_id: PartyId
    """Party that appeals."""
    role: PartyRole
    """Its part in the case."""
    decision_number: Whole
    """Decision of the case when it was filed."""
    open: bool
    """Whether it is still to be decided."""
    filed_at_milliseconds: Timestamp
    """When it was filed, UTC."""


@quick_copies
class Enforcement(NamedTuple):
    """The command that was last given for a case, and how far its effect is known."""

    command_id: Identifier
    """Command given."""
    action: EnforcementAction
    """What was commanded."""
    stage: EnforcementState
    """How far its effect is known."""
    reminders: Whole
    """How often it was overdue."""
    issued_at_milliseconds: Timestamp
    """When it was given, UTC."""
    territories: UpTo300[CountryCode] = ()
    """Countries in which its effect is to be seen; empty for all."""


class CounterNotice(NamedTuple):
    """Where a seller's objections to a takedown stand."""

    counter_notice_id: Identifier
    """The last one filed; empty before the first."""
    round_number: Whole
    """Round, from 1 to 3."""
    phase: CounterNoticePhase
    """What is awaited, or how it ended."""
    due_at_milliseconds: Timestamp | None
    """Until when it is awaited, UTC."""
    evidence_filed: bool = False
    """Whether the seller filed documents, such as invoices, with it."""


class Detection(NamedTuple):
    """What a monitor found in a version of a listing, and what is commanded where it is upheld."""

    removal: Word
    """block for the version alone, or delist."""
    listing_version: Long
    """Version of the listing that was judged."""
    url: Url
    """Exact address of the listing."""
    title: Title
    """Title as it was judged."""
    mark_text: MarkText | None
    """The mark's words."""
    territories: UpTo300[CountryCode] = ()
    """Countries to which what is commanded is limited; empty for none."""


class ListingVersion(NamedTuple):
    """What decisions need of a former version of a listing."""

    version: Long
    """Count kept by the marketplace."""
    title: Title
    """Title as it was."""
    brand: Label | None
    """Brand that the seller stated, if any."""
    nice_classes: Few[NiceClass]
    """Nice classes of its category."""
    territories: Few[CountryCode]
    """Countries to which it was offered; empty when unknown."""
    changed_at_milliseconds: Timestamp
    """When the marketplace had made it so, UTC."""


class Order(NamedTuple):
    """What a court or an authority ordered about a listing."""

    effect: Word
    """keep_down or put_back."""
    issuer: Label
    """Court or authority."""
    reference: Label
    """Number under which it has it."""
    territories: UpTo300[CountryCode]
    """Countries in which it holds; empty for all."""
    recorded_by: PersonReference
    """Who recorded it."""
    ended: bool = False
    """Whether it holds no more."""


class SecondLook(NamedTuple):
    """A look that a person takes at what was decided without one."""

    subject_id: Identifier
    """By which the task names it."""
    decision_number: Whole
    """Decision that is looked at."""
    rule: Word
    """Rule that had decided, as its record is named."""
    outcome: Word
    """What it had decided: take_down or decline."""


@quick_copies
class Case(NamedTuple):
    """A complaint, or what a monitor detected, and where it stands."""

    complaint: ComplaintFiled
    """The complaint as filed."""
    received_at_milliseconds: Timestamp
    """When it was received: the time of its record, UTC."""
    deadline_at_milliseconds: Timestamp
    """When the case is to be closed at the latest, UTC."""
    decision_number: Whole
    """Number of the last decision."""
    outcome: Outcome
    """Last outcome."""
    reason_codes: UpTo300[Word]
    """Why, as codes."""
    decided_by_review: bool
    """Whether a reviewer made the last decision."""
    taken_down: bool
    """Whether a takedown command of this case stands."""
    closed_at_milliseconds: Timestamp | None
    """When it was closed, UTC; null while open."""
    trademark_key: TrademarkKey | None
    """Key of the registry record relied on."""
    trademark_recorded_at_milliseconds: Timestamp | None
    """Transaction time of the latest registry version considered."""
    listing_version: Long | None
    """Version of the listing last decided on."""
    timers: UpTo300[Timer]
    """Timers still to fire."""
    seller_id: PersonReference | None = None
    """Seller of the listing as first known to the case."""
    paused_at_milliseconds: Timestamp | None = None
    """Since when the clock stands, UTC; null while it runs."""
    paused_milliseconds: Milliseconds = 0
    """How long it stood before."""
    clock_started_at_milliseconds: Timestamp = 0
    """When the clock that runs now was started, UTC; 0 for the case's receipt."""
    reviewer_ids: UpTo300[PersonReference] = ()
    """Who decided on the case so far."""
    counter_notice: CounterNotice | None = None
    """The seller's objections, once a takedown allows any."""
    appeals: UpTo300[Appeal] = ()
    """Appeals, open and decided."""
    enforcement: Enforcement | None = None
    """The command last given, if any."""
    policy_hash: Word = ""
    """Times that the case was allowed, as in ip.versions.state and ip.cases.state; empty for one
    from before there were policies."""
    detection: Detection | None = None
    """What a monitor found, where nobody complained; the complaint then has its id, mark and ground
    only."""
    second_look: SecondLook | None = None
    """A second look that is awaited, if any."""
    territories: UpTo300[CountryCode] = ()
    """Countries in which the case keeps, or last kept, the listing from buyers; empty for all."""
    answered: bool = False
    """Whether the complainant said something of what it is still asked for."""
    heeds_records: bool = False
    """Whether what is recorded of its parties may answer what the complainant was last asked."""
    complained_of: ListingVersion | None = None
    """The listing as it was complained of, where it was changed while the case is open."""
    order: Order | None = None
    """What was ordered, where nobody complained; the complaint then has the order's id only."""
    former_seller_ids: UpTo300[PersonReference] = ()
    """Who offered the listing as it was taken down for the case before, and has a strike for it."""
    taken_ids: UpTo300[Identifier] = ()
    """What parties and reviewers said of the case lastly, by hashes of its kinds and ids: it is
    taken once."""


@event(CASES_STATE, identity=ALL_FIELDS, owner="listing", key="")
class ListingCases(NamedTuple):
    """State of one listing: its latest content and the cases against it; one row of a worker's
    state."""

    cases: Many[Case]
    """Cases against the listing, in order of receipt. First in the record, so that a row without
    cases is told by its first byte."""
    listing: ListingChanged | None
    """Latest content of the listing; null while only complaints are known."""
    leaves_at_milliseconds: Timestamp = 0
    """When a row without cases leaves, as its listing was removed, UTC; 0 for a row that stays.
    Last in the record, so that a row which leaves is told by its last byte."""
