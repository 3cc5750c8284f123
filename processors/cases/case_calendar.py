"""By whose days the times of a case are counted."""

from processors.policies.business_calendar import Calendar
from processors.step import Moment
from schemas.events.cases import Case
from schemas.events.parties import PartyRole


def calendar_of(case: Case, moment: Moment, role: PartyRole = "complainant") -> Calendar:
    """Return the calendar of a case: that of its territory, in the version that it keeps.

    For the seller's own times the seller's country counts too, where that is known.
    """
    version = moment.levels.of_case(case).calendar
    codes = [case.complaint.territory]
    if role == "seller" and version and case.seller_id:
        seller = moment.reference.party(case.seller_id)
        if seller is not None and seller.country:
            codes.append(seller.country)
    return Calendar(version, tuple(codes))
