"""Whether a command took effect: acknowledged by the marketplace, then proved by the listing.

What is not confirmed in time is told, each time later, so that dispatch sends the command again
under the same id and somebody looks into it.
"""

from processors.cases.case_clock import timers_with, with_timer, without_timers
from processors.cases.measure import shown_in
from processors.findings.territories import all_countries
from processors.step import Moment, NoAction
from schemas.events.acknowledgements import CommandAcknowledged
from schemas.events.cases import Case, Enforcement, EnforcementState, TimerKind
from schemas.events.detections import BlockListing, DelistListing
from schemas.events.enforcement import (
    EnforcementAction,
    EnforcementConfirmed,
    EnforcementOverdue,
    EnforcementStage,
)
from schemas.events.listings import ListingChanged
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing
from schemas.fields import TIMED

Removal = TakeDownListing | RestrictListing | BlockListing | DelistListing
"""What takes a listing away from buyers."""

_TIMER: frozenset[TimerKind] = frozenset({"enforcement_due"})
Confirmation = EnforcementConfirmed | EnforcementOverdue


def commanded(case: Case, command: Removal | ReinstateListing, moment: Moment) -> Case:
    """Return a case whose command is to be confirmed."""
    action: EnforcementAction = "take_down" if isinstance(command, Removal) else "reinstate"
    now = moment.now_milliseconds
    given = Enforcement(command.command_id, action, "commanded", 0, now, case.territories)
    due = now + moment.levels.of_case(case).acknowledgement_milliseconds
    timers = timers_with(case.timers, "enforcement_due", due)
    return case._replace(enforcement=given, timers=timers)


def withdrawn(case: Case) -> Case:
    """Return a case whose command was not given after all."""
    return without_timers(case, _TIMER)._replace(enforcement=None)


def restored(case: Case, before: Case) -> Case:
    """Return a case that awaits again what it awaited before, of the command given earlier."""
    timers = tuple(timer for timer in before.timers if timer.kind in _TIMER)
    return case._replace(enforcement=before.enforcement, timers=(*case.timers, *timers))


def acknowledge(
    case: Case, acknowledgement: CommandAcknowledged, moment: Moment
) -> tuple[Case, tuple[Confirmation, ...], NoAction | None]:
    """Take in what the marketplace did about the case's command."""
    given = case.enforcement
    other = acknowledgement.marketplace != case.complaint.marketplace
    if other and moment.edition >= TIMED:
        # One that tells of no marketplace finds its case by the id alone, and may be anybody's.
        return case, (), "other_marketplace"
    if given is None or given.command_id != acknowledgement.command_id:
        return case, (), "command_superseded"
    if given.stage in ("acknowledged", "proved"):
        return case, (), "already_confirmed"
    undone = _undone(given, acknowledgement)
    if undone is not None:
        # It is sent again when it is due.
        return case, (), undone
    if acknowledgement.result == "executed":
        case = _at(case, given, "acknowledged")
        due = moment.now_milliseconds + moment.levels.of_case(case).proof_milliseconds
        told = _confirmed(case, given, "acknowledged", moment)
        return with_timer(case, "enforcement_due", due), (told,), None
    case = without_timers(_at(case, given, "refused"), _TIMER)
    return case, (_overdue(case, given, moment.now_milliseconds),), None


def _undone(given: Enforcement, acknowledgement: CommandAcknowledged) -> NoAction | None:
    """Tell why a command is still to be carried out, wholly or in some countries."""
    if acknowledgement.result == "failed":
        return "command_failed"
    done = acknowledgement.territories
    if acknowledgement.result != "executed" or not done:
        return None
    wholly = bool(given.territories) and set(given.territories) <= all_countries(done)
    return None if wholly else "executed_in_part"


def prove(case: Case, listing: ListingChanged, moment: Moment) -> tuple[Case, list[Confirmation]]:
    """See whether a listing's change shows the effect of the case's command."""
    given = case.enforcement
    if given is None or given.stage == "proved":
        return case, []
    shown = shown_in(listing, given.territories)
    if shown != (given.action == "reinstate"):
        return case, []
    if shown and not all_countries(listing.restricted_territories).isdisjoint(given.territories):
        return case, []
    case = without_timers(_at(case, given, "proved"), _TIMER)
    return case, [_confirmed(case, given, "proved", moment)]


def await_no_more(case: Case, listing: ListingChanged) -> Case:
    """Return the case of a detection that awaits nothing about a version which is past."""
    given, found = case.enforcement, case.detection
    if given is None or found is None or given.action != "take_down":
        return case
    past = listing.version > found.listing_version and listing.status == "active"
    return withdrawn(case) if past else case


def overdue(
    case: Case, due_at_milliseconds: int, moment: Moment
) -> tuple[Case, list[Confirmation]]:
    """Tell that the command is not confirmed in time, and look again after twice as long."""
    given = case.enforcement
    if given is None or given.stage in ("proved", "refused"):
        return case, []
    given = given._replace(reminders=given.reminders + 1)
    case = case._replace(enforcement=given)
    level = moment.levels.of_case(case)
    if given.reminders < level.enforcement_reminders:
        first = (
            level.acknowledgement_milliseconds
            if given.stage == "commanded"
            else level.proof_milliseconds
        )
        due = due_at_milliseconds + first * 2**given.reminders
        case = with_timer(case, "enforcement_due", due)
    return case, [_overdue(case, given, due_at_milliseconds)]


def _at(case: Case, given: Enforcement, stage: EnforcementState) -> Case:
    return case._replace(enforcement=given._replace(stage=stage))


def _confirmed(
    case: Case, given: Enforcement, stage: EnforcementStage, moment: Moment
) -> EnforcementConfirmed:
    return EnforcementConfirmed(
        command_id=given.command_id,
        case_id=case.complaint.complaint_id,
        listing_id=case.complaint.listing_id,
        marketplace=case.complaint.marketplace,
        action=given.action,
        stage=stage,
        issued_at_milliseconds=given.issued_at_milliseconds,
        confirmed_at_milliseconds=moment.now_milliseconds,
        elapsed_seconds=max(0, moment.now_milliseconds - given.issued_at_milliseconds) / 1000,
        received_at_milliseconds=case.received_at_milliseconds,
        deadline_at_milliseconds=case.deadline_at_milliseconds,
        territories=given.territories,
    )


def _overdue(case: Case, given: Enforcement, due_at_milliseconds: int) -> EnforcementOverdue:
    return EnforcementOverdue(
        command_id=given.command_id,
        case_id=case.complaint.complaint_id,
        listing_id=case.complaint.listing_id,
        marketplace=case.complaint.marketplace,
        action=given.action,
        missing="proof" if given.stage == "acknowledged" else "acknowledgement",
        reminder_number=max(1, given.reminders),
        issued_at_milliseconds=given.issued_at_milliseconds,
        due_at_milliseconds=due_at_milliseconds,
        territories=given.territories,
    )
