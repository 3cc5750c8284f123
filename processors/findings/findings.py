"""What the steps found about a complaint: the input of the rules."""

from typing import Literal, NamedTuple

from schemas.events.complaints import Ground

ListingFinding = Literal["active", "suspended", "removed"]
"""Whether buyers can see the listing."""

AuthorityFinding = Literal[
    "owner",
    "agent",
    "unknown_party",
    "unverified_party",
    "not_owner",
    "owner_unknown",
    "no_authorisation",
    "authorisation_not_yet_valid",
    "authorisation_expired",
    "authorisation_revoked",
    "outside_authorisation",
]
"""Whether the complainant may file for the mark: owner and agent may, the others may not."""

RegistryFinding = Literal[
    "in_force", "not_found", "not_yet_registered", "no_longer_in_force", "unknown"
]
"""Where the mark stood when the complaint was received; unknown for a status that isn't told."""

NiceClassFinding = Literal["covered", "related", "mismatch", "unknown"]
"""Whether the mark's Nice classes cover the listing's; unknown when either has none."""

TerritoryFinding = Literal["covered", "not_covered", "not_offered"]
"""Whether the mark has effect in the asserted country, and the listing is offered there."""

ListingMatchFinding = Literal["exact", "near", "none", "no_words"]
"""Whether the mark's words stand in the listing; no_words for a mark without any."""

EvidenceFinding = Literal["sufficient", "insufficient"]
"""Whether the evidence that the ground asks for was filed."""

SellerFinding = Literal["authorised", "not_authorised"]
"""Whether the rights holder has licensed the seller."""


class Findings(NamedTuple):
    """What each step found; all values are words, so equal findings decide alike.

    A changed field or word is a new version: see `processors.findings.versions`.
    """

    ground: Ground
    listing: ListingFinding
    authority: AuthorityFinding
    registry: RegistryFinding
    nice_class: NiceClassFinding
    territory: TerritoryFinding
    listing_match: ListingMatchFinding
    evidence: EvidenceFinding
    seller: SellerFinding
