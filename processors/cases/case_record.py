"""What a decision keeps for court: the listing that it judged, sealed, and which parties it knew.

Topics of listings keep their records for a month, and decisions for as long as cases are kept. So
the listing stands in the first decision on each of its versions, and its seal in every one.
"""

import json
from hashlib import sha256

from processors.policies.service_level import RECORDS_SEALED
from processors.step import Moment
from schemas.events.cases import Case
from schemas.events.decisions import ComplaintDecided
from schemas.events.listings import ListingChanged
from schemas.record import as_avro


def with_record(
    decided: ComplaintDecided, before: Case, listing: ListingChanged | None, moment: Moment
) -> ComplaintDecided:
    """Return a decision with what is kept for court, where its case began with such records."""
    if moment.levels.of_case(before).steps_edition < RECORDS_SEALED:
        return decided
    is_known = listing is None or before.listing_version == listing.version
    return decided._replace(
        listing=None if is_known else listing,
        capsule=decided.capsule._replace(
            listing_sha256=None if listing is None else seal_of(listing),
            complainant_recorded_at_milliseconds=_recorded_at(decided.complainant_id, moment),
            rights_holder_recorded_at_milliseconds=_recorded_at(decided.rights_holder_id, moment),
            seller_recorded_at_milliseconds=_recorded_at(decided.seller_id, moment),
        ),
    )


def seal_of(listing: ListingChanged) -> str:
    """Return the hash of a listing's content: SHA-256, hexadecimal.

    Fields that say what they say by default are left out, so that fields of later schemas change
    no seal.
    """
    by_default = listing._field_defaults
    said = {
        name: value
        for name, value in as_avro(listing).items()
        if name not in by_default or getattr(listing, name) != by_default[name]
    }
    content = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _recorded_at(party_id: str | None, moment: Moment) -> int | None:
    party = moment.reference.party(party_id) if party_id else None
    return None if party is None else party.recorded_at_milliseconds
