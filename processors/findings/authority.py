"""Whether who complains may do so for the mark, and whether the seller was licensed."""

from processors.findings.findings import AuthorityFinding, SellerFinding
from processors.findings.owners import likeness
from processors.findings.territories import within
from processors.identifiers import trademark_key
from processors.registers.references import names_key
from schemas.events.complaints import ComplaintFiled
from schemas.events.parties import Authorisation, PartyRecorded
from schemas.events.trademarks import TrademarkRecorded
from schemas.rights import right_of


def authority_finding(
    complaint: ComplaintFiled,
    complainant: PartyRecorded | None,
    rights_holder: PartyRecorded | None,
    trademark: TrademarkRecorded | None,
    at_milliseconds: int,
) -> AuthorityFinding:
    """Tell whether the complainant is the mark's verified owner, or its agent at that time.

    With the mark unknown only the parties are judged; the registry's own finding then decides.
    """
    if complainant is None or rights_holder is None:
        return "unknown_party"
    if not (complainant.identity_verified and rights_holder.identity_verified):
        return "unverified_party"
    unowned = None if trademark is None else _ownership(rights_holder, trademark)
    if unowned is not None:
        return unowned
    if complainant.party_id == rights_holder.party_id:
        return "owner"
    return _agent_finding(complaint, complainant, trademark, at_milliseconds)


def seller_finding(rights_holder: PartyRecorded | None, seller_id: str) -> SellerFinding:
    """Tell whether the rights holder has licensed a seller."""
    if rights_holder is not None and seller_id in rights_holder.authorised_seller_ids:
        return "authorised"
    return "not_authorised"


def _ownership(
    rights_holder: PartyRecorded, trademark: TrademarkRecorded
) -> AuthorityFinding | None:
    """Return what speaks against the mark being the rights holder's, None where nothing does.

    Some open registers, such as EUIPO's, leave the owners out; and a name that is only near may be
    the same owner's: both are looked up by people.
    """
    key = trademark_key(trademark.office, trademark.application_number)
    if names_key(key, rights_holder.trademark_keys):
        return None
    names = (rights_holder.name, *rights_holder.register_names)
    if not trademark.owners:
        return "owner_unknown"
    compared = likeness(names, [owner.name for owner in trademark.owners])
    if compared == "same":
        return None
    return "owner_unknown" if compared == "near" else "not_owner"


def _agent_finding(
    complaint: ComplaintFiled,
    agent: PartyRecorded,
    trademark: TrademarkRecorded | None,
    at_milliseconds: int,
) -> AuthorityFinding:
    given = [a for a in agent.authorisations if a.rights_holder_id == complaint.rights_holder_id]
    if not given:
        return "no_authorisation"
    within = [a for a in given if _covers(a, complaint, trademark)]
    if not within:
        return "outside_authorisation"
    findings = {_validity(authorisation, at_milliseconds) for authorisation in within}
    order: tuple[AuthorityFinding, ...] = (
        "agent",
        "authorisation_revoked",
        "authorisation_expired",
        "authorisation_not_yet_valid",
    )
    return next(finding for finding in order if finding in findings)


def _covers(
    authorisation: Authorisation, complaint: ComplaintFiled, trademark: TrademarkRecorded | None
) -> bool:
    if authorisation.rights and right_of(complaint.ground).right not in authorisation.rights:
        return False
    if authorisation.territories and not within(complaint.territory, authorisation.territories):
        return False
    if not authorisation.trademark_keys or trademark is None:
        return True
    key = trademark_key(trademark.office, trademark.application_number)
    return names_key(key, authorisation.trademark_keys)


def _validity(authorisation: Authorisation, at_milliseconds: int) -> AuthorityFinding:
    revoked_at = authorisation.revoked_at_milliseconds
    if revoked_at is not None and at_milliseconds >= revoked_at:
        return "authorisation_revoked"
    until = authorisation.valid_until_milliseconds
    if until is not None and at_milliseconds >= until:
        return "authorisation_expired"
    if at_milliseconds < authorisation.valid_from_milliseconds:
        return "authorisation_not_yet_valid"
    return "agent"
