"""A decision put into effect: the case's new state, and what is told to whom."""

from typing import NamedTuple

from processors.cases import (
    appeals,
    buyers,
    case_record,
    conduct,
    notifications,
    second_looks,
    statement_facts,
)
from processors.cases.case_clock import settle_clock
from processors.cases.case_commands import (
    reinstatement,
    removal,
    review_of_case,
    review_of_detection,
)
from processors.cases.counter_notices import settle_counter_notice
from processors.cases.enforcement import Removal, commanded
from processors.cases.judgement import Judgement
from processors.cases.measure import territories_of_measure, territories_of_order
from processors.cases.priority import trusted_flagger
from processors.findings.licences import licensed_countries
from processors.identifiers import key_of, reference_of
from processors.policies.service_level import EFFECTS_WALKED
from processors.step import Moment, Output
from schemas.events.cases import Case
from schemas.events.decisions import Capsule, ComplaintDecided, Outcome
from schemas.events.detections import ReviewDetection
from schemas.events.listings import ListingChanged
from schemas.events.reviews import ReviewComplaint
from schemas.events.takedowns import ReinstateListing
from schemas.record import maker

CLOSING_OUTCOMES: frozenset[Outcome] = frozenset(
    {"take_down", "decline", "reinstate", "retract", "remedied_by_seller"}
)
Command = Removal | ReinstateListing | ReviewComplaint | ReviewDetection
_complaint_decided = maker(ComplaintDecided)
_capsule_of = maker(Capsule)


class CaseResult(NamedTuple):
    """A case after a decision, and what the decision gives out."""

    case: Case
    outputs: tuple[Output, ...]


def put_into_effect(
    case: Case,
    judgement: Judgement,
    listing: ListingChanged | None,
    moment: Moment,
    trigger: str,
    relisted: bool = False,
) -> CaseResult:
    """Return the case after the judgement, and the events and commands that carry it out.

    A takedown that stands is not commanded again, unless the listing was relisted. A case that
    was closed and is open again gets a new clock.
    """
    closes = judgement.outcome in CLOSING_OUTCOMES
    new = case._replace(
        decision_number=case.decision_number + 1,
        outcome=judgement.outcome,
        answered=case.answered and judgement.outcome == "ask_for_clarification",
        reason_codes=judgement.reason_codes,
        decided_by_review=bool(judgement.reviewer_ids),
        taken_down=_taken_down(case, judgement.outcome),
        closed_at_milliseconds=moment.now_milliseconds if closes else None,
        trademark_key=key_of(judgement.trademark) or case.trademark_key,
        trademark_recorded_at_milliseconds=_considered(case, moment),
        listing_version=case.listing_version if listing is None else listing.version,
        seller_id=_seller_id(case, judgement, listing, moment),
        reviewer_ids=tuple(dict.fromkeys((*case.reviewer_ids, *judgement.reviewer_ids))),
        territories=_territories(case, judgement, listing, moment, relisted),
        complained_of=None if closes else case.complained_of,
    )
    new, clock = settle_clock(case, new, moment)
    command = _command(case, new, judgement, listing, moment, relisted)
    if isinstance(command, Removal | ReinstateListing):
        new = commanded(new, command, moment)
    new = settle_counter_notice(case, new, moment)
    facts = statement_facts.of_decision(new, judgement, listing, moment)
    new, settled = appeals.settle(new, facts, moment)
    outputs: list[Output] = []
    if new.detection is None and new.order is None:
        # What was decided on a detection is told by its command and to the seller. An order is
        # answered (DSA Article 17(5)).
        decided = _decision(new, judgement, listing, moment, trigger, command)
        outputs.append(case_record.with_record(decided, case, listing, moment))
    outputs += [] if command is None else [command]
    new, looks = second_looks.ask(new, judgement, command, listing, moment)
    outputs += looks
    outputs += clock
    outputs += settled
    outputs += notifications.of_decision(case, new, facts, moment)
    outputs += buyers.informed(new, judgement, listing, moment)
    if new.order is None:
        # What a court or an authority orders is no finding of ours on a party.
        outputs += conduct.of_decision(case, new, moment)
    outputs += conduct.of_mark(case, new, moment)
    return CaseResult(new, tuple(outputs))


def _seller_id(
    case: Case, judgement: Judgement, listing: ListingChanged | None, moment: Moment
) -> str | None:
    """Return who offers a listing: as it is where it is taken down, else as it was first known."""
    if listing is None:
        return case.seller_id
    taken_down = judgement.outcome == "take_down" and not case.taken_down
    walked = moment.levels.of_case(case).steps_edition >= EFFECTS_WALKED
    if case.detection is None and taken_down and walked:
        return listing.seller_id or case.seller_id
    return case.seller_id or listing.seller_id


def _territories(
    case: Case,
    judgement: Judgement,
    listing: ListingChanged | None,
    moment: Moment,
    relisted: bool,
) -> tuple[str, ...]:
    """Return the countries to which a takedown is limited; of one that stands those it has."""
    if judgement.outcome != "take_down" or (case.taken_down and not relisted):
        return case.territories
    if case.detection is not None:
        return case.detection.territories
    if case.order is not None:
        return territories_of_order(case.order, listing)
    level = moment.levels.of_case(case)
    mark = judgement.trademark
    holder = moment.reference.party(case.complaint.rights_holder_id)
    licensed = licensed_countries(holder, listing, mark, case.received_at_milliseconds)
    return territories_of_measure(case.complaint, mark, listing, level, licensed)


def _taken_down(case: Case, outcome: Outcome) -> bool:
    if outcome == "take_down":
        return True
    return case.taken_down and outcome not in CLOSING_OUTCOMES


def _considered(case: Case, moment: Moment) -> int | None:
    """Return the newest registry version known by now, whether or not the decision rests on it."""
    history = moment.reference.trademark_history(reference_of(case.complaint))
    known = [version.recorded_at_milliseconds for version in history]
    return max((at for at in known if at <= moment.now_milliseconds), default=None)


def _command(
    before: Case,
    case: Case,
    judgement: Judgement,
    listing: ListingChanged | None,
    moment: Moment,
    relisted: bool,
) -> Command | None:
    if judgement.outcome == "send_to_review":
        if case.detection is not None and case.decision_number == 1:
            return review_of_detection(case, case.detection, moment)
        return review_of_case(case, listing, moment)
    # What is decided is carried out even where a listing's content, once known, is so no longer.
    if listing is None and case.listing_version is None:
        return None
    if judgement.outcome == "take_down" and (relisted or not before.taken_down):
        return removal(case, judgement, listing, moment)
    if before.taken_down and not case.taken_down:
        return reinstatement(case, judgement, listing, moment)
    return None


def _decision(
    case: Case,
    judgement: Judgement,
    listing: ListingChanged | None,
    moment: Moment,
    trigger: str,
    command: Command | None,
) -> ComplaintDecided:
    complaint = case.complaint
    return _complaint_decided(
        case_id=complaint.complaint_id,
        decision_number=case.decision_number,
        listing_id=complaint.listing_id,
        marketplace=complaint.marketplace,
        outcome=judgement.outcome,
        reason_codes=judgement.reason_codes,
        rule_id=judgement.rule_id,
        findings=judgement.findings,
        shadow_outcome=judgement.shadow_outcome,
        received_at_milliseconds=case.received_at_milliseconds,
        decided_at_milliseconds=moment.now_milliseconds,
        deadline_at_milliseconds=case.deadline_at_milliseconds,
        closes_case=judgement.outcome in CLOSING_OUTCOMES,
        capsule=_capsule(case, judgement, moment, trigger),
        complainant_id=complaint.complainant_id,
        rights_holder_id=complaint.rights_holder_id,
        seller_id=case.seller_id,
        ground=complaint.ground,
        territory=complaint.territory,
        trusted_flagger=trusted_flagger(complaint, moment.reference),
        automated=not judgement.reviewer_ids,
        reviewer_id=judgement.reviewer_ids[0] if judgement.reviewer_ids else None,
        listing_language="" if listing is None else listing.language,
        listing_changed_at_milliseconds=(
            None if listing is None else listing.changed_at_milliseconds
        ),
        listing_territories=() if listing is None else listing.territories,
        command_id=None if command is None else command.command_id,
        restricted_territories=case.territories if judgement.outcome == "take_down" else (),
        shadow_outcomes=judgement.shadow_outcomes,
    )


def _capsule(case: Case, judgement: Judgement, moment: Moment, trigger: str) -> Capsule:
    trademark = judgement.trademark
    return _capsule_of(
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
        policy_hash=case.policy_hash,
        findings_version=judgement.findings_version,
        findings_number=judgement.findings_number,
    )
