"""Whose complaints go first: trusted flaggers (DSA Article 22) and the fast lane."""

from processors.step import Reference
from schemas.complaints import ComplaintFiled


def trusted_flagger(complaint: ComplaintFiled, reference: Reference) -> bool:
    """Tell whether the complainant is a trusted flagger for the ground complained of."""
    party = reference.party(complaint.complainant_id)
    return party is not None and complaint.ground in party.trusted_flagger_grounds


def fast_lane(complaint: ComplaintFiled, reference: Reference) -> bool:
    """Tell whether the complainant is in the fast lane for the ground complained of."""
    standing = reference.standing(complaint.complainant_id)
    if standing is None or standing.tier != "fast_lane":
        return False
    return any(each.ground == complaint.ground and each.fast_lane for each in standing.grounds)
