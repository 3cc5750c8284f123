"""Commands that carry a decision out: take down, reinstate, have it reviewed."""

from typing import NamedTuple

from processors.cases.judgement import Judgement
from processors.cases.priority import fast_lane, trusted_flagger
from processors.findings.goods import goods_of
from processors.findings.hazards import hazard_of
from processors.identifiers import command_id, hashed, reference_of
from processors.step import Moment, Reference
from schemas.events.cases import Case, Detection
from schemas.events.detections import BlockListing, DelistListing, ReviewDetection
from schemas.events.listings import ListingChanged
from schemas.events.reviews import (
    ReviewComplaint,
    ReviewedListing,
    ReviewedMark,
    ReviewKind,
)
from schemas.events.takedowns import (
    ReinstateListing,
    RestrictedMeasure,
    RestrictListing,
    TakeDownListing,
)
from schemas.events.trademarks import TrademarkRecorded
from schemas.reasons import SAFETY_HAZARD
from schemas.record import maker

_take_down = maker(TakeDownListing)
_review_complaint = maker(ReviewComplaint)


class Subject(NamedTuple):
    """What reviewers are asked about a case, and until when."""

    kind: ReviewKind
    subject_id: str
    reason_codes: tuple[str, ...]
    deadline_at_milliseconds: int
    excluded_reviewer_ids: tuple[str, ...] = ()
    attempt: str = ""


def removal(
    case: Case, judgement: Judgement, listing: ListingChanged | None, moment: Moment
) -> TakeDownListing | RestrictListing | BlockListing | DelistListing:
    """Return the command that takes a listing from buyers: as complained of, or as detected."""
    if case.territories:
        return restriction(case, judgement, listing, moment)
    if case.detection is None:
        return takedown(case, judgement, listing, moment)
    found, complaint = case.detection, case.complaint
    kind = DelistListing if found.removal == "delist" else BlockListing
    return kind(
        hashed(complaint.complaint_id, found.removal),
        complaint.complaint_id,
        complaint.listing_id,
        complaint.marketplace,
        case.seller_id or "",
        found.listing_version,
        found.url,
        found.title,
        case.trademark_key,
        found.mark_text,
        judgement.reason_codes,
        moment.now_milliseconds,
        not judgement.reviewer_ids,
        judgement.rule_id,
    )


def review_of_detection(case: Case, found: Detection, moment: Moment) -> ReviewDetection:
    """Return the command that asks reviewers to judge what a monitor found."""
    complaint = case.complaint
    return ReviewDetection(
        hashed(complaint.complaint_id, "send_to_review"),
        complaint.complaint_id,
        complaint.listing_id,
        complaint.marketplace,
        case.seller_id or "",
        found.listing_version,
        case.reason_codes,
        moment.now_milliseconds,
    )


def takedown(
    case: Case, judgement: Judgement, listing: ListingChanged | None, moment: Moment
) -> TakeDownListing:
    """Return the command that takes a listing down; what is not known of it is empty."""
    complaint = case.complaint
    return _take_down(
        command_id=command_id(complaint.complaint_id, case.decision_number),
        case_id=complaint.complaint_id,
        decision_number=case.decision_number,
        listing_id=complaint.listing_id,
        marketplace=complaint.marketplace,
        seller_id=case.seller_id or "" if listing is None else listing.seller_id,
        listing_version=case.listing_version or 0 if listing is None else listing.version,
        url="" if listing is None else listing.url,
        trademark_key=case.trademark_key or "",
        mark_text=None if judgement.trademark is None else judgement.trademark.mark_text,
        ground=complaint.ground,
        territory=complaint.territory,
        reason_codes=judgement.reason_codes,
        received_at_milliseconds=case.received_at_milliseconds,
        deadline_at_milliseconds=case.deadline_at_milliseconds,
        issued_at_milliseconds=moment.now_milliseconds,
        title="" if listing is None else listing.title,
        rule_id=judgement.rule_id,
        complainant_id=complaint.complainant_id,
        automated=not judgement.reviewer_ids,
    )


def restriction(
    case: Case, judgement: Judgement, listing: ListingChanged | None, moment: Moment
) -> RestrictListing:
    """Return the command that hides a listing in the case's countries."""
    complaint, found = case.complaint, case.detection
    measure: RestrictedMeasure = "take_down"
    identity = command_id(complaint.complaint_id, case.decision_number)
    if found is not None:
        measure = "delist" if found.removal == "delist" else "block"
        identity = hashed(complaint.complaint_id, measure)
    mark = judgement.trademark
    version = case.listing_version or 0 if listing is None else listing.version
    url = "" if listing is None else listing.url
    title = "" if listing is None else listing.title
    mark_text = None if mark is None else mark.mark_text
    if found is not None:
        version, url, title = found.listing_version, found.url, found.title
        mark_text = found.mark_text
    return RestrictListing(
        command_id=identity,
        case_id=complaint.complaint_id,
        decision_number=case.decision_number,
        listing_id=complaint.listing_id,
        marketplace=complaint.marketplace,
        seller_id=case.seller_id or "" if listing is None else listing.seller_id,
        listing_version=version,
        url=url,
        territories=case.territories,
        measure=measure,
        trademark_key=case.trademark_key,
        mark_text=mark_text,
        ground=complaint.ground,
        reason_codes=judgement.reason_codes,
        issued_at_milliseconds=moment.now_milliseconds,
        title=title,
        rule_id=judgement.rule_id,
        complainant_id=complaint.complainant_id,
        automated=not judgement.reviewer_ids,
    )


def reinstatement(
    case: Case, judgement: Judgement, listing: ListingChanged | None, moment: Moment
) -> ReinstateListing:
    """Return the command that puts a listing back."""
    return ReinstateListing(
        command_id=command_id(case.complaint.complaint_id, case.decision_number),
        case_id=case.complaint.complaint_id,
        decision_number=case.decision_number,
        listing_id=case.complaint.listing_id,
        marketplace=case.complaint.marketplace,
        seller_id=case.seller_id or "" if listing is None else listing.seller_id,
        reason_codes=case.reason_codes,
        issued_at_milliseconds=moment.now_milliseconds,
        rule_id=judgement.rule_id,
        complainant_id=case.complaint.complainant_id,
    )


def review_of_case(case: Case, listing: ListingChanged | None, moment: Moment) -> ReviewComplaint:
    """Return the command that has reviewers decide a case."""
    ended = "trademark_no_longer_in_force" in case.reason_codes
    reason_codes, until = case.reason_codes, case.deadline_at_milliseconds
    allowed = moment.levels.of_case(case).safety_review_milliseconds
    if allowed and hazard_of(case.complaint, listing) is not None:
        reason_codes = (*reason_codes, SAFETY_HAZARD)
        until = min(until, moment.now_milliseconds + allowed)
    subject = Subject(
        kind="registry_change" if ended else "complaint",
        subject_id="",
        reason_codes=reason_codes,
        deadline_at_milliseconds=until,
    )
    return review(case, subject, listing, moment)


def review(
    case: Case, subject: Subject, listing: ListingChanged | None, moment: Moment
) -> ReviewComplaint:
    """Return the command that has reviewers decide a subject of a case.

    The id of a case's own review is that of its decision; others have the subject within it.
    """
    complaint = case.complaint
    name = complaint.complaint_id
    if subject.subject_id:
        name = "\x00".join((name, subject.kind, subject.subject_id, subject.attempt))
    reference = moment.reference
    record = _newest_record(reference, case)
    return _review_complaint(
        command_id=command_id(name, case.decision_number),
        case_id=complaint.complaint_id,
        decision_number=case.decision_number,
        listing_id=complaint.listing_id,
        marketplace=complaint.marketplace,
        complainant_id=complaint.complainant_id,
        ground=complaint.ground,
        reason_codes=subject.reason_codes,
        received_at_milliseconds=case.received_at_milliseconds,
        deadline_at_milliseconds=subject.deadline_at_milliseconds,
        issued_at_milliseconds=moment.now_milliseconds,
        kind=subject.kind,
        subject_id=subject.subject_id,
        rights_holder_id=complaint.rights_holder_id,
        seller_id=case.seller_id or "",
        trademark_key=case.trademark_key,
        language="" if listing is None else listing.language,
        trusted_flagger=trusted_flagger(complaint, reference),
        fast_lane=fast_lane(complaint, case.received_at_milliseconds, moment),
        price_euros=None if listing is None else listing.price_euros,
        excluded_reviewer_ids=subject.excluded_reviewer_ids,
        mark_goods=goods_of(record),
        listing=None if listing is None else reviewed_listing(listing),
        mark=None if record is None else _reviewed_mark(record),
    )


def reviewed_listing(listing: ListingChanged) -> ReviewedListing:
    """Return a listing as people are shown it."""
    return ReviewedListing(
        version=listing.version,
        status=listing.status,
        title=listing.title,
        brand=listing.brand,
        category=listing.category,
        nice_classes=listing.nice_classes,
        territories=listing.territories,
        url=listing.url,
        changed_at_milliseconds=listing.changed_at_milliseconds,
        listed_at_milliseconds=listing.listed_at_milliseconds,
    )


def _reviewed_mark(record: TrademarkRecorded) -> ReviewedMark:
    return ReviewedMark(
        mark_text=record.mark_text,
        feature=record.mark_feature,
        status=record.status,
        owners=tuple([owner.name for owner in record.owners]),
        nice_classes=record.nice_classes,
        territories=record.territories,
        registration_date=record.registration_date,
        expiry_date=record.expiry_date,
    )


def _newest_record(reference: Reference, case: Case) -> TrademarkRecorded | None:
    if not case.trademark_key:
        return None
    history = reference.trademark_history(reference_of(case.complaint))
    return history[-1] if history else None
