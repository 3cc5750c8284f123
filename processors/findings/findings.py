"""What the steps found about a complaint: the input of the rules."""

from typing import Literal, NamedTuple

from schemas.events.complaints import Ground

ListingFinding = Literal["active", "suspended", "removed", "taken_down"]
"""Whether buyers can see the listing; taken_down where another case keeps it from them."""

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
    "notifier",
]
"""Whether the complainant may file for the mark: owner and agent may, the others may not. notifier:
a notice that anybody may give, whoever owns the mark."""

RegistryFinding = Literal[
    "in_force", "not_found", "not_yet_registered", "no_longer_in_force", "unknown"
]
"""Where the mark stood when the complaint was received; unknown for a status that isn't told, and
for a mark that was not renewed and still may be."""

NiceClassFinding = Literal["covered", "related", "mismatch", "unknown"]
"""Whether the mark's Nice classes cover the listing's; unknown when either has none."""

TerritoryFinding = Literal["covered", "not_covered", "not_offered", "countries_unknown"]
"""Whether the mark has effect in the asserted country, and the listing is offered there;
countries_unknown where the listing does not tell in which countries it is offered."""

ListingMatchFinding = Literal["exact", "near", "none", "no_words", "disguised"]
"""Whether the mark's words stand in the listing; no_words for a mark without any."""

EvidenceFinding = Literal["sufficient", "insufficient"]
"""Whether the evidence that the ground asks for was filed."""

SellerFinding = Literal["authorised", "not_authorised", "licensed_in_part"]
"""Whether the rights holder has licensed the seller: for all that is complained of, or for some of
the goods or countries."""

ReadingFinding = Literal[
    "clear",
    "reference",
    "comparison",
    "parody",
    "work",
    "resale",
    "own_name",
    "ambiguous",
    "other_right",
    "uncertain_spelling",
    "unproven",
]
"""How the listing is to be read, folded from parts (`processors.findings.reading`).

clear: the mark plainly written, for the goods themselves, distinctive, meant and proved. Else what
speaks against it: the title names the mark for what the goods fit, to compare, for fun, or as what
a work is about; the goods are used or worked over; it may be a name, or words that mean something
else; somebody else may have a right; the mark is not written plainly; what was filed doesn't show
what is alleged.
"""


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
    reading: ReadingFinding
