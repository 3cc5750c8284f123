"""What became of each case, put together from its events in any order."""

from typing import Any, NamedTuple

from schemas.events.appeals import AppealDecided, AppealFiled
from schemas.events.complaints import ComplaintFiled
from schemas.events.decisions import ComplaintDecided
from schemas.events.detections import BlockListing, DelistListing
from schemas.events.enforcement import EnforcementConfirmed
from schemas.events.standings import SanctionParty
from schemas.events.takedowns import RestrictListing
from sinks.statements.grounds import in_union, scope_of

REGISTER_REASON = "trademark_no_longer_in_force"
"""A listing put back for this was rightly taken down: the right has ended since."""


class CaseHistory:
    """The decisions of one case, by number, and the batch in which it was filed."""

    def __init__(self) -> None:
        self.decisions: dict[int, ComplaintDecided] = {}
        self.batch: str | None = None

    @property
    def ordered(self) -> list[ComplaintDecided]:
        """The decisions in their order."""
        return [decision for _, decision in sorted(self.decisions.items())]

    @property
    def first(self) -> ComplaintDecided:
        """The first decision known."""
        return self.decisions[min(self.decisions)]

    @property
    def takedown(self) -> ComplaintDecided | None:
        """The first decision that restricted the listing, if any."""
        ordered = self.ordered
        return next(
            (each for each in ordered if each.outcome == "take_down" and each.command_id), None
        )

    @property
    def in_union(self) -> bool:
        """Whether the complaint is about the service in the European Economic Area."""
        return any(
            in_union(each.territory) or scope_of(each.listing_territories)
            for each in self.decisions.values()
        )

    def reversed_by(self, decision: ComplaintDecided) -> ComplaintDecided | None:
        """Return the decision that undid this one, if any; not one that the register led to."""
        opposite = {"take_down": "reinstate", "decline": "take_down"}.get(decision.outcome)
        for later in self.ordered:
            if later.decision_number <= decision.decision_number:
                continue
            if later.outcome == opposite and REGISTER_REASON not in later.reason_codes:
                return later
        return None


class Appealed(NamedTuple):
    """An appeal, as far as known."""

    filed: AppealFiled | None
    decided: AppealDecided | None


class Histories:
    """All that the report is made of; an event read twice counts once."""

    def __init__(self) -> None:
        self.cases: dict[str, CaseHistory] = {}
        self.removals: dict[str, BlockListing | DelistListing | RestrictListing] = {}
        self.detected: set[str] = set()
        self.sanctions: dict[str, SanctionParty] = {}
        self.appeals: dict[str, Appealed] = {}
        self.confirmed: dict[str, int] = {}

    def add(self, event: Any) -> None:
        """Take in an event; others than those that the report needs are ignored."""
        match event:
            case ComplaintFiled():
                self._case(event.complaint_id).batch = event.batch_id
            case ComplaintDecided():
                case = self._case(event.case_id)
                case.decisions.setdefault(event.decision_number, event)
            case EnforcementConfirmed():
                known = self.confirmed.get(event.command_id, event.confirmed_at_milliseconds)
                self.confirmed[event.command_id] = min(known, event.confirmed_at_milliseconds)
            case BlockListing() | DelistListing():
                self.removals.setdefault(event.command_id, event)
                self.detected.add(event.detection_id)
            case RestrictListing():
                if event.measure != "take_down":
                    self.removals.setdefault(event.command_id, event)
                    self.detected.add(event.case_id)
            case SanctionParty():
                self.sanctions.setdefault(event.command_id, event)
            case AppealFiled():
                known_appeal = self.appeals.get(event.appeal_id, Appealed(None, None))
                self.appeals[event.appeal_id] = known_appeal._replace(filed=event)
            case AppealDecided():
                known_appeal = self.appeals.get(event.appeal_id, Appealed(None, None))
                self.appeals[event.appeal_id] = known_appeal._replace(decided=event)

    def _case(self, case_id: str) -> CaseHistory:
        return self.cases.setdefault(case_id, CaseHistory())
