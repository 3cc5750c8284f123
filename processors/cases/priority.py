"""Whose complaints go first, and whose are not processed.

Trusted flaggers: DSA Article 22. Fast lane: Alibaba's good-faith programme. Suspension: Article 23.
"""

from processors.step import Moment, Reference
from schemas.events.complaints import ComplaintFiled
from schemas.events.standings import StandingChanged


def trusted_flagger(complaint: ComplaintFiled, reference: Reference) -> bool:
    """Tell whether the complainant is a trusted flagger for the ground complained of."""
    party = reference.party(complaint.complainant_id)
    return party is not None and complaint.ground in party.trusted_flagger_grounds


def fast_lane(complaint: ComplaintFiled, at_milliseconds: int, moment: Moment) -> bool:
    """Tell whether the complainant was in the fast lane for the ground complained of."""
    standing = _standing(complaint.complainant_id, at_milliseconds, moment)
    if standing is None or standing.tier != "fast_lane":
        return False
    return any(each.ground == complaint.ground and each.fast_lane for each in standing.grounds)


def suspended(complaint: ComplaintFiled, at_milliseconds: int, moment: Moment) -> bool:
    """Tell whether the complainant's complaints were not to be processed."""
    standing = _standing(complaint.complainant_id, at_milliseconds, moment)
    if standing is None or standing.tier != "suspended":
        return False
    until = standing.until_milliseconds
    return until is None or at_milliseconds < until


def _standing(complainant_id: str, at_milliseconds: int, moment: Moment) -> StandingChanged | None:
    """Return how a complainant stood at a time, by what had come into effect then."""
    known_by = at_milliseconds - moment.service_level.standing.effect_delay_milliseconds
    history = moment.reference.standing_history(complainant_id)
    stood = [each for each in history if each.changed_at_milliseconds <= known_by]
    return stood[-1] if stood else None
