"""What a marketplace is to tell authorities of a crime that a person suspects (DSA Article 18)."""

from processors.cases.case_commands import reviewed_listing
from processors.cases.row import find_case
from processors.identifiers import hashed
from processors.step import Handlers, Moment, Step
from processors.validity import invalid_fields
from schemas.events.cases import ListingCases
from schemas.events.suspicions import CrimeSuspected, InformAuthorities


def on_crime_suspected(state: ListingCases, suspected: CrimeSuspected, moment: Moment) -> Step:
    """Have authorities informed. It decides nothing on the listing, and no party learns of it."""
    invalid = invalid_fields(suspected)
    if invalid:
        return Step(state, refusal=invalid[0])
    listing = state.listing
    command = InformAuthorities(
        command_id=hashed(suspected.suspicion_id, "inform_authorities"),
        suspicion_id=suspected.suspicion_id,
        listing_id=suspected.listing_id,
        marketplace=suspected.marketplace,
        seller_id=_seller_id(state, suspected),
        case_ids=tuple([each.complaint.complaint_id for each in state.cases]),
        addressee=(
            "authorities_of_states" if suspected.territories else "authorities_at_home_or_europol"
        ),
        territories=suspected.territories,
        suspicion=suspected.suspicion,
        listing=None if listing is None else reviewed_listing(listing),
        recorded_by=suspected.recorded_by,
        issued_at_milliseconds=moment.now_milliseconds,
    )
    return Step(state, (command,))


HANDLERS: Handlers = {CrimeSuspected: on_crime_suspected}


def _seller_id(state: ListingCases, suspected: CrimeSuspected) -> str:
    """Return who offered the listing in the case that is named, else who offers it, if known."""
    named = find_case(state, suspected.case_id)
    known = (
        None if named is None else named.seller_id,
        None if state.listing is None else state.listing.seller_id,
        *(case.seller_id for case in state.cases),
    )
    return next((each for each in known if each), "")
