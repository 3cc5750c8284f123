"""What counts for and against complainants and sellers."""

from typing import Annotated, Literal, NamedTuple

from schemas.declaration import event
from schemas.events.parties import PartyRole
from schemas.fields import FIRST, Identifier, Marketplace, PartyId, PresentTime, Text
from schemas.topic_names import CONDUCT_EVENTS

ConductKind = Literal[
    "complaint_upheld",
    "complaint_declined",
    "complaint_countered",
    "complaint_retracted",
    "strike",
    "strike_reversed",
    "complaint_restored",
]
"""What happened."""


@event(CONDUCT_EVENTS, identity=("conduct_id",), owner="party", made_by=("worker", "monitor"))
class ConductRecorded(NamedTuple):
    """Something that counts for or against a complainant or a seller."""

    conduct_id: Identifier
    """Hash of case, decision, party and kind; counted once."""
    party_id: PartyId
    """Whose conduct it is; key of the record."""
    role: PartyRole
    """Its part in the case."""
    kind: ConductKind
    """What happened; complaint_restored takes a declined or countered one back."""
    ground: Annotated[str, Text(256, edition=FIRST)]
    """Ground of the complaint, or of the detection."""
    manifest: bool
    """Whether the complaint was manifestly unfounded, or the listing manifestly illegal (DSA
    Article 23)."""
    case_id: Identifier
    """Case concerned; the id of its complaint."""
    listing_id: Identifier
    """Listing concerned."""
    marketplace: Marketplace
    """Short name of the marketplace."""
    occurred_at_milliseconds: PresentTime
    """When it happened, UTC."""
