"""What buyers are to be told of goods that people found to be illegal (DSA Article 32)."""

from typing import Final

from processors.cases.judgement import Judgement
from processors.findings.territories import EUROPEAN_UNION
from processors.identifiers import hashed
from processors.policies.business_calendar import Calendar
from processors.step import Moment
from schemas.events.cases import Case
from schemas.events.listings import ListingChanged
from schemas.events.notices import InformBuyers

ILLEGAL_GOODS: Final = frozenset({"counterfeit", "dangerous_product"})
"""Reasons of people by which the goods themselves are illegal, whoever sells them."""


def informed(
    case: Case, judgement: Judgement, listing: ListingChanged | None, moment: Moment
) -> list[InformBuyers]:
    """Return the command that has buyers in the Union told, once people have found it so.

    A machine's takedown gives nobody knowledge, and buyers can't be untold. The same case has one
    command, however often it is decided.
    """
    level = moment.levels.of_case(case)
    months = level.buyer_information_months
    found = tuple([code for code in judgement.reason_codes if code in ILLEGAL_GOODS])
    if not (months and judgement.outcome == "take_down" and judgement.reviewer_ids and found):
        return []
    if listing is None or not case.seller_id:
        return []
    countries = EUROPEAN_UNION.intersection(listing.territories or (case.complaint.territory,))
    if not countries:
        return []
    complaint, now = case.complaint, moment.now_milliseconds
    return [
        InformBuyers(
            command_id=hashed(complaint.complaint_id, "inform_buyers"),
            case_id=complaint.complaint_id,
            listing_id=complaint.listing_id,
            marketplace=complaint.marketplace,
            seller_id=case.seller_id,
            reason_codes=found,
            territories=tuple(sorted(countries)),
            bought_since_milliseconds=Calendar(level.calendar, ("",)).months_before(now, months),
            issued_at_milliseconds=now,
        )
    ]
