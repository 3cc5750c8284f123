"""Who may act for the complainant's side of a case, at the time when it acts."""

from processors.bitemporal import as_of
from processors.findings.authority import acting_finding
from processors.identifiers import reference_of
from processors.policies.service_level import WHO_MAY_NOTIFY
from processors.step import Moment, NoAction
from schemas.events.cases import Case

ENDED = frozenset({"authorisation_revoked", "authorisation_expired", "authorisation_not_yet_valid"})
ACTING = frozenset({"owner", "agent", "notifier"})


def refused_act(case: Case, party_id: str, moment: Moment) -> NoAction | None:
    """Tell why a party may not act for the complainant now; None where it may.

    A leave that ended counts for nothing. Whose leave was never on record may act only in a case
    that people decided, as they read its letter.
    """
    complaint = case.complaint
    if party_id not in (complaint.complainant_id, complaint.rights_holder_id):
        return "not_a_party"
    level = moment.levels.of_case(case)
    if level.steps_edition < WHO_MAY_NOTIFY or party_id == complaint.rights_holder_id:
        return None
    now = moment.now_milliseconds
    mark = as_of(moment.reference.trademark_history(reference_of(complaint)), now, now)
    found = acting_finding(complaint, moment.reference.party(party_id), mark, now)
    if found in ACTING:
        return None
    return "not_authorised" if found in ENDED or not case.reviewer_ids else None
