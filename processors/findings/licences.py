"""Whether the rights holder has licensed the seller, for which goods, where, and until when."""

from processors.findings.findings import SellerFinding
from processors.findings.territories import all_countries, effective_countries
from processors.identifiers import key_of
from processors.registers.references import names_key
from schemas.events.complaints import ComplaintFiled
from schemas.events.listings import ListingChanged
from schemas.events.parties import Licence, PartyRecorded
from schemas.events.trademarks import TrademarkRecorded


def seller_finding(rights_holder: PartyRecorded | None, seller_id: str) -> SellerFinding:
    """Tell whether the rights holder has licensed a seller without bounds."""
    if rights_holder is not None and seller_id in rights_holder.authorised_seller_ids:
        return "authorised"
    return "not_authorised"


def licence_finding(
    complaint: ComplaintFiled,
    rights_holder: PartyRecorded | None,
    listing: ListingChanged,
    trademark: TrademarkRecorded | None,
    at_milliseconds: int,
) -> SellerFinding:
    """Tell whether the seller was licensed for the listing where the complaint reaches it."""
    if rights_holder is None or seller_finding(rights_holder, listing.seller_id) == "authorised":
        return seller_finding(rights_holder, listing.seller_id)
    held = () if trademark is None else trademark.territories
    reach = effective_countries(complaint.trademark_office, complaint.territory, held)
    reached = reach & (all_countries(listing.territories) or reach)
    left, licensed = reached, False
    for licence in valid_licences(rights_holder, listing.seller_id, trademark, at_milliseconds):
        countries = all_countries(licence.territories) if licence.territories else reached
        if not _for_some_goods(licence, listing) or countries.isdisjoint(reached):
            continue
        licensed = True
        if _for_all_goods(licence, listing):
            left = left - countries
    if not licensed:
        return "not_authorised"
    return "licensed_in_part" if left else "authorised"


def licensed_countries(
    rights_holder: PartyRecorded | None,
    listing: ListingChanged | None,
    trademark: TrademarkRecorded | None,
    at_milliseconds: int,
) -> frozenset[str]:
    """Return the countries named by licences that the seller has for all of the listing's goods."""
    if rights_holder is None or listing is None:
        return frozenset()
    given = valid_licences(rights_holder, listing.seller_id, trademark, at_milliseconds)
    countries = [all_countries(each.territories) for each in given if _for_all_goods(each, listing)]
    return frozenset[str]().union(*countries)


def may_be_licensed(
    rights_holder: PartyRecorded, listing: ListingChanged, trademark: TrademarkRecorded
) -> bool:
    """Tell whether a seller had a licence for some of a listing when it was made so."""
    offered = all_countries(listing.territories)
    at = listing.changed_at_milliseconds
    given = valid_licences(rights_holder, listing.seller_id, trademark, at)
    return any(
        _for_some_goods(each, listing)
        and (
            not (each.territories and offered)
            or not offered.isdisjoint(all_countries(each.territories))
        )
        for each in given
    )


def valid_licences(
    rights_holder: PartyRecorded,
    seller_id: str,
    trademark: TrademarkRecorded | None,
    at_milliseconds: int,
) -> list[Licence]:
    """Return a seller's licences for a mark that hold at a time, whatever the goods or countries.

    With the mark unknown those for any mark count, so that people look at it.
    """
    key = key_of(trademark)
    return [
        each
        for each in rights_holder.licences
        if each.seller_id == seller_id
        and (not each.trademark_keys or key is None or names_key(key, each.trademark_keys))
        and _holds(each, at_milliseconds)
    ]


def _holds(licence: Licence, at_milliseconds: int) -> bool:
    ends = (licence.valid_until_milliseconds, licence.revoked_at_milliseconds)
    return at_milliseconds >= licence.valid_from_milliseconds and all(
        end is None or at_milliseconds < end for end in ends
    )


def _for_all_goods(licence: Licence, listing: ListingChanged) -> bool:
    if not licence.nice_classes:
        return True
    return bool(listing.nice_classes) and set(listing.nice_classes) <= set(licence.nice_classes)


def _for_some_goods(licence: Licence, listing: ListingChanged) -> bool:
    """Tell whether a listing has licensed goods; one whose classes are unknown may have."""
    if not licence.nice_classes or not listing.nice_classes:
        return True
    return not set(listing.nice_classes).isdisjoint(licence.nice_classes)
