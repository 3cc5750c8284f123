"""Whether who complains, or acts later in a case, may do so for the mark."""

from typing import Final

from processors.findings.findings import AuthorityFinding
from processors.findings.legal_entities import is_exact_entity
from processors.findings.owner_groups import may_be_of_one_group
from processors.findings.owners import likeness
from processors.findings.territories import within
from processors.identifiers import trademark_key
from processors.policies.service_level import OWNERS_GROUPS, WHO_MAY_NOTIFY
from processors.registers.references import names_key
from schemas.events.complaints import ComplaintFiled, EvidenceKind
from schemas.events.parties import Authorisation, PartyRecorded
from schemas.events.trademarks import TrademarkRecorded
from schemas.rights import right_of

SHOWS_AUTHORITY: Final[frozenset[EvidenceKind]] = frozenset(
    {"letter_of_authorisation", "registration_certificate", "court_document"}
)
"""Documents with which it may be shown that a mark is another's than the register has."""

NOT_FOR_OWNER = frozenset({"unknown_party", "no_authorisation", "outside_authorisation"})
"""Findings of who is on record and acts without leave of the owner, as a trusted flagger may."""


def authority_finding(
    complaint: ComplaintFiled,
    complainant: PartyRecorded | None,
    rights_holder: PartyRecorded | None,
    trademark: TrademarkRecorded | None,
    at_milliseconds: int,
    edition: int = 0,
) -> AuthorityFinding:
    """Tell whether the complainant is the mark's verified owner, or its agent at that time.

    With the mark unknown only the parties are judged; the registry's own finding then decides.
    `edition` is the steps' by which the case goes.
    """
    anybody = edition >= WHO_MAY_NOTIFY
    if anybody and complaint.without_authority:
        return "notifier"
    found = _authority(complaint, complainant, rights_holder, trademark, at_milliseconds, anybody)
    if found == "not_owner" and edition >= OWNERS_GROUPS:
        return "owner_unknown" if _may_own(complaint, rights_holder, trademark) else found
    if anybody and found in NOT_FOR_OWNER and _flags(complaint, complainant):
        return "notifier"
    return found


def acting_finding(
    complaint: ComplaintFiled,
    party: PartyRecorded | None,
    trademark: TrademarkRecorded | None,
    at_milliseconds: int,
) -> AuthorityFinding:
    """Tell whether who acts in a case does so for its rights holder at that time.

    Who notified without leave acts for itself.
    """
    if party is not None and party.party_id == complaint.rights_holder_id:
        return "owner"
    if complaint.without_authority:
        return "notifier"
    if party is None:
        return "unknown_party"
    found = _agent_finding(complaint, party, trademark, at_milliseconds)
    return "notifier" if found in NOT_FOR_OWNER and _flags(complaint, party) else found


def _authority(
    complaint: ComplaintFiled,
    complainant: PartyRecorded | None,
    rights_holder: PartyRecorded | None,
    trademark: TrademarkRecorded | None,
    at_milliseconds: int,
    exactly: bool,
) -> AuthorityFinding:
    if complainant is None or rights_holder is None:
        return "unknown_party"
    if not (complainant.identity_verified and rights_holder.identity_verified):
        return "unverified_party"
    unowned = None if trademark is None else _ownership(rights_holder, trademark, exactly)
    if unowned is not None:
        return unowned
    if complainant.party_id == rights_holder.party_id:
        return "owner"
    return _agent_finding(complaint, complainant, trademark, at_milliseconds)


def _may_own(
    complaint: ComplaintFiled,
    rights_holder: PartyRecorded | None,
    trademark: TrademarkRecorded | None,
) -> bool:
    """Tell whether something speaks for who is not in the register: its group, or a document."""
    if any(item.kind in SHOWS_AUTHORITY and item.evidence_id for item in complaint.evidence):
        return True
    if rights_holder is None or trademark is None:
        return False
    names = (rights_holder.name, *rights_holder.register_names)
    return may_be_of_one_group(names, [owner.name for owner in trademark.owners])


def _flags(complaint: ComplaintFiled, party: PartyRecorded | None) -> bool:
    return party is not None and complaint.ground in party.trusted_flagger_grounds


def _ownership(
    rights_holder: PartyRecorded, trademark: TrademarkRecorded, exactly: bool
) -> AuthorityFinding | None:
    """Return what speaks against the mark being the rights holder's, None where nothing does.

    Some open registers, such as EUIPO's, leave the owners out; and a name that is only near may be
    the same owner's: both are looked up by people, and so is, where it is to be told `exactly`, a
    name that is the same but for the form of the company, or one from another country.
    """
    key = trademark_key(trademark.office, trademark.application_number)
    if names_key(key, rights_holder.trademark_keys):
        return None
    names = (rights_holder.name, *rights_holder.register_names)
    if not trademark.owners:
        return "owner_unknown"
    compared = likeness(names, [owner.name for owner in trademark.owners])
    if compared == "same" and exactly:
        exact = is_exact_entity(names, rights_holder.country, trademark.owners)
        return None if exact else "owner_unknown"
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
    findings = {leave_finding(authorisation, at_milliseconds) for authorisation in within}
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


def leave_finding(authorisation: Authorisation, at_milliseconds: int) -> AuthorityFinding:
    """Tell whether a leave holds at a time, whatever it is for."""
    revoked_at = authorisation.revoked_at_milliseconds
    if revoked_at is not None and at_milliseconds >= revoked_at:
        return "authorisation_revoked"
    until = authorisation.valid_until_milliseconds
    if until is not None and at_milliseconds >= until:
        return "authorisation_expired"
    if at_milliseconds < authorisation.valid_from_milliseconds:
        return "authorisation_not_yet_valid"
    return "agent"
