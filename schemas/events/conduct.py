"""What counts for and against complainants and sellers."""

from typing import Literal, NamedTuple

from schemas.declaration import event
from schemas.events.parties import PartyRole
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
    """Something that counts for or against a complainant or a seller. Fields: schemas/avro."""

    conduct_id: str
    party_id: str
    role: PartyRole
    kind: ConductKind
    ground: str
    manifest: bool
    case_id: str
    listing_id: str
    marketplace: str
    occurred_at_milliseconds: int
