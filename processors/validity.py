"""What no record may say: ids, texts and numbers that can't be processed."""

import re
from collections.abc import Callable
from typing import Any, Final

from schemas.events.acknowledgements import CommandAcknowledged
from schemas.events.appeals import AppealFiled
from schemas.events.complaints import ClarificationProvided, ComplaintFiled, ComplaintRetracted
from schemas.events.conduct import ConductRecorded
from schemas.events.counter_notices import CounterNoticeAnswered, CounterNoticeFiled
from schemas.events.listings import ListingChanged
from schemas.events.parties import PartyRecorded
from schemas.events.reviews import ReviewDecided
from schemas.events.trademarks import TrademarkRecorded

MAXIMUM_ID_CHARACTERS = 256
MAXIMUM_TITLE_CHARACTERS = 2_000
MAXIMUM_TEXT_CHARACTERS = 20_000
MAXIMUM_ITEMS = 300
NICE_CLASSES = range(1, 46)

EARLIEST_MILLISECONDS = -(1 << 47)
"""Times of registers go back before 1970, but no further than some thousand years."""

_DATE = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def invalid_fields(event: object) -> tuple[str, ...]:
    """Return reason codes of a record that can't be processed at all; it becomes a dead letter.

    Errors: TypeError where there is no such input.
    """
    check = CHECKS.get(type(event))
    if check is None:
        raise TypeError(f"no such input: {type(event).__name__}")
    return check(event)


def invalid_listing(listing: ListingChanged) -> tuple[str, ...]:
    """Check a listing. Hot: it is called for each change of each listing."""
    found = _bad_ids(listing.listing_id, listing.seller_id, listing.marketplace)
    if listing.version < 0 or listing.changed_at_milliseconds < 0:
        found += ("invalid_number",)
    if len(listing.title) > MAXIMUM_TITLE_CHARACTERS or len(listing.url) > MAXIMUM_TITLE_CHARACTERS:
        found += ("text_too_long",)
    for number in listing.nice_classes:
        if number not in NICE_CLASSES:
            found += ("invalid_nice_class",)
            break
    if len(listing.territories) > MAXIMUM_ITEMS or len(listing.nice_classes) > MAXIMUM_ITEMS:
        found += ("too_many_items",)
    return found


def invalid_complaint(complaint: ComplaintFiled) -> tuple[str, ...]:
    """Check a complaint."""
    found = _bad_ids(
        complaint.complaint_id,
        complaint.listing_id,
        complaint.marketplace,
        complaint.complainant_id,
        complaint.rights_holder_id,
    )
    if complaint.filed_at_milliseconds < 0:
        found += ("invalid_number",)
    texts = (complaint.signature, complaint.contact_email, complaint.trademark_number)
    if len(complaint.statement) > MAXIMUM_TEXT_CHARACTERS or any(
        len(text) > MAXIMUM_TITLE_CHARACTERS for text in texts
    ):
        found += ("text_too_long",)
    if _CONTROL.search(complaint.trademark_office + complaint.trademark_number):
        found += ("control_character",)
    if len(complaint.evidence) > MAXIMUM_ITEMS:
        found += ("too_many_items",)
    return found


def invalid_review(review: ReviewDecided) -> tuple[str, ...]:
    """Check a reviewer's decision."""
    found = _bad_ids(review.review_id, review.case_id, review.listing_id, review.reviewer_id)
    if not review.reason_codes:
        found += ("reason_missing",)
    if len(review.reason_codes) > MAXIMUM_ITEMS:
        found += ("too_many_items",)
    return found


def invalid_clarification(clarification: ClarificationProvided) -> tuple[str, ...]:
    """Check what a complainant added."""
    found = _bad_ids(
        clarification.clarification_id,
        clarification.case_id,
        clarification.listing_id,
        clarification.complainant_id,
    )
    if clarification.trademark_number_kind not in (None, "application", "registration"):
        found += ("invalid_number_kind",)
    if _CONTROL.search(
        (clarification.trademark_office or "") + (clarification.trademark_number or "")
    ):
        found += ("control_character",)
    shorter = (
        clarification.signature,
        clarification.contact_email,
        clarification.trademark_number,
        clarification.trademark_office,
        clarification.territory,
    )
    found += _too_long((clarification.statement,), MAXIMUM_TEXT_CHARACTERS)
    found += _too_long(shorter, MAXIMUM_TITLE_CHARACTERS)
    if len(clarification.evidence) > MAXIMUM_ITEMS:
        found += ("too_many_items",)
    return found


def invalid_retraction(retraction: ComplaintRetracted) -> tuple[str, ...]:
    """Check a retraction."""
    return _bad_ids(
        retraction.retraction_id,
        retraction.case_id,
        retraction.listing_id,
        retraction.complainant_id,
    ) + _too_long((retraction.explanation,), MAXIMUM_TEXT_CHARACTERS)


def invalid_counter_notice(filed: CounterNoticeFiled) -> tuple[str, ...]:
    """Check a seller's objection."""
    found = _bad_ids(filed.counter_notice_id, filed.case_id, filed.listing_id, filed.seller_id)
    found += _too_long((filed.statement,), MAXIMUM_TEXT_CHARACTERS)
    found += _too_long((filed.signature,), MAXIMUM_TITLE_CHARACTERS)
    if len(filed.evidence) > MAXIMUM_ITEMS:
        found += ("too_many_items",)
    return found


def invalid_answer(answered: CounterNoticeAnswered) -> tuple[str, ...]:
    """Check a complainant's answer to an objection."""
    return _bad_ids(
        answered.answer_id, answered.case_id, answered.listing_id, answered.complainant_id
    ) + _too_long((answered.explanation,), MAXIMUM_TEXT_CHARACTERS)


def invalid_appeal(filed: AppealFiled) -> tuple[str, ...]:
    """Check an appeal."""
    return _bad_ids(filed.appeal_id, filed.case_id, filed.listing_id, filed.party_id) + _too_long(
        (filed.statement,), MAXIMUM_TEXT_CHARACTERS
    )


def invalid_acknowledgement(acknowledgement: CommandAcknowledged) -> tuple[str, ...]:
    """Check what a marketplace told."""
    return _bad_ids(
        acknowledgement.acknowledgement_id,
        acknowledgement.command_id,
        acknowledgement.case_id,
        acknowledgement.listing_id,
    ) + _too_long((acknowledgement.detail,), MAXIMUM_TEXT_CHARACTERS)


def invalid_conduct(conduct: ConductRecorded) -> tuple[str, ...]:
    """Check what counts for or against a party."""
    found = _bad_ids(
        conduct.conduct_id,
        conduct.party_id,
        conduct.case_id,
        conduct.listing_id,
        conduct.marketplace,
    )
    if conduct.occurred_at_milliseconds < 0:
        found += ("invalid_number",)
    return found + _too_long((conduct.ground,), MAXIMUM_ID_CHARACTERS)


def invalid_trademark(trademark: TrademarkRecorded) -> tuple[str, ...]:
    """Check a registry record."""
    numbers = [trademark.application_number]
    if trademark.registration_number is not None:
        numbers.append(trademark.registration_number)
    found = _bad_ids(trademark.office, *numbers)
    dates = (
        trademark.status_date,
        trademark.application_date,
        trademark.registration_date,
        trademark.expiry_date,
    )
    if any(date is not None and not _DATE.fullmatch(date) for date in dates):
        found += ("invalid_date",)
    times = (trademark.recorded_at_milliseconds, trademark.effective_from_milliseconds)
    if min(times) < EARLIEST_MILLISECONDS:
        found += ("invalid_number",)
    if any(number not in NICE_CLASSES for number in trademark.nice_classes):
        found += ("invalid_nice_class",)
    return found


def invalid_party(party: PartyRecorded) -> tuple[str, ...]:
    """Check a party's record."""
    return _bad_ids(party.party_id)


CHECKS: Final[dict[type[Any], Callable[[Any], tuple[str, ...]]]] = {
    ListingChanged: invalid_listing,
    ComplaintFiled: invalid_complaint,
    ReviewDecided: invalid_review,
    ClarificationProvided: invalid_clarification,
    ComplaintRetracted: invalid_retraction,
    CounterNoticeFiled: invalid_counter_notice,
    CounterNoticeAnswered: invalid_answer,
    AppealFiled: invalid_appeal,
    CommandAcknowledged: invalid_acknowledgement,
    ConductRecorded: invalid_conduct,
    TrademarkRecorded: invalid_trademark,
    PartyRecorded: invalid_party,
}


def _too_long(texts: tuple[str | None, ...], maximum_characters: int) -> tuple[str, ...]:
    long = any(text is not None and len(text) > maximum_characters for text in texts)
    return ("text_too_long",) if long else ()


def _bad_ids(*ids: str) -> tuple[str, ...]:
    for each in ids:
        if not each or len(each) > MAXIMUM_ID_CHARACTERS:
            return ("invalid_id",)
        # Printable text has no control characters; the slower search is for what is left.
        if not each.isprintable() and _CONTROL.search(each):
            return ("control_character",)
    return ()
