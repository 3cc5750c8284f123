"""What a decision counts for: the complainant's record, and strikes against the seller."""

from processors.identifiers import hashed
from processors.policies.service_level import EFFECTS_WALKED
from processors.restraint.restraint import mark_is_proven, mark_party
from processors.step import Moment
from schemas.events.cases import Case
from schemas.events.conduct import ConductKind, ConductRecorded, ConductRole
from schemas.events.parties import PartyRole
from schemas.record import maker

PROVED_UNFOUNDED = frozenset({"complainant_not_owner", "territory_not_covered"})
"""Reasons that a register proves: whose the mark is, and where it has effect."""

DECIDED_UNFOUNDED = PROVED_UNFOUNDED | {
    "mark_not_in_listing",
    "trademark_class_mismatch",
    "trademark_not_found",
    "listing_and_ip_document_mismatch",
}
"""Reasons for which a person may find that a complaint should not have been filed."""

COUNTS_FOR_NOTHING = frozenset({"complainant_suspended", "listing_already_removed"})
"""Reasons that tell nothing of a complaint."""

_conduct_recorded = maker(ConductRecorded)


def of_decision(before: Case, case: Case, moment: Moment) -> list[ConductRecorded]:
    """Return what a change of a case counts for; what stays as it was counts for nothing more."""
    upheld: ConductKind = "complaint_upheld"
    if before.outcome in ("decline", "reinstate"):
        upheld = "complaint_restored"
    if case.outcome == "remedied_by_seller":
        # Who mends its listing is not struck; who puts it back as it was is, by the takedown.
        return conduct(case, "complainant", upheld, moment)
    if case.taken_down and not before.taken_down:
        return [
            *conduct(case, "complainant", upheld, moment),
            *conduct(
                case, "seller", "strike", moment, manifest=case.complaint.ground == "counterfeit"
            ),
        ]
    if case.outcome == "retract":
        return [*_taken_back(before, case, moment), *_reversed(before, case, moment)]
    if before.taken_down and not case.taken_down:
        return [
            *conduct(case, "complainant", "complaint_countered", moment),
            *_reversed(before, case, moment),
        ]
    if case.outcome == "decline" and before.outcome != "decline":
        return _of_decline(case, moment)
    return []


def _of_decline(case: Case, moment: Moment) -> list[ConductRecorded]:
    """Return what a complaint counts for that is declined.

    Of a listing that was passed on it counts for what it was upheld for; but where people
    uphold nothing of the later offer, the earlier one is in doubt, and no strike stands.
    """
    if case.former_seller_ids:
        return _reversed(case, case, moment) if case.decided_by_review else []
    if COUNTS_FOR_NOTHING.isdisjoint(case.reason_codes):
        unfounded = DECIDED_UNFOUNDED if case.decided_by_review else PROVED_UNFOUNDED
        manifest = not unfounded.isdisjoint(case.reason_codes)
        return conduct(case, "complainant", "complaint_declined", moment, manifest)
    return []


def of_mark(before: Case, case: Case, moment: Moment) -> list[ConductRecorded]:
    """Return what a case counts for of its mark, until people have upheld enough of its actions."""
    key = case.trademark_key
    if not key or case.taken_down == before.taken_down:
        return []
    policy = moment.service_level.standing
    if not policy.first_actions_reviewed or mark_is_proven(key, moment):
        return []
    upheld = case.taken_down
    if upheld and not case.decided_by_review:
        return []
    kind: ConductKind = "complaint_upheld" if upheld else "complaint_countered"
    return _conduct_of(case, "mark", mark_party(key), kind, moment)


def conduct_of_rule(
    case: Case, rule: str, kind: ConductKind, moment: Moment
) -> list[ConductRecorded]:
    """Return what people found at a second look at what a rule had decided."""
    return _conduct_of(case, "rule", rule, kind, moment)


def conduct(
    case: Case, role: PartyRole, kind: ConductKind, moment: Moment, manifest: bool = False
) -> list[ConductRecorded]:
    """Return one item of a party's conduct; none of a seller that is not known."""
    party_id = case.complaint.complainant_id if role == "complainant" else case.seller_id
    return _conduct_of(case, role, party_id, kind, moment, manifest)


def _conduct_of(
    case: Case,
    role: ConductRole,
    party_id: str | None,
    kind: ConductKind,
    moment: Moment,
    manifest: bool = False,
) -> list[ConductRecorded]:
    if not party_id:
        return []
    complaint = case.complaint
    item = _conduct_recorded(
        conduct_id=hashed(complaint.complaint_id, str(case.decision_number), role, kind),
        party_id=party_id,
        role=role,
        kind=kind,
        ground=complaint.ground,
        manifest=manifest,
        case_id=complaint.complaint_id,
        listing_id=complaint.listing_id,
        marketplace=complaint.marketplace,
        occurred_at_milliseconds=moment.now_milliseconds,
        batch_id=complaint.batch_id or "",
    )
    return [item]


def _taken_back(before: Case, case: Case, moment: Moment) -> list[ConductRecorded]:
    """Return what a retraction counts for: nothing is undone of what a person found, or of a
    listing that was put back."""
    against = before.outcome == "reinstate" or (
        before.outcome == "decline" and before.decided_by_review
    )
    if against and moment.levels.of_case(case).steps_edition >= EFFECTS_WALKED:
        return []
    return conduct(case, "complainant", "complaint_retracted", moment)


def _reversed(before: Case, case: Case, moment: Moment) -> list[ConductRecorded]:
    """Return the reversal of each strike that a case led to."""
    kind: ConductKind = "strike_reversed"
    items = conduct(case, "seller", kind, moment) if before.taken_down else []
    for party_id in case.former_seller_ids:
        if any(each.party_id == party_id for each in items):
            continue
        identity = hashed(case.complaint.complaint_id, str(case.decision_number), party_id, kind)
        former = _conduct_of(case, "seller", party_id, kind, moment)
        items += [each._replace(conduct_id=identity) for each in former]
    return items
