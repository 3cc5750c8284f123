"""What would be decided on a complaint that rests on a mark, if nothing else were amiss."""

from processors.cases.judgement import trademark_as_of
from processors.cases.protection import Ruled, standing_of_mark, with_protection
from processors.findings.authority import authority_finding
from processors.findings.findings import Findings
from processors.identifiers import reference_of
from processors.policies.service_level import STEPS_EDITION
from processors.step import Reference
from schemas.events.complaints import ComplaintFiled, TrademarkNumberKind
from schemas.events.listings import ListingChanged
from schemas.events.parties import PartyRecorded
from schemas.events.trademarks import TrademarkRecorded


def complaint_on(
    office: str,
    number: str,
    kind: TrademarkNumberKind,
    parties: tuple[str, str],
    at_milliseconds: int,
) -> ComplaintFiled:
    """Return a complaint that says nothing but which mark it rests on, and who files for whom."""
    return ComplaintFiled(
        complaint_id="",
        listing_id="",
        marketplace="",
        complainant_id=parties[0],
        rights_holder_id=parties[1],
        trademark_office=office,
        trademark_number=number,
        trademark_number_kind=kind,
        ground="counterfeit",
        territory="",
        statement="",
        good_faith_declared=True,
        signature="",
        contact_email="",
        evidence=(),
        filed_at_milliseconds=at_milliseconds,
    )


def mark_relied_on(reference: Reference, complaint: ComplaintFiled) -> TrademarkRecorded | None:
    """Return the mark that a complaint names, as the register has it when it is filed."""
    at = complaint.filed_at_milliseconds
    found, _ = trademark_as_of(reference, reference_of(complaint), at, at, STEPS_EDITION)
    return found


def prospect(
    reference: Reference,
    complaint: ComplaintFiled,
    parties: tuple[PartyRecorded | None, PartyRecorded | None],
    plain: Findings,
) -> Ruled:
    """Return what the rules say of a complaint, of which all is `plain` but mark and parties.

    `parties` are the complainant and the rights holder.
    """
    at = complaint.filed_at_milliseconds
    found = trademark_as_of(reference, reference_of(complaint), at, at, STEPS_EDITION)
    held, registry, told = standing_of_mark(*found, complaint.territory, STEPS_EDITION)
    authority = authority_finding(complaint, *parties, held, at, STEPS_EDITION)
    ruling = reference.rule_set.decide(plain._replace(registry=registry, authority=authority))
    ruled = Ruled(ruling.outcome, ruling.reason_codes)
    details = {"protection": told} if told else {}
    return with_protection(ruled, details, held, _listing_of(held), complaint, STEPS_EDITION)


def _listing_of(mark: TrademarkRecorded | None) -> ListingChanged:
    """Return a listing of a mark's own goods, which leaves nothing open."""
    goods = " ".join(each.text for each in mark.goods) if mark else ""
    return ListingChanged(
        listing_id="",
        marketplace="",
        seller_id="",
        version=1,
        status="active",
        title=goods,
        brand=None,
        category="",
        nice_classes=mark.nice_classes if mark else (),
        territories=mark.territories if mark else (),
        url="",
        changed_at_milliseconds=0,
    )
