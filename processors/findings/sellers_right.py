"""What may give the seller a right of its own, as parties, register and listing tell."""

from collections.abc import Callable
from typing import Literal

from processors.findings.other_marks import MarksNamed
from processors.findings.owners import owner_name
from processors.findings.registry_match import day_of
from processors.identifiers import key_of
from processors.matching.folding import fold
from processors.matching.terms import term_of
from processors.registers.references import names_key
from schemas.durations import DAY_MILLISECONDS
from schemas.events.complaints import ComplaintFiled
from schemas.events.listings import ListingChanged
from schemas.events.parties import PartyRecorded
from schemas.events.trademarks import TrademarkRecorded

FindParty = Callable[[str], PartyRecorded | None]
"""Returns a party as now known."""

SellersRight = Literal["none", "older_listing", "competing_seller", "seller_brand"]
"""A listing that is older than the mark; a mark of somebody who sells as well; or the seller's own
brand."""


def is_older(listing: ListingChanged, trademark: TrademarkRecorded) -> bool:
    """Tell whether the listing first appeared before the mark was applied for."""
    applied_on = trademark.application_date
    if not applied_on:
        return False
    listed_at = listing.listed_at_milliseconds
    changed_at = listing.changed_at_milliseconds
    appeared_at = changed_at if listed_at is None else min(listed_at, changed_at)
    return appeared_at < day_of(applied_on) * DAY_MILLISECONDS


def sellers_right(
    complaint: ComplaintFiled,
    listing: ListingChanged,
    trademark: TrademarkRecorded,
    party: FindParty,
    marks_named: MarksNamed,
) -> SellersRight:
    """Return what parties tell of a right of the seller's; none where they tell nothing."""
    if _is_sellers_brand(listing.seller_id, trademark, party, marks_named):
        return "seller_brand"
    filers = (party(complaint.rights_holder_id), party(complaint.complainant_id))
    competes = any(filer is not None and _sells(filer, listing.seller_id) for filer in filers)
    return "competing_seller" if competes else "none"


def _sells(filer: PartyRecorded, seller_id: str) -> bool:
    """Tell whether a party sells by itself, or under a name that is not the listing's seller."""
    if filer.kind == "seller":
        return True
    return any(each != seller_id for each in filer.linked_seller_ids)


def _is_sellers_brand(
    seller_id: str, trademark: TrademarkRecorded, party: FindParty, marks_named: MarksNamed
) -> bool:
    """Tell whether the mark's words are the seller's name, or a mark verified as its own."""
    seller, term = party(seller_id), term_of(trademark.mark_text)
    if seller is None or not term:
        return False
    names = (seller.name, *seller.register_names)
    if any(term in (term_of(name), fold(owner_name(name))) for name in names if name):
        return True
    own = seller.trademark_keys
    return bool(own) and any(names_key(key_of(mark), own) for mark in marks_named((term,)))
