"""A decision put into effect: the case's new state, and what is told to whom."""

from typing import NamedTuple

from processors.identifiers import command_id
from processors.judgement import Judgement, key_of, reference_of
from processors.service_level import clock_timers, listing_wait_timer
from processors.step import Moment, Output
from schemas.cases import Case
from schemas.decisions import Capsule, ComplaintDecided, Outcome
from schemas.listings import ListingChanged
from schemas.reviews import ReviewComplaint
from schemas.sla import CaseClosed, SlaClockStarted
from schemas.takedowns import ReinstateListing, TakeDownListing

CLOSING_OUTCOMES: frozenset[Outcome] = frozenset({"take_down", "decline", "reinstate"})


class Decided(NamedTuple):
    """A case after a decision, and what the decision gives out."""

    case: Case
    outputs: tuple[Output, ...]


def clock_started(case: Case) -> SlaClockStarted:
    """Tell that the clock of a case was started."""
    return SlaClockStarted(
        case.complaint.complaint_id,
        case.complaint.listing_id,
        case.complaint.marketplace,
        case.received_at_milliseconds,
        case.deadline_at_milliseconds,
    )


def put_into_effect(
    case: Case,
    judgement: Judgement,
    listing: ListingChanged | None,
    moment: Moment,
    trigger: str,
    by_review: bool = False,
    relisted: bool = False,
) -> Decided:
    """Give the case after the judgement, and the events and commands that carry it out.

    A takedown that stands is not commanded again, unless the listing was relisted. A case that
    was closed and is open again gets a new clock.
    """
    closes = judgement.outcome in CLOSING_OUTCOMES
    new = case._replace(
        decision_number=case.decision_number + 1,
        outcome=judgement.outcome,
        reason_codes=judgement.reason_codes,
        decided_by_review=by_review,
        taken_down=_taken_down(case, judgement.outcome),
        closed_at_milliseconds=moment.now_milliseconds if closes else None,
        trademark_key=key_of(judgement.trademark) or case.trademark_key,
        trademark_recorded_at_milliseconds=_considered(case, moment),
        listing_version=case.listing_version if listing is None else listing.version,
    )
    outputs: list[Output] = [_decision(new, judgement, moment, trigger, closes)]
    new, clock = _clock(case, new, moment, closes)
    outputs += _commands(case, new, judgement, listing, moment, relisted)
    return Decided(new, (*outputs, *clock))


def _taken_down(case: Case, outcome: Outcome) -> bool:
    if outcome == "take_down":
        return True
    return case.taken_down and outcome not in CLOSING_OUTCOMES


def _considered(case: Case, moment: Moment) -> int | None:
    """Give the newest registry version known by now, whether or not the decision rests on it."""
    history = moment.reference.trademark_history(reference_of(case.complaint))
    known = [version.recorded_at_milliseconds for version in history]
    return max((at for at in known if at <= moment.now_milliseconds), default=None)


def _clock(before: Case, new: Case, moment: Moment, closes: bool) -> tuple[Case, list[Output]]:
    if closes:
        new = new._replace(timers=())
        if before.closed_at_milliseconds is not None:
            return new, []
        return new, [_closed(new, moment)]
    timers = tuple(timer for timer in new.timers if timer.kind != "listing_wait")
    reopened = before.closed_at_milliseconds is not None
    if reopened:
        level = moment.service_level
        new = new._replace(
            deadline_at_milliseconds=moment.now_milliseconds + level.deadline_milliseconds
        )
        timers = clock_timers(level, moment.now_milliseconds)
    if new.outcome == "wait_for_listing":
        wait = listing_wait_timer(moment.service_level, moment.now_milliseconds)
        timers = (wait, *timers)
    new = new._replace(timers=timers)
    return new, [clock_started(new)] if reopened else []


def _closed(case: Case, moment: Moment) -> CaseClosed:
    started_at = case.deadline_at_milliseconds - moment.service_level.deadline_milliseconds
    return CaseClosed(
        case_id=case.complaint.complaint_id,
        listing_id=case.complaint.listing_id,
        marketplace=case.complaint.marketplace,
        received_at_milliseconds=case.received_at_milliseconds,
        deadline_at_milliseconds=case.deadline_at_milliseconds,
        decision_number=case.decision_number,
        outcome=case.outcome,
        reason_codes=case.reason_codes,
        closed_at_milliseconds=moment.now_milliseconds,
        open_seconds=max(0, moment.now_milliseconds - started_at) / 1000,
        within_deadline=moment.now_milliseconds <= case.deadline_at_milliseconds,
    )


def _decision(
    case: Case, judgement: Judgement, moment: Moment, trigger: str, closes: bool
) -> ComplaintDecided:
    trademark = judgement.trademark
    return ComplaintDecided(
        case_id=case.complaint.complaint_id,
        decision_number=case.decision_number,
        listing_id=case.complaint.listing_id,
        marketplace=case.complaint.marketplace,
        outcome=judgement.outcome,
        reason_codes=judgement.reason_codes,
        rule_id=judgement.rule_id,
        findings=judgement.findings,
        shadow_outcome=judgement.shadow_outcome,
        received_at_milliseconds=case.received_at_milliseconds,
        decided_at_milliseconds=moment.now_milliseconds,
        deadline_at_milliseconds=case.deadline_at_milliseconds,
        closes_case=closes,
        capsule=Capsule(
            trigger=trigger,
            input_topic=moment.origin.topic,
            input_partition=moment.origin.partition,
            input_offset=moment.origin.offset,
            rule_set_hash=judgement.rule_set_hash,
            trademark_key=key_of(trademark),
            trademark_recorded_at_milliseconds=(
                None if trademark is None else trademark.recorded_at_milliseconds
            ),
            registry_known_at_milliseconds=(
                None if not judgement.rule_set_hash else moment.now_milliseconds
            ),
            listing_version=case.listing_version,
            software_version=moment.software_version,
        ),
    )


def _commands(
    before: Case,
    case: Case,
    judgement: Judgement,
    listing: ListingChanged | None,
    moment: Moment,
    relisted: bool,
) -> list[Output]:
    if judgement.outcome == "send_to_review":
        return [_review(case, moment)]
    if listing is None:
        return []
    if judgement.outcome == "take_down" and (relisted or not before.taken_down):
        return [_takedown(case, judgement, listing, moment)]
    if before.taken_down and not case.taken_down:
        return [_reinstatement(case, listing, moment)]
    return []


def _takedown(
    case: Case, judgement: Judgement, listing: ListingChanged, moment: Moment
) -> TakeDownListing:
    complaint = case.complaint
    return TakeDownListing(
        command_id=command_id(complaint.complaint_id, case.decision_number),
        case_id=complaint.complaint_id,
        decision_number=case.decision_number,
        listing_id=complaint.listing_id,
        marketplace=complaint.marketplace,
        seller_id=listing.seller_id,
        listing_version=listing.version,
        url=listing.url,
        trademark_key=case.trademark_key or "",
        mark_text=None if judgement.trademark is None else judgement.trademark.mark_text,
        ground=complaint.ground,
        territory=complaint.territory,
        reason_codes=judgement.reason_codes,
        received_at_milliseconds=case.received_at_milliseconds,
        deadline_at_milliseconds=case.deadline_at_milliseconds,
        issued_at_milliseconds=moment.now_milliseconds,
        title=listing.title,
    )


def _reinstatement(case: Case, listing: ListingChanged, moment: Moment) -> ReinstateListing:
    return ReinstateListing(
        command_id=command_id(case.complaint.complaint_id, case.decision_number),
        case_id=case.complaint.complaint_id,
        decision_number=case.decision_number,
        listing_id=case.complaint.listing_id,
        marketplace=case.complaint.marketplace,
        seller_id=listing.seller_id,
        reason_codes=case.reason_codes,
        issued_at_milliseconds=moment.now_milliseconds,
    )


def _review(case: Case, moment: Moment) -> ReviewComplaint:
    return ReviewComplaint(
        command_id=command_id(case.complaint.complaint_id, case.decision_number),
        case_id=case.complaint.complaint_id,
        decision_number=case.decision_number,
        listing_id=case.complaint.listing_id,
        marketplace=case.complaint.marketplace,
        complainant_id=case.complaint.complainant_id,
        ground=case.complaint.ground,
        reason_codes=case.reason_codes,
        received_at_milliseconds=case.received_at_milliseconds,
        deadline_at_milliseconds=case.deadline_at_milliseconds,
        issued_at_milliseconds=moment.now_milliseconds,
    )
