"""What a step is given besides state and event, and what it gives."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

from processors.policies.service_level import ServiceLevel
from processors.policies.service_policy import CaseLevels, ServicePolicy
from processors.restraint.action_counts import ReadCount, nothing_counted
from processors.rules.rollout import Rollout
from processors.rules.rule_set import RuleSet
from schemas.events.appeals import AppealDecided
from schemas.events.cases import ListingCases, TimerKind
from schemas.events.conduct import ConductRecorded, ConductRole
from schemas.events.decisions import ComplaintDecided
from schemas.events.detections import BlockListing, DelistListing, ReviewDetection
from schemas.events.enforcement import EnforcementConfirmed, EnforcementOverdue
from schemas.events.notices import InformBuyers, NotifyParty
from schemas.events.orders import OrderAnswered
from schemas.events.parties import PartyRecorded
from schemas.events.reviews import ReviewComplaint
from schemas.events.sla import (
    CaseClosed,
    SlaBreached,
    SlaClockPaused,
    SlaClockResumed,
    SlaClockStarted,
    SlaWarningRaised,
)
from schemas.events.standings import StandingChanged
from schemas.events.suspicions import InformAuthorities
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing
from schemas.events.trademarks import TrademarkRecorded
from schemas.fields import NEWEST


class Reference(Protocol):
    """The global tables, as they stand for one batch."""

    @property
    def rule_set(self) -> RuleSet:
        """Rules that decide."""

    @property
    def shadow_rule_set(self) -> RuleSet | None:
        """Rules that are only compared, if any."""

    @property
    def shadow_rule_sets(self) -> tuple[RuleSet, ...]:
        """Further rules that are only compared, by hash."""

    @property
    def rollout(self) -> Rollout | None:
        """The candidate that decides on a share of listings, if any."""

    @property
    def service_policy(self) -> ServicePolicy | None:
        """Times of cases to come; None where the worker's settings say them."""

    def trademark_history(self, registry_reference: str) -> tuple[TrademarkRecorded, ...]:
        """Return all versions of the mark under one of its two numbers; empty when unknown."""

    def marks_named(self, terms: Sequence[str]) -> tuple[TrademarkRecorded, ...]:
        """Return the newest records of the marks in force that have one of these folded names."""

    def party(self, party_id: str) -> PartyRecorded | None:
        """Return a party as now known."""

    def standing_history(
        self, party_id: str, role: ConductRole = "complainant"
    ) -> tuple[StandingChanged, ...]:
        """Return how a complainant, mark or rule came to stand, oldest first; empty when nothing
        is recorded."""


class Origin(NamedTuple):
    """Where the record that is processed stands in the log; offset -1 for none yet."""

    topic: str
    partition: int
    offset: int


class Moment(NamedTuple):
    """All inputs of a step but state and event: time and tables are given, never asked for.

    `service_level` has what is not of a case: how parties stand. Each case has its own times, in
    `levels`. `counted` gives what was done without a person in the step's partition, of so many.
    `edition` says by which bounds inputs were judged then (schemas/fields.py).
    """

    now_milliseconds: int
    origin: Origin
    reference: Reference
    service_level: ServiceLevel
    software_version: str
    levels: CaseLevels
    partitions: int = 1
    counted: ReadCount = nothing_counted
    edition: int = NEWEST


class TimerFired(NamedTuple):
    """A timer of a case fell due."""

    case_id: str
    kind: TimerKind
    due_at_milliseconds: int


class TimerGivenUp(NamedTuple):
    """A timer of a case failed: it goes, and where one `asks`, a person decides the case."""

    case_id: str
    kind: TimerKind
    due_at_milliseconds: int
    asks: bool


class RegistryChanged(NamedTuple):
    """The registry holds a newer version of a mark that cases of the listing rely on."""

    registry_reference: str


class PartyChanged(NamedTuple):
    """A party has a newer record, and cases of the listing wait for what it may say of it."""

    party_id: str


Output = (
    ComplaintDecided
    | TakeDownListing
    | RestrictListing
    | ReinstateListing
    | BlockListing
    | DelistListing
    | ReviewComplaint
    | ReviewDetection
    | SlaClockStarted
    | SlaClockPaused
    | SlaClockResumed
    | SlaWarningRaised
    | SlaBreached
    | CaseClosed
    | EnforcementConfirmed
    | EnforcementOverdue
    | AppealDecided
    | OrderAnswered
    | NotifyParty
    | InformBuyers
    | InformAuthorities
    | ConductRecorded
)

NoAction = Literal[
    "no_case_affected",
    "no_decision_changed",
    "stale_listing_version",
    "duplicate_complaint",
    "duplicate_detection",
    "unknown_case",
    "stale_review",
    "case_already_decided",
    "decision_limit_reached",
    "not_a_party",
    "not_authorised",
    "no_clarification_asked",
    "already_retracted",
    "no_takedown_to_object_to",
    "duplicate_counter_notice",
    "counter_notice_not_open",
    "counter_notice_forfeited",
    "no_counter_notice_to_answer",
    "duplicate_appeal",
    "no_decision_to_appeal",
    "appeal_already_open",
    "appeal_too_late",
    "too_many_appeals",
    "command_superseded",
    "command_failed",
    "executed_in_part",
    "already_confirmed",
    "second_look_undecided",
    "timer_given_up",
    "seller_unknown",
    "other_marketplace",
    "duplicate_order",
    "order_has_ended",
    "no_order_in_force",
    "order_in_force",
    "retention_ended",
    "still_needed",
]
"""Why an input led to no decision."""


class Step(NamedTuple):
    """What an input led to: the new state, and a decision, 'no action' or a refusal.

    A refusal is the reason code of a dead letter; state is then unchanged.
    """

    state: ListingCases
    outputs: tuple[Output, ...] = ()
    no_action: NoAction | None = None
    refusal: str | None = None


Handlers = Mapping[type[Any], Callable[[ListingCases, Any, Moment], Step]]
"""By the class of an input, what is done with it; each module of steps has its own."""
