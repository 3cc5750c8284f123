"""What a complaint must say to be acted on, and what no record may say.

Elements asked for: DSA Article 16(2)(a)-(d) and, alike, DMCA 512(c)(3)(A).
"""

import re
from functools import singledispatch

from schemas.complaints import ComplaintFiled
from schemas.listings import ListingChanged
from schemas.parties import PartyRecorded
from schemas.reviews import ReviewDecided
from schemas.trademarks import TrademarkRecorded

MINIMUM_STATEMENT_CHARACTERS = 20
MAXIMUM_ID_CHARACTERS = 256
MAXIMUM_TITLE_CHARACTERS = 2_000
MAXIMUM_TEXT_CHARACTERS = 20_000
MAXIMUM_ITEMS = 300
NICE_CLASSES = range(1, 46)

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_EARLIEST = -(1 << 47)
"""Times of registers go back before 1970, but no further than some thousand years."""

_COUNTRY = re.compile(r"[A-Z]{2}")
_DATE = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def missing_elements(complaint: ComplaintFiled) -> tuple[str, ...]:
    """Give reason codes for what the complaint lacks; the complainant is asked for it."""
    found = []
    if len(complaint.statement.strip()) < MINIMUM_STATEMENT_CHARACTERS:
        found.append("statement_missing")
    if not complaint.good_faith_declared:
        found.append("good_faith_not_declared")
    if not complaint.signature.strip():
        found.append("signature_missing")
    if not _EMAIL.fullmatch(complaint.contact_email):
        found.append("contact_missing")
    if not (complaint.trademark_office.strip() and complaint.trademark_number.strip()):
        found.append("trademark_missing")
    if not _COUNTRY.fullmatch(complaint.territory):
        found.append("territory_invalid")
    return tuple(found)


@singledispatch
def invalid_fields(event: object) -> tuple[str, ...]:
    """Give reason codes of a record that can't be processed at all; it becomes a dead letter."""
    raise TypeError(f"no such input: {type(event).__name__}")


@invalid_fields.register
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


@invalid_fields.register
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


@invalid_fields.register
def invalid_review(review: ReviewDecided) -> tuple[str, ...]:
    """Check a reviewer's decision."""
    found = _bad_ids(review.review_id, review.case_id, review.listing_id, review.reviewer_id)
    if not review.reason_codes:
        found += ("reason_missing",)
    if len(review.reason_codes) > MAXIMUM_ITEMS:
        found += ("too_many_items",)
    return found


@invalid_fields.register
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
    if min(trademark.recorded_at_milliseconds, trademark.effective_from_milliseconds) < _EARLIEST:
        found += ("invalid_number",)
    if any(number not in NICE_CLASSES for number in trademark.nice_classes):
        found += ("invalid_nice_class",)
    return found


@invalid_fields.register
def invalid_party(party: PartyRecorded) -> tuple[str, ...]:
    """Check a party's record."""
    return _bad_ids(party.party_id)


def _bad_ids(*ids: str) -> tuple[str, ...]:
    for each in ids:
        if not each or len(each) > MAXIMUM_ID_CHARACTERS:
            return ("invalid_id",)
        # Printable text has no control characters; the slower search is for what is left.
        if not each.isprintable() and _CONTROL.search(each):
            return ("control_character",)
    return ()
