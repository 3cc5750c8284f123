"""For which cases a listing's row has room, so that nobody fills it for others.

A party has room for so many cases of its own, and for so many bytes. Whoever is not on record
shares a part of the row, verified parties a larger one, and whom a register, or the leave of whom
it names, proves to complain for the mark's owner the whole. Beside it there is room for what
monitors detect, and for the listing itself. Nobody's case is forgotten for another's.
"""

from typing import Final, NamedTuple

from processors.bitemporal import as_of
from processors.cases.counter_notices import OPEN_PHASES
from processors.cases.row import MAXIMUM_CASES, with_room
from processors.findings.authority import authority_finding
from processors.identifiers import reference_of
from processors.step import Moment
from schemas.events.cases import Case, ListingCases
from schemas.events.complaints import ComplaintFiled
from schemas.events.private_texts import PrivateText
from schemas.fields import TIMED


class Room(NamedTuple):
    """How many cases, and bytes of them, there may be at most."""

    cases: int
    size_bytes: int


OF_A_PARTY: Final = Room(20, 200_000)
OF_MONITORS: Final = Room(60, 150_000)
OF_ANYBODY: Final = Room(60, 300_000)
OF_VERIFIED: Final = Room(120, 500_000)
OF_OWNERS: Final = Room(MAXIMUM_CASES, 700_000)
_UNPROVEN: Final = frozenset({"unknown_party", "unverified_party"})
_PROVEN: Final = frozenset({"owner", "agent"})
CASE_BYTES: Final = 1_200
"""What a case takes besides texts of parties, about."""
EVIDENCE_BYTES: Final = 8


def with_room_for(
    state: ListingCases, complaint: ComplaintFiled, moment: Moment
) -> tuple[Case, ...] | None:
    """Return a row's cases with room for another of a complaint; None where there is none.

    Of a party without more room its own case that was closed first goes, if it is idle.
    """
    if moment.edition < TIMED:
        return with_room(state.cases)
    cases, party_id = state.cases, complaint.complainant_id
    own = OF_A_PARTY if party_id else OF_MONITORS
    needed = size_of(complaint)
    while not _fits(_of(cases, party_id), own, needed):
        idle = [case for case in _of(cases, party_id) if is_idle(case, state)]
        if not idle:
            return None
        oldest = min(idle, key=_closed_at)
        cases = tuple([case for case in cases if case is not oldest])
    if not party_id:
        return cases
    complained = [case for case in cases if case.complaint.complainant_id]
    if _fits(complained, OF_ANYBODY, needed):
        return cases
    return cases if _fits(complained, _room_of(complaint, moment), needed) else None


def has_room_for(state: ListingCases, case: Case, moment: Moment) -> bool:
    """Tell whether a row has room for a case as it is now, in place of what it was."""
    if moment.edition < TIMED:
        return True
    case_id, party_id = case.complaint.complaint_id, case.complaint.complainant_id
    others = [each for each in state.cases if each.complaint.complaint_id != case_id]
    needed = size_of(case.complaint)
    complained = [each for each in others if each.complaint.complainant_id]
    return _fits(_of(others, party_id), OF_A_PARTY, needed) and _fits(complained, OF_OWNERS, needed)


def size_of(complaint: ComplaintFiled) -> int:
    """Return how many bytes a complaint takes in a row, about."""
    size = CASE_BYTES
    for text in (
        complaint.statement,
        complaint.signature,
        complaint.contact_email,
        complaint.trademark_office,
        complaint.trademark_number,
        complaint.territory,
        complaint.language,
        complaint.batch_id or "",
    ):
        size += _bytes_of(text)
    for private in (
        complaint.private_statement,
        complaint.private_signature,
        complaint.private_contact_email,
    ):
        size += _size_of_private(private)
    for item in complaint.evidence:
        size += _bytes_of(item.evidence_id) + _bytes_of(item.sha256 or "") + EVIDENCE_BYTES
    bought = complaint.test_purchase
    if bought is not None:
        for text in (bought.order_id, bought.comparison, *bought.features):
            size += _bytes_of(text) + EVIDENCE_BYTES
        for private in (
            bought.private_order_id,
            bought.private_features,
            bought.private_comparison,
        ):
            size += _size_of_private(private)
    for said in complaint.particulars:
        size += _bytes_of(said.name) + _bytes_of(said.text) + _size_of_private(said.private_text)
    return size


def is_idle(case: Case, state: ListingCases) -> bool:
    """Tell whether a case is closed, and neither it nor anybody awaits anything of it."""
    if case.closed_at_milliseconds is None or case.second_look is not None:
        return False
    if any(timer.kind != "retention_ends" for timer in case.timers):
        return False
    if any(each.open for each in case.appeals):
        return False
    if case.order is not None:
        return case.order.ended and not case.taken_down
    objection = case.counter_notice
    if case.detection is not None:
        # A block is for one version, and keeps nothing of a later one down.
        listing = state.listing
        past = listing is not None and listing.version > case.detection.listing_version
        return past and (objection is None or objection.phase != "awaits_review")
    return not case.taken_down and (objection is None or objection.phase not in OPEN_PHASES)


def _room_of(complaint: ComplaintFiled, moment: Moment) -> Room:
    """Return the room of which a complaint may have a part, by who complains."""
    reference, now = moment.reference, moment.now_milliseconds
    complainant = reference.party(complaint.complainant_id)
    holder = reference.party(complaint.rights_holder_id)
    mark = as_of(reference.trademark_history(reference_of(complaint)), now, now)
    found = authority_finding(complaint, complainant, holder, mark, now)
    if found in _UNPROVEN:
        return OF_ANYBODY
    return OF_OWNERS if mark is not None and found in _PROVEN else OF_VERIFIED


def _of(cases: tuple[Case, ...] | list[Case], party_id: str) -> list[Case]:
    return [case for case in cases if case.complaint.complainant_id == party_id]


def _fits(cases: list[Case], room: Room, needed: int) -> bool:
    if len(cases) >= room.cases:
        return False
    return needed + sum([_size_of_case(case) for case in cases]) <= room.size_bytes


def _size_of_case(case: Case) -> int:
    found, size = case.detection, size_of(case.complaint)
    if found is None:
        return size
    return size + _bytes_of(found.url) + _bytes_of(found.title) + _bytes_of(found.mark_text or "")


def _size_of_private(private: PrivateText | None) -> int:
    """Return how many bytes what stands in place of a private text takes."""
    if private is None:
        return 0
    size = EVIDENCE_BYTES + _bytes_of(private.sha256)
    return size + sum([_bytes_of(form) + 1 for form in private.reads_as])


def _closed_at(case: Case) -> int:
    return case.closed_at_milliseconds or 0


def _bytes_of(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
